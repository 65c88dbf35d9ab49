"""Contract pages (Open Data Contract Standard 3, YAML) into `domain.contract.Contract`, strict about the unknown.

Read without the standard's own package: its import alone takes 0.5 s, and pages are read whenever the
definitions load. A test holds the pages against that package.
"""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from pathlib import Path
from typing import Any, get_args

import yaml

from dq_pipeline.adapters.yaml_fields import Fields
from dq_pipeline.domain.contract import (
    GOVERNANCE_READER,
    READ_MASKED,
    READ_SCORES,
    Contract,
    ContractColumn,
    DateOrder,
    FileLayout,
    Format,
    RecordKind,
)
from dq_pipeline.domain.extracts import plan_columns
from dq_pipeline.errors import ConfigurationError

SUFFIX = ".odcs.yaml"
CLASSIFICATIONS = ("none", "personal", "sensitive")
# `raw.loads` and `raw.rejects` are tables of their own.
RESERVED_IDS = ("loads", "rejects")

_NAME = r"[a-z][a-z0-9_]*"


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_LOGICAL_TYPES = _words("string date timestamp time number integer object array boolean")
_PAGE_FIELDS = _words(
    """apiVersion kind id name version status domain tenant dataProduct tags description schema servers support
    price team roles slaProperties authoritativeDefinitions customProperties contractCreatedTs"""
)
_COLUMN_FIELDS = _words(
    """id name physicalName physicalType logicalType logicalTypeOptions businessName description required unique
    primaryKey primaryKeyPosition classification criticalDataElement encryptedName examples tags deprecated
    synonyms semanticType transformLogic transformDescription transformSourceObjects partitioned
    partitionKeyPosition quality relationships enum authoritativeDefinitions customProperties"""
)
_CUSTOM_FIELDS = _words(
    """sourceSystem recordKind format filePattern encoding delimiter quote sheet headerRecord trailerRecord snapshot
    datedNames dateOrder defaultCountry maximumRejectShare minimumLines maximumVolumeChange"""
)
_UNIT_HOURS = {"h": 1, "hours": 1, "d": 24, "days": 24, "y": 24 * 365, "years": 24 * 365}


def load_contracts(folder: Path) -> dict[str, Contract]:
    """Every page `<id>.odcs.yaml` of a folder, by id, in the order of their names.

    Raises ConfigurationError with every problem of every page, each with file and field.
    """
    problems: list[str] = []
    contracts: dict[str, Contract] = {}
    for path in sorted(folder.glob("*" + SUFFIX)):
        page = Fields(path.name, _document(path, problems), problems)
        found = len(problems)
        contract = _contract(page) if page.values else None
        if contract and len(problems) == found:
            contracts[contract.id] = contract
    if not contracts and not problems:
        problems.append(f"there is no page named <contract id>{SUFFIX}")
    if problems:
        raise ConfigurationError(
            "contract pages cannot be used",
            where=str(folder),
            problems=tuple(problems),
            fix="correct the fields named; the pages that ship with the project are examples",
        )
    return contracts


def _document(path: Path, problems: list[str]) -> dict[str, Any]:
    try:
        document = yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problems.append(f"{path.name}{line}: cannot be read as YAML ({getattr(error, 'problem', None) or error})")
        return {}
    if isinstance(document, dict) and document:
        return document
    problems.append(f"{path.name}: is empty or is not a mapping")
    return {}


def _contract(page: Fields) -> Contract:
    page.only(_PAGE_FIELDS)
    page.text("apiVersion", pattern=r"v3\.\d+\.\d+")
    page.text("kind", choices=["DataContract"])
    page.text("status")
    contract_id = page.text("id", pattern=_NAME)
    if contract_id and contract_id + SUFFIX != page.where:
        page.problem("id", f"must be the page's name without {SUFFIX}")
    if contract_id in RESERVED_IDS:
        page.problem("id", "is the name of a table of the pipeline")
    custom = _custom(page)
    columns = _columns(page)
    sla = page.properties("slaProperties")
    contract = Contract(
        id=contract_id,
        source_system=custom.text("sourceSystem", pattern=_NAME),
        kind=custom.text("recordKind", choices=get_args(RecordKind)),  # type: ignore[arg-type]
        layout=_layout(custom),
        columns=columns,
        owner=_owner(page),
        description=page.mapping("description").text("purpose"),
        date_order=custom.text("dateOrder", default="ymd", choices=get_args(DateOrder)),  # type: ignore[arg-type]
        default_country=custom.text("defaultCountry", default="", pattern="([A-Z]{2})?"),
        snapshot=custom.text("snapshot", default="full", choices=["full", "delta"]),  # type: ignore[arg-type]
        maximum_reject_share=custom.number("maximumRejectShare", default=0.01, most=1),
        freshness_hours=_hours(page, sla, "freshness"),
        retention_days=round(_hours(page, sla, "retention") / 24),
        inactive_after_days=max(1, round(_hours(page, sla, "inactivity") / 24)) if "inactivity" in sla else 0,
        minimum_lines=round(custom.number("minimumLines", default=1)),
        maximum_volume_change=custom.number("maximumVolumeChange", default=0.3),
        version=page.text("version"),
        location=_location(page),
        allowed={column.name: column.allowed_values for column in columns if column.allowed_values},
        roles=_roles(page),
        retention_basis=sla["retention"].text("description", default="") if "retention" in sla else "",
    )
    names = [column.name for column in columns]
    for problem in plan_columns(contract, names).problems:
        page.problem("schema", problem)
    return contract


def _custom(page: Fields) -> Fields:
    values = {name: item.values.get("value") for name, item in page.properties("customProperties").items()}
    custom = Fields(f"{page.where}, customProperties", values, page.problems)
    custom.only(_CUSTOM_FIELDS)
    return custom


def _layout(custom: Fields) -> FileLayout:
    file_format = custom.text("format", choices=get_args(Format))
    layout = FileLayout(
        format=file_format,  # type: ignore[arg-type]
        patterns=custom.texts("filePattern", pattern=r"[^/\\]+"),
        encoding=custom.text("encoding", default=""),
        delimiter=custom.text("delimiter", default=",", pattern=r"[^\r\n\x00\x02]?"),
        quote=custom.text("quote", default='"', pattern=r"[^\r\n\x00\x02]?"),
        header_record=custom.text("headerRecord", default=""),
        trailer_record=custom.text("trailerRecord", default=""),
        sheet=custom.text("sheet", default=""),
        dated_names=custom.flag("datedNames", default=True),
    )
    _check_layout(custom, layout)
    return layout


def _check_layout(custom: Fields, layout: FileLayout) -> None:
    try:
        "a".encode(layout.encoding or "utf-8")  # refuses what Python knows but is no text encoding, as hex
        codecs.getincrementaldecoder(layout.encoding or "utf-8")
    except LookupError:
        custom.problem("encoding", "is not a text encoding that Python knows")
    if layout.format != "csv":
        return
    if not layout.delimiter or not (layout.delimiter + layout.quote).isascii():
        custom.problem("delimiter", "delimiter and quote must be one ASCII character each")
    elif layout.delimiter == layout.quote:
        custom.problem("quote", "must differ from the delimiter")


def _columns(page: Fields) -> tuple[ContractColumn, ...]:
    schema = page.mappings("schema")
    if len(schema) > 1:
        page.problem("schema", "must have one object: a page describes one source")
    if not schema:
        return ()
    found = schema[0].mappings("properties")
    columns = tuple(_column(item) for item in found)
    positions = [item.values.get("primaryKeyPosition", 1) for item in found if item.values.get("primaryKey")]
    if found and not positions:
        schema[0].problem("properties", "no column is a primaryKey")
    if positions != list(range(1, len(positions) + 1)):
        schema[0].problem("properties", "primaryKeyPosition must count 1, 2, … in the order of the columns")
    return columns


def _column(item: Fields) -> ContractColumn:
    item.only(_COLUMN_FIELDS)
    name = item.text("name")
    if name != name.strip():
        item.problem("name", "begins or ends with a blank")
    properties = item.properties("customProperties")
    custom = Fields(item.where, {key: given.values.get("value") for key, given in properties.items()}, item.problems)
    return ContractColumn(
        name=name,
        required=item.flag("required"),
        key=item.flag("primaryKey"),
        classification=item.text("classification", default="", choices=("", *CLASSIFICATIONS)),
        logical_type=item.text("logicalType", default="string", choices=_LOGICAL_TYPES),
        description=item.text("description", default=""),
        allowed_values=custom.texts("allowedValues", default=()),
        aliases=custom.texts("aliases", default=()),
        term=item.text("businessName", default=""),
    )


def _location(page: Fields) -> str:
    """The `location` of the page's server, the place that the extracts are fetched from; empty without one."""
    servers = page.mappings("servers", optional=True)
    if len(servers) > 1:
        page.problem("servers", "must be one: the extracts are fetched from one place")
    return servers[0].text("location", pattern=r"[a-z][a-z0-9+]*://.+|\$\{\w+\}.*") if servers else ""


def _owner(page: Fields) -> str:
    """The username of the team's owner; a team is a mapping with members (3.1) or a list of members (3.0)."""
    holder = page.mapping("team") if isinstance(page.values.get("team"), dict) else page
    members = holder.mappings("members" if holder is not page else "team")
    owners = [member.text("username") for member in members if member.values.get("role") == "owner"]
    if members and len(owners) != 1:
        page.problem("team", "must have one member with role owner")
    return owners[0] if owners else ""


def _roles(page: Fields) -> dict[str, str]:
    """Role -> access. What the governance reader may see must be one of the words that decide it: a slip in a page
    shall not pass for a permission, nor for a refusal."""
    roles: dict[str, str] = {}
    for item in page.mappings("roles", optional=True):
        role = item.text("role")
        if role in roles:
            item.problem("role", "is listed twice")
        known = (READ_SCORES, READ_MASKED) if role == GOVERNANCE_READER else ()
        roles[role] = item.text("access", default=known[0] if known else "", choices=known)
    return roles


def _hours(page: Fields, sla: Mapping[str, Fields], name: str) -> float:
    if name not in sla:
        page.problem("slaProperties", f"{name} is missing")
        return 0.0
    unit = sla[name].text("unit", choices=tuple(_UNIT_HOURS))
    return sla[name].number("value") * _UNIT_HOURS.get(unit, 0.0)
