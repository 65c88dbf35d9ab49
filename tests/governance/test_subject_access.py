"""A person is told everything, and in a form that cannot be turned against whoever opens it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from dq_pipeline.adapters.governance.places import Places
from tests.governance.planted import EMAIL, KEYS, NATIONAL_ID, STREET, SUBJECT, ok
from tests.line import Line

pytestmark = pytest.mark.slow
Copy = Callable[[Path], Places]


@pytest.fixture(scope="module")
def answer(copy_of_world: Copy, customer: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Line, Path]:
    folder = tmp_path_factory.mktemp("access")
    line = Line(copy_of_world(folder / "home").root)
    words = ("--author", "Eve", "--reason", "asked by mail")
    noted = ok(line.command("subject-access", customer, "--received", "2026-11-01", *words))
    assert "To be answered by 2026-12-01" in noted
    ok(line.command("subject-access", customer, "--out", folder / "answer", *words))
    return line, folder / "answer"


def test_every_source_is_told_as_it_delivered(answer: tuple[Line, Path], customer: str) -> None:
    told = json.loads((answer[1] / "subject-access.json").read_text())
    assert told["customer_ids"] == [customer]
    assert set(told["record_keys"]) == KEYS
    sources = {source["source"]: source for source in told["sources"]}
    assert len(sources) == 7
    ao = sources["ao_customers"]
    assert ao["records"][0]["values"]["NAT_ID"] == NATIONAL_ID
    assert (ao["records"][0]["file"], ao["records"][0]["line"]) == ("ao_customers/AOCUST_20261120.txt", 6)
    assert ao["retention"]["days"] == 3650 and ao["recipients"]["marketing"] == "read-consented"
    assert ao["purpose"].startswith("Everybody who ever had an account")
    assert sources["interactions"]["records"][0]["values"]["subject"] == SUBJECT


def test_golden_values_come_with_their_origin(answer: tuple[Line, Path]) -> None:
    told = json.loads((answer[1] / "subject-access.json").read_text())
    origins = {row["attribute"]: row for row in told["origin_of_golden_values"]}
    assert told["golden"]["email"] == EMAIL or "@" in told["golden"]["email"]
    assert origins["email"]["record_key"] in KEYS and origins["email"]["reason"]
    assert told["consents"][0]["status"] == "withdrawn"
    assert set(told["keep_until"]) <= KEYS and told["keep_until"]
    assert told["transactions"][0]["product"] == SUBJECT
    assert "salesforce:planted-spouse" not in json.dumps(told)


def test_the_page_says_the_same_and_runs_nothing(answer: tuple[Line, Path]) -> None:
    page = (answer[1] / "subject-access.html").read_text()
    assert STREET in page and EMAIL in page
    assert "default-src 'none'" in page and "<script" not in page
    assert "&#34;no calls&#34;" in page  # what a source wrote is escaped


def test_the_request_is_on_record_with_its_deadline(answer: tuple[Line, Path], customer: str) -> None:
    columns = "request_id, customer_id, records, due_at::date::varchar, completed_at is not null"
    assert answer[0].query(f"select {columns} from governance.access_requests") == [
        ("A000001", customer, 5, "2026-12-01", True)
    ]
    told = answer[0].query("select action, subject from governance.audit where action like 'subject%' order by number")
    assert told == [("subject_access_requested", customer), ("subject_access", customer)]
    for path in answer[1].iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
