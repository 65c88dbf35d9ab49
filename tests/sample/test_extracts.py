"""The files: the same every time, complete, well-formed in each system's own layout."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dq_pipeline.errors import InputError
from dq_pipeline.sample import SampleSummary, write_sample
from tests.sample.conftest import RECORDS, Sample, columns_of

SCRIPT = "import sys; from pathlib import Path; from dq_pipeline.sample import write_sample; "
SCRIPT += "write_sample(Path(sys.argv[1]), records=700, seed=int(sys.argv[2]))"


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written_elsewhere(folder: Path, seed: int, hash_seed: str) -> dict[str, str]:
    """The sample made by another process."""
    environment = os.environ | {"PYTHONHASHSEED": hash_seed, "TZ": "Asia/Tokyo"}
    subprocess.run([sys.executable, "-c", SCRIPT, str(folder), str(seed)], check=True, env=environment)
    return digests(folder)


def test_same_seed_same_bytes_in_any_process(tmp_path: Path) -> None:
    first = written_elsewhere(tmp_path / "a", 5, "1")
    assert len(first) == 8
    assert written_elsewhere(tmp_path / "b", 5, "4242") == first


def test_another_seed_is_another_world(tmp_path: Path) -> None:
    for seed in (5, 6):
        write_sample(tmp_path / str(seed), records=700, seed=seed)
    first, second = digests(tmp_path / "5"), digests(tmp_path / "6")
    assert first.keys() == second.keys()
    assert all(first[name] != second[name] for name in first)


def test_exactly_the_records_asked_for_and_seven_customers_in_ten(sample: Sample) -> None:
    assert sum(map(len, sample.rows.values())) == RECORDS
    assert {system: len(rows) for system, rows in sample.rows.items()} == sample.summary.records_by_system
    customers = len({row["truth_id"] for row in sample.truth})
    assert customers == sample.summary.customers
    assert 0.68 <= customers / RECORDS <= 0.73


def test_truth_names_every_record_once_and_no_other(sample: Sample) -> None:
    keys = [(row["source_system"], row["source_record_id"]) for row in sample.truth]
    assert len(set(keys)) == len(keys)
    assert set(keys) == {(row["system"], row["id"]) for row in sample.common}


def test_some_customers_are_twice_in_one_system_and_many_in_several(sample: Sample) -> None:
    held = Counter((row["customer"], row["system"]) for row in sample.common)
    repeated = sum(count for count in held.values() if count > 1)
    assert 0.10 <= repeated / RECORDS <= 0.15
    systems = Counter(customer for customer, _ in held)
    assert sum(count > 1 for count in systems.values()) / len(systems) > 0.2


@pytest.mark.parametrize("records", [1, 2, 3, 11])
def test_tiny_worlds_are_whole(tmp_path: Path, records: int) -> None:
    summary = write_sample(tmp_path / "out", records=records, seed=3)
    tiny = Sample(tmp_path / "out", summary)
    assert len(tiny.common) == len(tiny.truth) == records
    assert len(tiny.interactions) == round(1.5 * summary.customers)


def test_salesforce_layout(sample: Sample) -> None:
    path = sample.files("salesforce_contacts")[0]
    assert path.name == "Contact.csv"
    text = path.read_text(encoding="utf-8")
    assert text.startswith('"Id","IsDeleted",')
    # Every field is quoted, and a street of two lines stays inside its quotes.
    assert '",' in text and re.search(r'",[^"\n]', text) is None
    assert any("\n" in row["MailingStreet"] for row in sample.rows["salesforce"])
    for row in sample.rows["salesforce"]:
        assert re.fullmatch(r"003[0-9A-Za-z]{15}", row["Id"])
        assert case_check(row["Id"][:15]) == row["Id"][15:]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", row["SystemModstamp"])


def case_check(body: str) -> str:
    """Salesforce's three characters, worked out the slow way."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
    thirds = (body[start : start + 5] for start in (0, 5, 10))
    return "".join(alphabet[sum(1 << place for place, c in enumerate(third) if c.isupper())] for third in thirds)


def test_hubspot_layout(sample: Sample) -> None:
    path = sample.files("hubspot_contacts")[0]
    assert path.read_bytes().startswith(b"\xef\xbb\xbfRecord ID,First Name,")
    rows = sample.rows["hubspot"]
    assert all(re.fullmatch(r"\d{10,11}", row["Record ID"]) for row in rows)
    emails = [row["Email"] for row in rows if row["Email"]]
    assert len(set(emails)) == len(emails), "HubSpot keeps one contact per address"


def test_zoho_and_dynamics_layouts(sample: Sample) -> None:
    assert all(re.fullmatch(r"zcrm_\d{18}", row["Record Id"]) for row in sample.rows["zoho"])
    guid = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    for record in sample.dynamics:
        assert re.fullmatch(guid, record["contactid"])
        assert isinstance(record["donotbulkemail"], bool)
        assert record["statecode"] in (0, 1, 7, 9)
        assert "" not in record.values()


def test_dynamics_pages_hold_five_thousand_records_and_link_to_the_next(tmp_path: Path) -> None:
    from dq_pipeline.sample.strings import texts
    from dq_pipeline.sample.writers import write_json_pages

    names = texts(f'a "{number}" \\ \n' for number in range(12))
    write_json_pages(tmp_path, {"name": names, "code": texts(["1", ""] * 6)}, {"code"}, entity="things", page=5)
    import json

    pages = [json.loads(path.read_bytes()) for path in sorted(tmp_path.iterdir())]
    assert [len(page["value"]) for page in pages] == [5, 5, 2]
    assert ["@odata.nextLink" in page for page in pages] == [True, True, False]
    assert pages[2]["value"][1] == {"name": 'a "11" \\ \n', "code": None}
    assert pages[0]["value"][0]["code"] == 1


def test_ao_layout(sample: Sample) -> None:
    lines = sample.ao_lines
    assert lines[0] == "H|AOCUST|20261120|060000"
    assert lines[-1] == f"T|{len(lines) - 3}"
    assert len(lines) - 3 == sample.summary.records_by_system["ao"]
    assert len({len(line.split("|")) for line in lines[1:-1]}) == 1
    rows = sample.rows["ao"]
    assert all(re.fullmatch(r"\d{8}", row["CUST_NO"]) for row in rows)
    assert any(row["CUST_NO"].startswith("0") for row in rows)
    assert all(value == value.upper() for row in rows for value in row.values())
    assert any("Ü" in row["SURNAME"] for row in rows), "Windows-1252 keeps what it can"
    identities = [row["NAT_ID"] for row in rows if row["NAT_ID"]]
    assert 0.7 < len(identities) / len(rows) < 0.8


def test_a_letter_outside_windows_1252_loses_its_diacritic(tmp_path: Path) -> None:
    from dq_pipeline.sample.strings import texts
    from dq_pipeline.sample.writers import write_ao

    write_ao(tmp_path / "x", {"NAME": texts(["ŁĘCKI ŞAHİN MÜLLER"])}, "H|X")
    assert (tmp_path / "x").read_bytes() == "H|X\r\nNAME\r\nLECKI SAHIN MÜLLER\r\nT|1\r\n".encode("cp1252")


def test_facts_point_to_records_but_for_a_few(sample: Sample) -> None:
    known = {(row["system"], row["id"]) for row in sample.common}
    facts = sample.interactions
    assert len(facts) == round(1.5 * sample.summary.customers)
    assert len({fact["interaction_id"] for fact in facts}) == len(facts)
    assert {fact["channel"] for fact in facts} == {"email", "phone", "social_media", "live_chat"}
    lost = sum((fact["source_system"], fact["source_record_id"]) not in known for fact in facts)
    assert 0.002 < lost / len(facts) < 0.01
    table = pq.read_table(sample.files("transactions")[0])
    assert table.num_rows == sample.summary.transactions == sample.summary.customers
    assert table.column_names == columns_of("transactions")
    assert str(table.schema.field("amount").type) == "decimal128(18, 2)"
    amounts = table["amount"].to_pylist()
    assert min(amounts) < 0 < max(amounts) and any(amount % 1 for amount in amounts)
    refunded = [status == "refunded" for status in table["status"].to_pylist()]
    assert refunded == [amount < 0 for amount in amounts]


def test_no_event_before_its_record_or_after_the_extract(sample: Sample) -> None:
    for row in sample.rows["salesforce"]:
        assert row["CreatedDate"] <= row["LastModifiedDate"] < "2026-11-20T00:00:01"
        assert not row["LastActivityDate"] or row["LastModifiedDate"][:10] <= row["LastActivityDate"]
    created = {row["Id"]: row["CreatedDate"] for row in sample.rows["salesforce"]}
    for fact in sample.interactions:
        if fact["source_record_id"] in created:
            assert created[fact["source_record_id"]][:19] <= fact["occurred_at"][:19] < "2026-11-20T00:00:01"


def test_a_folder_with_extracts_is_never_overwritten(tmp_path: Path, sample: Sample) -> None:
    (tmp_path / "zoho_contacts").mkdir()
    (tmp_path / "zoho_contacts" / "mine.csv").write_text("x")
    with pytest.raises(InputError, match="zoho_contacts"):
        write_sample(tmp_path, records=10, seed=1)
    assert digests(tmp_path).keys() == {"zoho_contacts/mine.csv"}
    with pytest.raises(InputError, match="already holds"):
        write_sample(sample.folder, records=10, seed=1)


def test_senseless_requests_are_refused_with_a_remedy(tmp_path: Path) -> None:
    for records, seed in ((0, 1), (-5, 1), (10, -1)):
        with pytest.raises(InputError, match="Remedy"):
            write_sample(tmp_path / "out", records=records, seed=seed)
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match="not a folder"):
        write_sample(tmp_path / "file", records=10, seed=1)
    with pytest.raises(InputError, match="cannot be written"):
        write_sample(tmp_path / "file" / "below", records=10, seed=1)
    assert not (tmp_path / "out").exists()


def test_other_files_in_the_folder_stay_and_leftovers_of_a_killed_run_go(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    (tmp_path / ".out.unfinished").mkdir()
    (tmp_path / ".out.unfinished" / "half").write_text("x")
    steps: list[tuple[int, int, str]] = []
    summary = write_sample(
        tmp_path / "out", records=50, seed=1, progress=lambda done, total, what: steps.append((done, total, what))
    )
    assert isinstance(summary, SampleSummary)
    assert sorted(path.name for path in (tmp_path / "out").iterdir())[-1] == "zoho_contacts"
    assert (tmp_path / "out" / "notes.txt").read_text() == "mine"
    assert not (tmp_path / ".out.unfinished").exists()
    assert [done for done, _, _ in steps] == list(range(1, 10)) and {total for _, total, _ in steps} == {9}
