"""Firms that write their name in initials, or one within another's: from the name as it arrives to the customer."""

from __future__ import annotations

from datetime import date, datetime

import duckdb
import pytest

from dq_pipeline.adapters.linkage.linking import link
from dq_pipeline.adapters.linkage.training import train_model
from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.standardise import parse_values
from dq_pipeline.adapters.stewardship import create_stewardship_tables
from dq_pipeline.adapters.warehouse import Warehouse
from dq_pipeline.policies.linkage import POLICIES
from tests.adapters.staging_models import build, records

BUSINESSES = ("Bakery", "Dental", "Motors", "Joinery", "Optics", "Printing", "Roofing", "Tailors", "Travel", "Welding")
PLACES = ("Ashford", "Brinley", "Corsham", "Dunmore", "Elstree", "Farndale", "Garston", "Hexham")


def firm(name: str, place: int, line: str, phone: str | None = None) -> dict[str, str | None]:
    return {
        **{"organisation_name": name, "street_address": line, "locality": PLACES[place % 8], "country": "GB"},
        **{"postal_code": f"AB{10 + place} 1CD", "phone_number": phone},
    }


# Pairs of records 1 and 2, 3 and 4, …; the last of each line: is it one firm?
SCENES = (
    (firm("International Business Machines Ltd", 1, "4 Mill Road"), firm("I.B.M.", 1, "4 Mill Road"), True),
    (firm("British Gas Fitters plc", 2, "9 High Street"), firm("BGF", 30, "80 Station Approach"), False),
    (
        firm("Thornbury Upholstery", 3, "12 Quay Street", "020 7946 0001"),
        firm("Thornbury Upholstery Services", 3, "Unit 1, 12 Quay Street", "020 7946 0001"),
        True,
    ),
    (firm("Kestrel", 4, "1 Dock Lane"), firm("Kestrel Dental Laboratory", 31, "77 Park Avenue"), False),
    (firm("St Oswald School 12", 5, "5 Church Lane"), firm("St Oswald School 13", 5, "95 North Parade"), False),
)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The scenes among eighty firms that come twice, from the source to the clusters."""
    folder = tmp_path_factory.mktemp("firms")
    made = Warehouse(folder / "w.duckdb")
    scenes = [record for one, other, _ in SCENES for record in (one, other)]
    others = [
        firm(f"{place} {business}", 40 + number, f"{number} {place} Road", f"0113 496 0{number:03d}")
        for number, (business, place) in enumerate((b, p) for b in BUSINESSES for p in PLACES)
    ]
    # Services is a word of many names, so that it says little.
    others += [
        firm(f"{name} Services", 120, f"{name} House") for name in ("Oldfield Legal", "Penrose Security", "Quin")
    ]
    with made.transaction() as con:
        records(con, *scenes, *others, *others)
        parse_values(con, {}, as_of=date(2026, 11, 20))
        create_quarantine_tables(con)
        create_stewardship_tables(con)
        build(con, "linkage.records")
    model = train_model(made.path, folder / "work", POLICIES, seed=1, now=datetime(2026, 11, 20))
    link(made, folder / "work", model, POLICIES)
    return made


def keys(scene: int) -> tuple[str, str]:
    return f"crm:{2 * scene + 1}", f"crm:{2 * scene + 2}"


def found(con: duckdb.DuckDBPyConnection, scene: int) -> tuple[str, bool]:
    """The level of the organisation's name, '' where the two were never compared, and whether they are one customer."""
    left, right = sorted(keys(scene))
    level = con.execute(
        "select list_filter(evidence, lambda item: item.comparison = 'organisation name')[1].level "
        "from linkage.pairs where left_key = ? and right_key = ?",
        [left, right],
    ).fetchall()
    clusters = con.execute(
        "select distinct cluster_id from linkage.clusters where record_key in (?, ?)", [left, right]
    ).fetchall()
    return (level[0][0] if level else ""), len(clusters) == 1


@pytest.mark.parametrize("scene", range(len(SCENES)))
def test_they_are_one_firm_or_two(warehouse: Warehouse, scene: int) -> None:
    with warehouse.connect(read_only=True) as con:
        assert found(con, scene)[1] == SCENES[scene][2]


@pytest.mark.parametrize(
    ("scene", "levels"),
    [
        (0, {"initials of the other"}),
        (1, {"initials of the other", ""}),
        (2, {"one name has all words of the other"}),
        (3, {"one name has all words of the other", "shares a word", ""}),
    ],
)
def test_their_names_are_compared_as_what_they_are(warehouse: Warehouse, scene: int, levels: set[str]) -> None:
    with warehouse.connect(read_only=True) as con:
        assert found(con, scene)[0] in levels


def test_initials_are_those_of_the_words_that_count(warehouse: Warehouse) -> None:
    """Without legal form and small words; a name of two words has none: too many have the same."""
    with warehouse.connect(read_only=True) as con:
        rows = dict(
            con.execute("select record_key, acronym from linkage.records where party_type = 'organisation'").fetchall()
        )
    assert rows["crm:1"] == "ibm"
    assert rows["crm:2"] is None
    assert rows["crm:5"] is None
    assert rows["crm:6"] == "tus"
