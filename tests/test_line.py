"""The whole line on the sample world, through the command line, measured against what the world knows."""

from __future__ import annotations

import csv
import json
import random
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.domain.evaluation import Evaluation, evaluate_clusters
from tests.conftest import RECORDS
from tests.line import Line

pytestmark = pytest.mark.slow

SOURCES = ("salesforce_contacts", "hubspot_contacts", "zoho_contacts", "dynamics_contacts", "ao_customers")


def lines_in_extracts(folder: Path, source: str) -> int:
    """Records of a source, counted by the standard library alone."""
    total = 0
    for path in (folder / source).iterdir():
        if path.suffix == ".json":
            total += len(json.loads(path.read_text("utf-8"))["value"])
        elif source == "ao_customers":
            total += sum(1 for _ in path.open(encoding="cp1252")) - 3
        elif path.suffix == ".jsonl":
            total += sum(1 for _ in path.open(encoding="utf-8"))
        else:
            with path.open(encoding="utf-8-sig", newline="") as file:
                total += sum(1 for _ in csv.reader(file)) - 1
    return total


def against_truth(line: Line, truth: Path) -> Evaluation:
    """A record that is held back counts as a customer of its own: what held it may have cost a match."""
    with truth.open(newline="") as file:
        wanted = {(row["source_system"], row["source_record_id"]): row["truth_id"] for row in csv.DictReader(file)}
    held = line.query("select record_key from quality.held_records where released_at is null")
    found = {(key.partition(":")[0], key.partition(":")[2]): f"held {key}" for key in (str(row[0]) for row in held)}
    found |= {(str(s), str(record)): str(customer) for s, record, customer in line.parquet("crosswalk.parquet")}
    assert found.keys() == wanted.keys()
    keys = sorted(wanted)
    return evaluate_clusters([found[key] for key in keys], [wanted[key] for key in keys])


def test_the_headline_says_how_many_customers_there_are(sample_line: Line) -> None:
    told = (sample_line.home / "stdout.txt").read_text()
    customers = len(sample_line.parquet("customers.parquet", "customer_id"))
    assert f"You think you have {RECORDS:,} customers; you have {customers:,}." in told
    assert 6_800 <= customers <= 7_400
    assert re.search(r"Overall score: \d\d\.\d\d of 100 \(coverage \d+%\)", told)
    assert "dashboard/index.html" in told
    assert (sample_line.home / "stderr.txt").read_text() == ""
    for stage in ("ingest", "staging", "validation", "linkage", "golden", "scores", "publish"):
        assert re.search(rf"^{stage} +\d+\.\d s$", told, re.MULTILINE)


def test_every_line_is_accounted_for_from_file_to_customer(sample_line: Line) -> None:
    extracts = sample_line.home / "extracts"
    total = 0
    for source in SOURCES:
        lines = lines_in_extracts(extracts, source)
        total += lines
        loaded = sample_line.query(
            f"select sum(lines), sum(loaded + rejected) from raw.loads where source = '{source}'"
        )
        assert loaded == [(lines, lines)]
        assert sample_line.query(f"select count(*) from raw.{source}") == [(lines,)]
        assert sample_line.query(f"select count(*) from staging.{source}") == [(lines,)]
    assert total == RECORDS
    for table in ("staging.customers", "linkage.clusters", "golden.crosswalk"):
        assert sample_line.query(f"select count(*), count(distinct record_key) from {table}") == [(total, total)]
    assert sample_line.query("select sum(record_count) from golden.customers") == [(total,)]
    facts = lines_in_extracts(extracts, "interactions")
    assert sample_line.query("select count(*) from staging.interactions") == [(facts,)]


def test_customers_are_who_they_really_are(sample_line: Line) -> None:
    found = against_truth(sample_line, sample_line.home / "extracts" / "truth.csv")
    assert found.pairwise_precision >= 0.98, found
    assert found.pairwise_recall >= 0.93, found


def test_hardly_anybody_is_merged_with_a_twin_a_father_or_a_neighbour(sample_line: Line) -> None:
    """At most 2 of 1,000 customers hold records of more than one person, in a world full of households."""
    truth = sample_line.home / "extracts" / "truth.csv"
    with duckdb.connect() as con:
        mixed, customers = con.execute(
            "select count(*) filter (persons > 1), count(*) "
            "from (select customer_id, count(distinct truth_id) as persons "
            f"from '{sample_line.current}/crosswalk.parquet' join read_csv('{truth}', all_varchar = true) "
            "using (source_system, source_record_id) group by customer_id)"
        ).fetchall()[0]
    assert mixed <= customers * 0.002


def test_a_rerun_on_the_same_input_changes_nothing(sample_line: Line, tmp_path: Path) -> None:
    again = sample_line.copy(tmp_path / "home")
    done = again.command("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (again.current / "customers.parquet").read_bytes() == (
        sample_line.current / "customers.parquet"
    ).read_bytes()
    assert again.parquet("crosswalk.parquet") == sample_line.parquet("crosswalk.parquet")
    scores = "scope_type, scope, score, coverage, rows, weight, impact, rule_set_hash, model_hash"
    assert again.parquet("scores.parquet", scores) == sample_line.parquet("scores.parquet", scores)
    events = "select count(*) from golden.identity_events"
    assert again.query(events) == sample_line.query(events)
    columns = "rule_id, record_key, column_name, first_seen, fixed_at, times_reopened"
    ledger = f"select {columns} from quality.failing_rows"
    assert sorted(map(str, again.query(ledger))) == sorted(map(str, sample_line.query(ledger)))
    assert len(again.query("select distinct run_id from quality.score_history")) == 2
    versions = [p for p in (again.home / "published").iterdir() if not p.is_symlink()]
    assert len(versions) == 2


def test_every_golden_value_stands_in_the_record_it_is_said_to_come_from(sample_line: Line) -> None:
    attributes = [row[0] for row in sample_line.query("select distinct attribute from golden.attribute_provenance")]
    assert {"name", "email", "phone_number", "birthdate", "street_address", "country"} <= set(attributes)
    for attribute in attributes:
        differing = sample_line.query(
            f"select count(*) from golden.customers as g "
            f"left join golden.attribute_provenance as p "
            f"on p.customer_id = g.customer_id and p.attribute = '{attribute}' "
            f"left join staging.customers as s using (record_key) "
            f"left join golden.crosswalk as x using (record_key) "
            f"where g.{attribute} is distinct from s.{attribute} or "
            f"(g.{attribute} is not null and x.customer_id is distinct from g.customer_id)"
        )
        assert differing == [(0,)], attribute


def test_no_value_that_failed_a_critical_rule_won_over_one_that_passed(sample_line: Line) -> None:
    for attribute in ("email", "phone_number", "birthdate"):
        wrong = sample_line.query(
            f"""
            with failing as (
                select record_key from quality.failing_rows join quality.rules using (rule_id)
                where severity = 'critical' and fixed_at is null and failing_rows.column_name = '{attribute}'
                    and failing_rows.table_name = 'staging.customers'
            ), usable as (
                select customer_id from staging.customers join golden.crosswalk using (record_key)
                where {attribute} is not null and {attribute}_status = 'valid' and record_key not in (from failing)
            )
            select count(*) from golden.attribute_provenance
            where attribute = '{attribute}' and record_key in (from failing) and customer_id in (from usable)
            """
        )
        assert wrong == [(0,)]


def test_a_published_version_is_whole_and_asks_nothing_from_outside(sample_line: Line) -> None:
    manifest = json.loads((sample_line.current / "manifest.json").read_text())
    names = {
        "customers.parquet",
        "crosswalk.parquet",
        "changes.parquet",
        "scores.parquet",
        "published.duckdb",
        "linkage/index.html",
    }
    pages = {name for name in manifest["files"] if name.startswith("dashboard/")}
    assert {name for name in manifest["files"] if "/" not in name or name.startswith("linkage/")} == names
    assert {
        f"dashboard/{name}.html" for name in ("index", "summary", "sources/hubspot", "dimensions/validity")
    } <= pages
    assert "dashboard/rules/staging.customers.email.valid.html" in pages
    for name, facts in manifest["files"].items():
        assert (sample_line.current / name).stat().st_size == facts["bytes"]
    assert manifest["records"] == RECORDS
    assert all(s["status"] == "loaded" for s in manifest["sources"])
    crosswalk = sample_line.query("select count(*) from golden.crosswalk", sample_line.current / "published.duckdb")
    assert crosswalk == [(RECORDS,)]
    for name in pages:
        page = (sample_line.current / name).read_text()
        assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page), name
    assert (sample_line.home / "published" / "current").is_symlink()


def test_no_customer_value_leaves_the_warehouse_by_the_back_door(sample_line: Line) -> None:
    """Names and addresses of 300 records, looked for in what was printed, in the dashboard and in Dagster's storage."""
    values = [
        str(row[0]).encode()
        for row in sample_line.query(
            "select email from staging.customers where email like '%@%.%' and length(email) > 14 "
            "union all select phone_number from staging.customers where length(phone_number) > 10 "
            "union all select family_name from staging.customers where length(family_name) > 11"
        )
    ]
    values = random.Random(7).sample(values, 300)
    places = [
        sample_line.home / "stdout.txt",
        *(sample_line.current / "dashboard").rglob("*.html"),
        sample_line.current / "manifest.json",
        *(p for p in (sample_line.home / "dagster").rglob("*") if p.is_file()),
        *(p for p in (sample_line.home / "models").rglob("*.json") if p.is_file()),
    ]
    for place in places:
        content = place.read_bytes()
        assert not [value for value in values if value in content], place


def test_explain_answers_for_one_customer_and_for_two(sample_line: Line) -> None:
    rows = sample_line.parquet("crosswalk.parquet", "customer_id, source_system || ':' || source_record_id")
    by_customer: dict[object, list[str]] = {}
    for customer, record in rows:
        by_customer.setdefault(customer, []).append(str(record))
    pair = next(records for records in by_customer.values() if len(records) == 2)
    same = sample_line.command("explain", *pair)
    assert same.returncode == 0, same.stderr
    assert "One customer" in same.stdout
    strangers = sample_line.command("explain", pair[0], next(r[0] for r in by_customer.values() if r[0] not in pair))
    assert strangers.returncode == 0, strangers.stderr
    assert "Two customers" in strangers.stdout
    unknown = sample_line.command("explain", pair[0], "hubspot:no-such-record")
    assert unknown.returncode == 2
    assert "hubspot:no-such-record" in unknown.stderr


def test_status_repeats_what_is_published(sample_line: Line) -> None:
    told = sample_line.command("status")
    assert told.returncode == 0, told.stderr
    assert "You think you have 10,000 customers; you have 7," in told.stdout


def test_a_malformed_source_is_left_out_and_the_others_load(small_line: Line, tmp_path: Path) -> None:
    line = Line(tmp_path / "home")
    extracts = tmp_path / "extracts"
    for source in ("hubspot_contacts", "ao_customers"):
        shutil.copytree(small_line.home / "extracts" / source, extracts / source)
    shutil.copytree(extracts / "hubspot_contacts", extracts / "mystery_crm")
    ao = next((extracts / "ao_customers").iterdir())
    ao.write_bytes(ao.read_bytes().rpartition(b"T|")[0])
    done = line.command("run", "--extracts", extracts)
    assert done.returncode == 0, done.stdout + done.stderr
    left_out = [text for text in done.stdout.splitlines() if text.startswith("Left out:")]
    assert any(ao.name in text for text in left_out), done.stdout
    assert any("mystery_crm" in text for text in left_out), done.stdout
    assert re.search(r"^salesforce_contacts +absent", done.stdout, re.MULTILINE)
    assert line.query("select count(*) from raw_history.ao_customers") == [(0,)]
    assert {row[0] for row in line.parquet("crosswalk.parquet", "source_system")} == {"hubspot"}


def test_a_failed_blocking_check_leaves_the_published_version(small_line: Line, tmp_path: Path) -> None:
    """Facts without a single customer: the check that staging.customers is not empty blocks, by name."""
    line = Line(tmp_path / "home")
    shutil.copytree(small_line.home / "extracts" / "interactions", tmp_path / "extracts" / "interactions")
    done = line.command("run", "--extracts", tmp_path / "extracts")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "staging/customers staging__customers__not_empty" in done.stderr
    assert not (line.home / "published" / "current").exists()

    checks = ("staging__customers__not_empty", "golden__customers__not_empty")
    said = ("--reason", "only facts tonight", "--author", "kim")
    refused = line.command("run", "--extracts", tmp_path / "extracts", "--accept", "not_a_check", *said)
    assert refused.returncode == 2
    assert "there is no such blocking check" in refused.stderr
    accepted = (part for check in checks for part in ("--accept", check))
    done = line.command("run", "--extracts", tmp_path / "extracts", *accepted, *said)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Accepted by kim: golden__customers__not_empty failed (1 of 1 fail); only facts tonight" in done.stdout
    on_record = "select check_name, author, reason from quality.accepted_checks order by check_name"
    assert line.query(on_record) == [(check, "kim", "only facts tonight") for check in sorted(checks)]
    audited = "select subject, reason from governance.audit where action = 'check_accepted' order by subject"
    assert line.query(audited) == [
        (f"{check.replace('__', '.', 1).partition('__')[0]} {check}", "only facts tonight") for check in sorted(checks)
    ]


def test_real_persons_run_through_the_main_job(shared: Path, tmp_path: Path) -> None:
    """50,578 records of real historical persons as two CRM exports, against the truth beside them."""
    line = Line(tmp_path / "home")
    extracts = shared / "extracts" / "historical"
    done = line.command("run", "--extracts", extracts)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "You think you have 50,578 customers" in done.stdout
    for source in ("zoho_contacts", "dynamics_contacts", "ao_customers"):
        assert re.search(rf"^{source} +absent", done.stdout, re.MULTILINE)
    found = against_truth(line, extracts / "truth.csv")
    print(found)
    assert found.pairwise_f1 >= 0.86, found
    with duckdb.connect() as con:
        assert con.execute(f"select count(*) from '{line.current}/customers.parquet'").fetchall()[0][0] > 4_000
