"""What a role sees: planned from policy, contracts and classes, and written so that nothing else is in its files."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from dq_pipeline.adapters.contracts import load_contracts
from dq_pipeline.adapters.role_views import published_columns, role_salt, write_view
from dq_pipeline.domain.access import PublishedColumn, Role, RoleView, plan_view
from dq_pipeline.domain.contract import Contract
from dq_pipeline.domain.masking import mask_date, mask_email, mask_phone, mask_wholly, mask_words
from dq_pipeline.policies.governance import EVERY_READER, EXPORTED_TABLES, ROLES
from dq_pipeline.settings import CONTRACTS

CUSTOMERS = [
    PublishedColumn("customer_id", "VARCHAR", "none"),
    PublishedColumn("given_name", "VARCHAR", "personal"),
    PublishedColumn("birthdate", "DATE", "personal"),
    PublishedColumn("national_id", "VARCHAR", "sensitive"),
    PublishedColumn("last_activity_at", "TIMESTAMP", "personal"),
    PublishedColumn("tags", "VARCHAR[]", "personal"),
    PublishedColumn("new_column", "VARCHAR", ""),
]
TEXTS = (
    *("Anna Smith", "Jo", "", "J", "de la Cruz", " padded  twice ", "Łukasz Żak", "A-B C.D", "李 小龙"),
    *("jane@gmail.com", "a@b.co", "jane.doe@mail.example.co.uk", "x@localhost", "no address", "two@at@signs.com"),
    *("@nobody.com", "who@", "someone@.com", "big@EXAMPLE.COM", "a@b.museum", "é@ü.de", "a@b.c1"),
    *("+442079461133", "12345", "123456", "no digits", "١٢٣٤٥٦٧"),
)


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return load_contracts(CONTRACTS)


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as made:
        made.execute("create schema golden; create schema quality")
        yield made


def forms(view: RoleView, table: str = "golden.customers") -> dict[str, str]:
    (found,) = (each for each in view.tables if each.table == table)
    return {column.name: column.form for column in found.columns}


def allowing(contracts: dict[str, Contract], role: str, *accesses: str) -> list[Contract]:
    """The contracts, each giving the role one of the accesses, '' not naming it."""
    return [
        replace(contract, roles={role: access} if access else {})
        for contract, access in zip(contracts.values(), accesses * 9, strict=False)
    ]


ROLE = Role("reader", "", ("golden.customers",), {}, "full")


def test_full_masked_and_left_out(contracts: dict[str, Contract]) -> None:
    tables = {"golden.customers": CUSTOMERS}
    full = forms(plan_view(ROLE, allowing(contracts, "reader", "read"), tables))
    assert full == dict.fromkeys(
        ("customer_id", "given_name", "birthdate", "national_id", "last_activity_at", "tags"), "plain"
    )
    masked = forms(plan_view(ROLE, allowing(contracts, "reader", "read-masked"), tables))
    assert masked == {
        "customer_id": "plain",
        "given_name": "masked",
        "birthdate": "masked",
        "national_id": "hidden",
        "last_activity_at": "plain",
        "tags": "blank",
    }
    assert forms(plan_view(ROLE, allowing(contracts, "reader", "read-scores"), tables)) == {"customer_id": "plain"}


@pytest.mark.parametrize("least", ["read-scores", "", "raed"])
def test_the_source_that_allows_least_decides_and_silence_is_a_no(contracts: dict[str, Contract], least: str) -> None:
    pages = allowing(contracts, "reader", "read", least)
    assert forms(plan_view(ROLE, pages, {"golden.customers": CUSTOMERS})) == {"customer_id": "plain"}


def test_a_policy_is_the_most_whatever_contracts_allow(contracts: dict[str, Contract]) -> None:
    pages = allowing(contracts, "reader", "read")
    seen = forms(plan_view(replace(ROLE, values="left_out"), pages, {"golden.customers": CUSTOMERS}))
    assert seen == {"customer_id": "plain"}


def test_a_column_nobody_has_classified_is_withheld_from_everybody(contracts: dict[str, Contract]) -> None:
    for role in (EVERY_READER, *ROLES):
        view = plan_view(
            replace(role, tables=("golden.customers",)), contracts.values(), {"golden.customers": CUSTOMERS}
        )
        assert "new_column" not in forms(view)


def test_keys_that_are_personal_are_hashed_where_values_are_masked(contracts: dict[str, Contract]) -> None:
    page = next(iter(contracts.values()))
    columns = tuple(replace(c, classification="personal") if c.key else c for c in page.columns)
    pages = [replace(page, columns=columns, roles={"reader": "read-masked"})]
    assert forms(plan_view(ROLE, pages, {"golden.customers": CUSTOMERS}))["customer_id"] == "hashed"


def test_masks_in_sql_answer_as_those_in_python(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    write_view(con, tmp_path, RoleView("", ()), tmp_path)
    for name, mask in (("email", mask_email), ("phone", mask_phone), ("wholly", mask_wholly), ("words", mask_words)):
        for text in TEXTS:
            assert con.execute(f"select dq_mask_{name}(?)", [text]).fetchall() == [(mask(text),)], (name, text)
    assert con.execute("select dq_mask_date(date '1984-05-06')").fetchall() == [(mask_date("1984-05-06"),)]
    assert con.execute("select dq_mask_email(null), dq_mask_date(null), dq_mask_words(null)").fetchall() == [
        (None,) * 3
    ]


def test_keys_are_hmac_with_a_salt_of_the_role(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    one, other = role_salt(tmp_path, "one"), role_salt(tmp_path, "other")
    assert one != other
    assert role_salt(tmp_path, "one") == one
    assert (tmp_path / "role_salt_one").stat().st_mode & 0o777 == 0o600
    write_view(con, tmp_path / "out", RoleView("one", ()), tmp_path)
    expected = hmac.new(one, b"ao:1", hashlib.sha256).hexdigest()[:32]
    assert con.execute("select dq_key('ao:1'), dq_key(null)").fetchall() == [(expected, None)]


@pytest.fixture
def planted(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A customer whose every value is known, who agreed to e-mail; another who did not; a third of another source."""
    con.execute(
        """
        create table golden.customers as select * from (values
            ('C1', 'Qzxgiven', 'Qzxfamily', 'qzxone@qzxhost.com', date '1937-07-19', 'QZX-ID-1'),
            ('C2', 'Qzxsecond', 'Qzxother', 'qzxtwo@qzxhost.com', date '1938-08-20', 'QZX-ID-2'),
            ('C3', 'Qzxthird', 'Qzxhidden', 'qzxthree@qzxhost.com', date '1939-09-21', 'QZX-ID-3')
        ) as t(customer_id, given_name, family_name, email, birthdate, national_id);
        create table golden.crosswalk as select * from (values ('ao:1', 'ao', '1', 'C1'), ('ao:2', 'ao', '2', 'C2'),
            ('zoho:3', 'zoho', '3', 'C3')) as t(record_key, source_system, source_record_id, customer_id);
        create table golden.contact_points as
            select customer_id, 'email' as channel, email as value, md5(email) as contact_point_key
            from golden.customers;
        create table golden.marketing_contacts as select customer_id, 'marketing_email' as purpose, email as value,
            given_name, [source_system] as source_systems
            from golden.customers join golden.crosswalk using (customer_id)
            where customer_id <> 'C2';
        create table quality.failing_rows as select 'r' as rule_id, 'ao:1' as record_key;
        create table quality.scores as select 'overall' as scope_type, 'overall' as scope, 70.0 as score;
        create table quality.issues as select 'I1' as issue_id, 'Qzxcomment' as comment;
        """
    )
    return con


PERSONAL = {
    ("golden.customers", "given_name"): "personal",
    ("golden.customers", "family_name"): "personal",
    ("golden.customers", "email"): "personal",
    ("golden.customers", "birthdate"): "personal",
    ("golden.customers", "national_id"): "sensitive",
    ("golden.contact_points", "value"): "personal",
    ("golden.contact_points", "contact_point_key"): "personal",
    ("golden.marketing_contacts", "value"): "personal",
    ("golden.marketing_contacts", "given_name"): "personal",
    ("quality.issues", "comment"): "personal",
}


def written(
    con: duckdb.DuckDBPyConnection, folder: Path, contracts: dict[str, Contract], role: Role
) -> tuple[bytes, duckdb.DuckDBPyConnection]:
    """Every byte of the role's files, their Parquet and DuckDB content as text with them; and its database, opened."""
    columns = con.execute(
        "select table_schema || '.' || table_name, column_name from information_schema.columns"
    ).fetchall()
    classes = {(table, column): PERSONAL.get((table, column), "none") for table, column in columns}
    view = plan_view(role, contracts.values(), published_columns(con, EXPORTED_TABLES, classes))
    write_view(con, folder / role.name, view, folder / "salts")
    found = b""
    for path in sorted((folder / role.name).iterdir()):
        if path.is_file():
            found += path.read_bytes()
        if path.suffix == ".parquet":
            found += str(con.execute(f"from '{path}'").fetchall()).encode()
    opened = duckdb.connect(str(folder / role.name / "published.duckdb"), read_only=True)
    for (table,) in opened.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall():
        found += str(opened.execute(f"from {table}").fetchall()).encode()
    return found, opened


def by_name(name: str) -> Role:
    return next(role for role in ROLES if role.name == name)


def test_the_steward_sees_every_value(
    planted: duckdb.DuckDBPyConnection, tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    found, opened = written(planted, tmp_path, contracts, by_name("data_steward"))
    assert opened.execute("from golden.customers order by all").fetchall()[0] == (
        *("C1", "Qzxgiven", "Qzxfamily", "qzxone@qzxhost.com"), date(1937, 7, 19), "QZX-ID-1",
    )  # fmt: skip
    assert b"qzxthree@qzxhost.com" in found


@pytest.mark.parametrize("role", [EVERY_READER, by_name("data_engineer"), by_name("governance_reader")])
def test_other_readers_have_no_value_in_any_byte(
    planted: duckdb.DuckDBPyConnection, tmp_path: Path, contracts: dict[str, Contract], role: Role
) -> None:
    found, opened = written(planted, tmp_path, contracts, role)
    opened.close()
    assert b"qzx" not in found.lower()
    assert b"1937-07-19" not in found
    assert b"datetime.date(1937, 7, 19)" not in found
    assert hashlib.md5(b"qzxone@qzxhost.com").hexdigest().encode() not in found


def test_every_reader_finds_the_customer_by_key_and_masked(
    planted: duckdb.DuckDBPyConnection, tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    _, opened = written(planted, tmp_path, contracts, EVERY_READER)
    rows = opened.execute("from golden.customers where customer_id = 'C1'").fetchall()
    assert rows == [("C1", "Q***", "Q***", "q***@q***.com", "1937-**-**", "***")]
    assert opened.execute("select count(*) from golden.crosswalk where record_key = 'ao:1'").fetchall() == [(1,)]


def test_marketing_has_whom_it_may_contact_and_nobody_else(
    planted: duckdb.DuckDBPyConnection, tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    refusing = {**contracts["zoho_contacts"].roles, "marketing": "read-scores"}
    pages = contracts | {"zoho_contacts": replace(contracts["zoho_contacts"], roles=refusing)}
    found, opened = written(planted, tmp_path, pages, by_name("marketing"))
    rows = opened.execute("select purpose, value, given_name from golden.marketing_contacts").fetchall()
    assert rows == [("marketing_email", "qzxone@qzxhost.com", "Qzxgiven")]
    lower = found.lower()
    for hidden in (b"qzxtwo", b"qzxthree", b"qzxsecond", b"qzxthird", b"qzxfamily", b"qzx-id", b"'c1'", b"ao:1"):
        assert hidden not in lower


def test_two_roles_cannot_join_their_keys(
    planted: duckdb.DuckDBPyConnection, tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    both = [replace(by_name(name), tables=("golden.crosswalk",)) for name in ("governance_reader", "marketing")]
    keys = []
    for role in both:
        _, opened = written(planted, tmp_path, contracts, replace(role, of_granted_sources=False))
        keys.append(opened.execute("select record_key from golden.crosswalk").fetchall())
    assert len(keys[0]) == len(keys[1]) == 3
    assert not set(keys[0]) & set(keys[1])
    assert [sorted(found) for found in keys] == keys, "the order of rows is not that of the warehouse"
