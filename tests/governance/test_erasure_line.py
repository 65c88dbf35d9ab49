"""A person erased from a home in which the whole line has run: nothing of it is left in any file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dq_pipeline.adapters.governance.erasure import finish_requests
from dq_pipeline.adapters.governance.holds import add_hold, release_hold
from dq_pipeline.adapters.governance.persons import find_person
from dq_pipeline.adapters.governance.places import Places
from dq_pipeline.adapters.governance.requests import open_request, open_requests
from tests.governance.planted import EMAIL, GIVEN, SPOUSE, found, ok
from tests.line import Line

pytestmark = pytest.mark.slow
NOW = datetime(2026, 11, 22, 12, 0, 0)
Copy = Callable[[Path], Places]


def ask(place: Places, customer: str, *, days: int = 0) -> None:
    """Put a request to erase the person on record."""
    with place.warehouse.transaction() as con:
        person = find_person(con, customer)
        open_request(
            con,
            purpose="erasure",
            customer_ids=person.customer_ids,
            record_keys=person.record_keys,
            author="Eve",
            reason="asked",
            now=NOW,
            not_before=NOW + timedelta(days=days),
        )


def test_a_request_waits_for_its_day_and_for_a_hold_to_end(copy_of_world: Copy, customer: str, tmp_path: Path) -> None:
    place = copy_of_world(tmp_path / "home")
    ask(place, customer, days=7)
    assert finish_requests(place, NOW + timedelta(days=6), actor="run") == []
    words = {"author": "Eve", "reason": "case 12/26", "now": NOW}
    with place.warehouse.transaction() as con:
        add_hold(con, "zoho:zcrm_planted_1", **words)  # type: ignore[arg-type]
    assert finish_requests(place, NOW + timedelta(days=8), actor="run") == []
    with place.warehouse.transaction() as con:
        assert [request.request_id for request in open_requests(con)] == ["E000001"]
        assert release_hold(con, customer, **words) == 1  # type: ignore[arg-type]
    (done,) = finish_requests(place, NOW + timedelta(days=8), actor="run")
    assert done.request_id == "E000001" and done.steps_left == ()


@dataclass(frozen=True)
class Erased:
    """A home after `erase`, and what the preview said."""

    line: Line
    preview: str


@pytest.fixture(scope="module")
def erased(copy_of_world: Copy, customer: str, tmp_path_factory: pytest.TempPathFactory) -> Erased:
    place = copy_of_world(tmp_path_factory.mktemp("erased") / "home")
    line = Line(place.root)
    before = set(found(line.home))
    assert before >= {"warehouse.duckdb", "notes.txt"}
    assert any(name.startswith("published/") for name in before)
    words = ("--author", "Eve Stone", "--reason", "asked by letter")
    shown = ok(line.command("erase", customer, *words))
    assert set(found(line.home)) == before
    ok(line.command("erase", customer, *words, "--confirm"))
    return Erased(line, shown)


def test_the_preview_counts_and_shows_no_value(erased: Erased, customer: str) -> None:
    assert customer in erased.preview and "raw_history.zoho_contacts" in erased.preview
    assert GIVEN.lower() not in erased.preview.lower() and EMAIL not in erased.preview


def test_nothing_is_left_in_any_file(erased: Erased) -> None:
    assert found(erased.line.home) == {}


def test_nobody_is_shown_until_the_next_run_either(erased: Erased, customer: str) -> None:
    shown = erased.line.command("customer", customer)
    assert shown.returncode == 2 and "has no records any more" in shown.stderr
    again = erased.line.command("erase", customer, "--reason", "asked", "--confirm")
    assert again.returncode == 2 and f"{customer} is erased" in again.stderr


def test_the_spouse_stays(erased: Erased) -> None:
    rows = erased.line.query(f"select name, phone_number from staging.customers where record_key = '{SPOUSE}'")
    assert rows == [("Orlando Quillfeather", "+442079460857")]
    placed = "select count(*) from golden.crosswalk"
    assert erased.line.query(placed, erased.line.current / "published.duckdb") == erased.line.query(placed)


def test_the_certificate_tells_what_and_where(erased: Erased, customer: str) -> None:
    text = (erased.line.home / "governance" / "certificates" / "E000001.txt").read_text()
    assert f"Customer: {customer}" in text and "within the legal time" in text
    for place in ("raw_history.zoho_contacts", "extracts/zoho_contacts", "published/published.duckdb", "notes.txt"):
        assert place in text


def test_withdrawn_consent_is_kept_without_the_address(erased: Erased) -> None:
    rows = erased.line.query("select purpose, status, length(contact_digest) from governance.withdrawals")
    assert rows == [("marketing_email", "withdrawn", 64)]


def test_private_files_are_private(erased: Erased) -> None:
    for path in (erased.line.home / "governance").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
