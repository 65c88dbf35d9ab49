"""Golden built for the customers concerned only, night after night, is what building it whole every night gives."""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from dq_pipeline.adapters import customer_inputs
from dq_pipeline.adapters.activity import write_activity_policy
from dq_pipeline.adapters.changed_records import mark_noted, note_changed
from dq_pipeline.adapters.governance.key_hashes import hash_kept_keys
from dq_pipeline.adapters.governance.ledger import close_ledger, forget_history
from dq_pipeline.adapters.governance.persons import Person, find_person, mark_person, own_values
from dq_pipeline.adapters.governance.removal import remove_rows
from dq_pipeline.adapters.id_redirects import write_redirects
from dq_pipeline.adapters.identity import assign_customer_ids
from dq_pipeline.adapters.record_tables import RECORD_TABLES, find_suspects
from dq_pipeline.adapters.row_models import refresh_model_table
from dq_pipeline.adapters.stewardship import revoke
from dq_pipeline.domain.erasure import ERASED_KEY, Request
from dq_pipeline.domain.survivorship import AttributeGroup, SourceTrust, SurvivorshipPolicy
from dq_pipeline.policies.activity import POLICY as ACTIVITY
from tests.adapters.golden_models import golden_models
from tests.adapters.golden_world import START, World

POLICY = SurvivorshipPolicy(
    trust=(SourceTrust("crm", 1.0, ""), SourceTrust("shop", 0.5, "")),
    groups=(
        AttributeGroup(("name",), ("frequent", "trusted"), ""),
        AttributeGroup(("email",), ("valid", "recent"), "", half_life_days=9),
        AttributeGroup(("phone_number",), ("trusted",), ""),
        AttributeGroup(("status",), ("recent",), ""),
    ),
)
CUSTOMERS = 40
_TABLES = {
    "staging.contact_points": "record_key varchar, source_system varchar, channel varchar, value varchar, "
    "status varchar, is_primary boolean, is_shared boolean, number_type varchar",
    "staging.consents": "record_key varchar, purpose varchar, status varchar, given_at timestamp, method varchar",
    "staging.interactions": "record_key varchar, interaction_id varchar, source_system varchar, channel varchar, "
    "direction varchar, occurred_at timestamp, subject varchar, agent varchar, outcome varchar",
    "staging.transactions": "record_key varchar, transaction_id varchar, source_system varchar, occurred_at timestamp, "
    "amount decimal(18, 2), currency varchar, status varchar, product varchar, channel varchar",
    "staging.shared_values": "column_name varchar, value varchar, status varchar",
    "staging.parsed_emails": "value varchar, match_key varchar",
    "staging.parsed_phones": "value varchar, status varchar, number_type varchar",
    "staging.source_conventions": "contract_id varchar, as_of date",
    "staging.removed_records": "record_key varchar",
}


class Golden(World):
    """All of golden. `whole`: every night as if nothing had been built before, but for the ledger."""

    def __init__(self, *, whole: bool) -> None:
        super().__init__(policy=POLICY)
        self.whole = whole
        self.limit = 30
        self.con.execute("alter table staging.customers add column contract_id varchar")
        for table, columns in _TABLES.items():
            self.con.execute(f"create table {table} ({columns})")
        self.con.execute(
            "insert into quality.rules values ('crit', 'critical', ['email']), ('mild', 'warning', ['name']);"
            "insert into staging.shared_values values ('email', 'm4', 'shared');"
            "insert into staging.parsed_emails select 'm' || i || '@x.org', 'm' || i from range(6) r(i);"
            "insert into staging.parsed_phones values ('+3', 'valid', 'mobile')"
        )

    def fill(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Exactly these rows, and a note of the records whose rows are others than before."""
        columns = dict(self.rows(f"select column_name, column_type from (describe {table})"))
        kinds = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        self.con.execute(f"create or replace temp table before as from {table}")
        self.con.execute(f"delete from {table}")
        self.con.execute(
            f"insert into {table} select unnest($rows::struct({kinds})[], max_depth := 2)",
            {"rows": [{name: row.get(name) for name in columns} for row in rows]},
        )
        if table in RECORD_TABLES:
            differ = f"(from {table} except all from temp.before) union all (from temp.before except all from {table})"
            note_changed(self.con, table, f"select record_key from ({differ})")
            mark_noted(self.con, table, "hand")

    def night(self) -> None:
        """One run, a day after the one before."""
        if self.whole:
            for (table,) in self.rows(
                "select schema_name || '.' || table_name from duckdb_tables() where comment <> ''"
            ):
                self.con.execute(f"comment on table {table} is null")
            self.con.execute("drop table if exists golden.crosswalk")
        self.con.execute("delete from staging.source_conventions")
        day = (self.now + timedelta(days=1)).date()
        self.con.execute("insert into staging.source_conventions values ('crm', ?)", [day])
        self.run()
        write_activity_policy(self.con, replace(ACTIVITY, inactive_after_days=self.limit), [])
        self.con.execute("insert into golden.inactivity_limits values ('crm', ?, 'policy')", [self.limit])
        for model in golden_models():
            if model.name != "marketing_contacts":  # a view, of attributes that are not looked at here
                refresh_model_table(self.con, model)

    def made(self) -> dict[str, list[tuple[Any, ...]]]:
        tables = self.rows("select table_name from information_schema.tables where table_schema = 'golden'")
        return {name: self.rows(f"from golden.{name} order by all") for (name,) in tables if name != "customer_inputs"}


class Sources:
    """What the sources have, changed a little every night, the same for every `Golden` it is loaded into."""

    events: list[Callable[[], None]]

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.records: dict[str, dict[str, Any]] = {}
        self.about: dict[str, list[dict[str, Any]]] = {table: [] for table in list(_TABLES)[:4]}
        self.failing: set[tuple[str, str]] = set()
        self.day = START
        self.numbered = 0
        for cluster in range(CUSTOMERS):
            for _ in range(self.chance.choice((1, 1, 2, 3))):
                self.add(cluster)
        for table in self.about:
            for _ in range(24):
                self.say(table)
        self.events = [self.add, self.change, self.move, self.remove, self.number_anew, self.fail]
        self.events += [partial(what, table) for table in self.about for what in (self.say, self.unsay)]
        self.chance.shuffle(self.events)

    def add(self, cluster: int | None = None) -> None:
        self.numbered += 1
        source, one_of = self.chance.choice(("crm", "shop")), self.chance.choice
        self.records[f"{source}:{self.numbered}"] = {
            "cluster": self.chance.randrange(CUSTOMERS) if cluster is None else cluster,
            **{"name": f"Ann {self.numbered % 9}", "email": f"m{one_of(range(6))}@x.org", "contract_id": "crm"},
            **{"phone_number": one_of((None, "+1", "+2", "+3")), "status": one_of(("active", "deceased", None))},
            **{"updated_at": self.moment(), "created_at": self.moment(), "birthdate": "1980-05-01"},
        }

    def key(self) -> str:
        return self.chance.choice(sorted(self.records))

    def moment(self) -> datetime:
        """Mostly past; a few only come in the nights that follow."""
        coming = self.chance.random() < 0.03
        return self.day + timedelta(days=self.chance.choice((1, 2, 3) if coming else (-900, -90, -20, -3, -1)), hours=5)

    def say(self, table: str) -> None:
        """A new row about a record in one of the tables beside."""
        one_of, key = self.chance.choice, self.key()
        self.numbered += 1
        channel = one_of(("email", "phone"))
        row = {
            **{
                "record_key": key,
                "source_system": key.split(":")[0],
                "channel": channel,
                "is_primary": one_of((True, False)),
            },
            "value": f"m{one_of(range(6))}@x.org" if channel == "email" else one_of(("+1", "+2", "+3")),
            "is_shared": one_of((True, False, False)),
            **{"number_type": one_of(("mobile", None)), "purpose": one_of(("marketing_email", "marketing_sms"))},
            **{"given_at": self.moment(), "occurred_at": self.moment(), "method": one_of(("web", None))},
            **{"interaction_id": f"I{self.numbered}", "transaction_id": f"T{self.numbered}", "amount": self.numbered},
            **{"outcome": one_of(("escalated", "resolved", None)), "currency": "EUR"},
            "status": one_of(
                {
                    "staging.contact_points": ("valid", "valid", "placeholder"),
                    "staging.consents": ("granted", "granted", "withdrawn", None),
                    "staging.transactions": ("settled", "refunded"),
                }.get(table, (None,))
            ),
        }
        self.about[table].append(row)

    def unsay(self, table: str) -> None:
        self.about[table].pop(self.chance.randrange(len(self.about[table])))

    def change(self) -> None:
        record = self.records[self.key()]
        record |= self.chance.choice(
            (
                {"email": f"m{self.chance.randrange(6)}@x.org", "updated_at": self.moment()},
                {"name": f"Bob {self.chance.randrange(3)}"},
                {"status": self.chance.choice(("active", "deceased"))},
                {"email_status": "invalid"},
                {"last_activity_at": self.moment()},
            )
        )

    def move(self) -> None:
        self.records[self.key()]["cluster"] = self.chance.randrange(CUSTOMERS + 3)

    def remove(self) -> None:
        del self.records[self.key()]

    def number_anew(self) -> None:
        self.numbered += 1
        key = self.key()
        self.records[f"{key.split(':')[0]}:{self.numbered}"] = self.records.pop(key)

    def fail(self) -> None:
        self.failing ^= {(self.chance.choice(("crit", "mild")), self.key())}

    def forget(self, keys: Collection[str]) -> None:
        """These records and facts, and all rows about them, are gone."""
        self.records = {key: facts for key, facts in self.records.items() if key not in keys}
        self.failing = {(rule, key) for rule, key in self.failing if key not in keys}
        for table, rows in self.about.items():
            self.about[table] = [row for row in rows if not {row["record_key"], row["interaction_id"]} & {*keys}]

    def load(self, golden: Golden) -> None:
        smallest: dict[Any, str] = {}
        for key in sorted(self.records):
            smallest.setdefault(self.records[key]["cluster"], key)
        records = [
            {"record_key": key, "source_system": key.split(":")[0], "source_record_id": key.split(":")[1]} | facts
            for key, facts in self.records.items()
        ]
        golden.fill("staging.customers", [{"email_status": "valid"} | record for record in records])
        golden.fill("linkage.clusters", [r | {"cluster_id": smallest[r["cluster"]]} for r in records])
        for table, rows in self.about.items():
            golden.fill(table, rows)
        golden.fill(
            "quality.failing_rows",
            [{"rule_id": r, "record_key": k, "table_name": "staging.customers"} for r, k in sorted(self.failing)],
        )


def decisions(sources: Sources) -> list[Callable[[Golden, str], None]]:
    """What somebody does between two nights, in any order, to the customer of a record or to all."""
    of_fact = sources.chance.choice((True, False))
    attribute, value = sources.chance.choice((("name", "Cyd"), ("email", "m4@x.org"), ("phone_number", "+3")))

    def pin(golden: Golden, key: str) -> None:
        golden.pin(key, attribute, value, expires_on=(golden.now + timedelta(days=1)).date())

    def unpin(golden: Golden, key: str) -> None:
        for (number,) in golden.rows("select number from stewardship.pins order by number limit 1"):
            revoke(golden.con, number, author="Eve", reason="wrong", decided_at=golden.now)

    def judge(golden: Golden, key: str) -> None:
        golden.con.execute("update quality.rules set severity = 'critical'")

    def allow(golden: Golden, key: str) -> None:
        golden.limit = 20

    def believe(golden: Golden, key: str) -> None:
        golden.policy = replace(POLICY, trust=(SourceTrust("crm", 0.1, ""), POLICY.trust[1]))

    def die(golden: Golden, key: str) -> None:
        """Killed between the ledger and the customers."""
        assign_customer_ids(golden.con, run_id="killed", now=golden.now)

    def erase(golden: Golden, key: str) -> None:
        """As the step of an erasure that is about the warehouse."""
        con, person = golden.con, find_person(golden.con, key)
        mark_person(con, person, {}, Path())
        own_values(con, {})
        close_ledger(con, Request("E1", *vars(person).values(), "Eve", "asked", golden.now, golden.now), golden.now)
        remove_rows(con)
        write_redirects(con)
        hash_kept_keys(con, {key: f"{ERASED_KEY}{key[::-1]}" for key in person.record_keys})
        sources.forget(person.record_keys)

    def expire(golden: Golden, key: str) -> None:
        """As the same step of a retention: one record or fact goes, its customer may have others."""
        if of_fact:
            key = golden.rows("select min(interaction_id) from staging.interactions")[0][0]
        mark_person(golden.con, Person((), (key,)), {}, Path())
        own_values(golden.con, {})
        forget_history(golden.con)
        remove_rows(golden.con)
        sources.forget([key])

    made = [pin, unpin, judge, allow, believe, die, erase, expire]
    sources.chance.shuffle(made)
    return made


def lose(chance: random.Random, golden: Golden) -> None:
    """Somebody drops or spoils what the next night builds upon."""
    table = chance.choice(("customer_inputs", "crosswalk", "customers", "attribute_provenance", "id_redirects"))
    golden.con.execute(
        chance.choice(
            (
                f"drop table golden.{table}",
                "drop table golden.stated_contact_points cascade",
                "comment on table golden.customer_inputs is null",
                "delete from golden.customer_inputs where customer_id < 'C000000009'",
            )
        )
    )


@pytest.mark.parametrize("seed", [2, 5])
def test_any_nights_leave_what_building_all_of_it_every_night_gives(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    monkeypatch.setattr(
        customer_inputs, "find_suspects", lambda *given: told.append(found := find_suspects(*given)) or found
    )
    sources, concerned, whole = Sources(seed), Golden(whole=False), Golden(whole=True)
    chance = sources.chance
    decided = decisions(sources)
    few = 0
    for night, decide in enumerate(decided):
        for golden in (concerned, whole):
            sources.load(golden)
            golden.night()
        made, expected = concerned.made(), whole.made()
        assert made.keys() == expected.keys()
        for table, rows in expected.items():
            assert made[table] == rows, (night, table)
        changed = concerned.rows(
            "select changed, count(*) from golden.customer_inputs group by changed order by changed"
        )
        few += changed[-1][1] < 0.2 * sum(customers for _, customers in changed)
        sources.day += timedelta(days=1)
        key = sources.key()
        for event in sources.events[night * 3 % 14 :][:3]:
            event()
        for golden in (concerned, whole):
            decide(golden, key)
        if chance.random() < 0.2:
            lose(chance, concerned)
    assert few > len(decided) / 2, "most nights few customers are concerned"
    assert sum(told) > 2, "and some nights only they are looked at"
    concerned.con.close()
    whole.con.close()
