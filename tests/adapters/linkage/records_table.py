"""linkage.records made by hand: rows name only what matters, the rest is NULL, derived columns follow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from dq_pipeline.adapters.quarantine import create_quarantine_tables
from dq_pipeline.adapters.warehouse import Warehouse

_TEXT = """
    record_key source_system source_record_id party_type full_name sorted_name joined_name unparted_name sound_name
    telling_word given_name given_sound nickname_group family_name family_sound gender birthdate_text birthday
    birth_year email mailbox email_local_part email_domain email_of_name phone address street house_number locality
    region postal_code postal_district postal_area country organisation acronym employer job_title national_id
"""
_LISTS = """
    name_parts sound_words given_words nickname_groups family_words other_names emails phone_endings street_words
    organisation_words
"""
COLUMNS = {
    **dict.fromkeys(_TEXT.split(), "VARCHAR"),
    **dict.fromkeys(_LISTS.split(), "VARCHAR[]"),
    "birthdate_readings": "DATE[]",
    "generation": "TINYINT",
}


def record(key: str, **values: Any) -> dict[str, Any]:
    """One row. `key` is `source:id`. Given: names, birthdate (ISO), email, phone, address, locality, postal_code, …"""
    source, _, identifier = key.partition(":")
    row = dict.fromkeys(COLUMNS) | {"record_key": key, "source_system": source, "source_record_id": identifier}
    row |= {"party_type": "person", "emails": [], "phone_endings": []}
    birthdate = values.pop("birthdate", None)
    row |= values
    given, family = row["given_name"] or "", row["family_name"] or ""
    name = f"{given} {family}".strip() or row["organisation"]
    row |= {"full_name": name, "name_parts": sorted(set(name.split())) if name else None}
    row["sorted_name"] = row["sound_name"] = " ".join(row["name_parts"]) if name else None
    row["unparted_name"] = name if not (given and family) else None
    row["joined_name"] = name.replace(" ", "") if name else None
    row["sound_words"] = row["name_parts"]
    row["telling_word"] = row["telling_word"] or (max(row["name_parts"], key=len) if name else None)
    row["given_sound"], row["family_sound"] = row["given_name"], row["family_name"]
    row["given_words"], row["family_words"] = given.split() or None, family.split() or None
    row["nickname_group"] = row["nickname_group"] or row["given_name"]
    row["nickname_groups"] = row["nickname_groups"] or row["given_words"]
    if birthdate:
        row |= {"birthdate_text": birthdate, "birth_year": birthdate[:4], "birthday": birthdate[5:]}
        row["birthdate_readings"] = [birthdate]
    if row["email"]:
        local, _, row["email_domain"] = row["email"].partition("@")
        row |= {"emails": [row["email"], *row["emails"]], "email_local_part": local}
    if row["phone"]:
        row["phone_endings"] = [row["phone"][-8:], *row["phone_endings"]]
    if row["address"]:
        row["house_number"], _, row["street"] = row["address"].partition(" ")
        row["street_words"] = row["street"].split()
    if row["postal_code"]:
        row["postal_district"], row["postal_area"] = row["postal_code"][:-2], row["postal_code"][:3]
    if row["organisation"]:
        row["organisation_words"] = row["organisation"].split()
    return row


def write_records(con: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]], table: str) -> None:
    """Create `table` with the columns of linkage.records."""
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    con.execute(f"create or replace table {table} ({columns})")
    values = [[row[name] for name in COLUMNS] for row in rows]
    if values:
        con.executemany(f"insert into {table} values ({', '.join('?' * len(COLUMNS))})", values)


def warehouse_of(path: Path, rows: Iterable[Mapping[str, Any]]) -> Warehouse:
    """A warehouse file with linkage.records and the staging.customers that belong to it."""
    warehouse = Warehouse(path)
    with warehouse.transaction() as con:
        write_records(con, rows, "linkage.records")
        create_quarantine_tables(con)
        con.execute(
            "create or replace table staging.customers as "
            "select record_key, source_system, source_record_id from linkage.records"
        )
    return warehouse


_SYLLABLES = ("ba", "be", "bo", "da", "de", "do", "ka", "ke", "ko", "la", "le", "lo", "ma", "me", "mo", "na", "ne")


def town(people: int = 300, seed: int = 5) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """A small town: people with one to three records each in systems a, b, c, a slip here and there, one wrong
    phone; and the truth (record key -> person)."""
    random = np.random.default_rng(seed)

    def word(parts: int) -> str:
        return "".join(random.choice(_SYLLABLES) for _ in range(parts))

    given, family = sorted({word(2) for _ in range(60)}), sorted({word(4) for _ in range(180)})
    rows, truth = [], {}
    for person in range(people):
        facts = {
            "given_name": str(random.choice(given)),
            "family_name": str(random.choice(family)),
            "birthdate": f"{random.integers(1940, 2004)}-{random.integers(1, 13):02d}-{random.integers(1, 29):02d}",
            "phone": f"44{random.integers(10**8, 10**9)}",
            "address": f"{random.integers(1, 99)} {word(3)} street",
            "locality": str(random.choice(["north", "south"])) + "town",
            "postal_code": f"AB{random.integers(10, 99)}{random.integers(1, 9)}CD",
        }
        facts["email"] = f"{word(3)}{random.integers(10, 99)}@{random.choice(['mail', 'post'])}.example"
        for source in ("a", "b", "c")[: int(random.choice([1, 2, 3], p=[0.45, 0.4, 0.15]))]:
            values = dict(facts)
            for name in ("birthdate", "email", "phone", "address"):
                if random.random() < 0.2:
                    del values[name]
            if random.random() < 0.1:
                values["family_name"] = values["family_name"][:-1] + "x"
            key = f"{source}:{person:04d}"
            rows.append(record(key, **values))
            truth[key] = person
    return rows, truth
