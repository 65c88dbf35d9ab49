"""E-mail addresses: syntax by email-validator (no network), lower case, and what an address says of its owner."""

from __future__ import annotations

import re
from typing import NamedTuple

from dq_pipeline.domain.parsing import email_data as data
from dq_pipeline.domain.parsing.email_slips import domain_slip
from dq_pipeline.domain.parsing.placeholders import is_one_key, is_placeholder
from dq_pipeline.domain.parsing.text import Status, tidy, word_set

# Plain addresses, nine of ten: what this pattern takes, email-validator takes unchanged (a test compares them); it
# needs 30 µs an address, the pattern one.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"[a-z0-9_]+(?:[.+'-][a-z0-9_]+)*@(?!.*--)(?:{_LABEL}\.)+[a-z]{{2,24}}")
_RESERVED_TOP = word_set("test invalid localhost local onion arpa example")
# Jo Bloggs <jo@web.de>, <mailto:jo@web.de?subject=Hi>, 'jo@web.de', jo@web.de (private), jo@web.de;
_NAMED = re.compile(r"[^<>@]{0,100}<([^<>]{1,320})>")
_LABEL_IN_FRONT = re.compile(r"(?:mailto:|e-?mail:|smtp:)\s*")
_REMARK_BEHIND = re.compile(r"(?:\s*\([^()@]{0,100}\)|\?[a-z]+=[^@]{0,300})$")
_EDGES = " .,;:'<>|"
# What people write for the @ and the dot, and what they miss; read as a proposal only.
_OBFUSCATED = (
    (re.compile(r"\s*[(\[{]\s*(?:at|ät)\s*[)\]}]\s*|\s+at\s+"), "@"),
    (re.compile(r"\s*[(\[{]\s*(?:dot|punkt)\s*[)\]}]\s*|\s+(?:dot|punkt)\s+"), "."),
    (re.compile(r",(?=[a-z]{2,3}$)"), "."),
    (re.compile(r"\s+(?=@)|(?<=@)\s+|\s+(?=\.)|(?<=\.)\s+"), ""),
    (re.compile(r"(?<=@)(gmail|hotmail|yahoo|outlook|icloud)$"), r"\1.com"),
)
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_TOO_LONG_TO_READ = 400


class ParsedEmail(NamedTuple):
    """`match_key`: without plus-tag and, at Gmail, without dots: the mailbox it reaches. NULL unless valid."""

    value: str
    status: Status
    reason: str
    local_part: str | None = None
    domain: str | None = None
    match_key: str | None = None
    is_role: bool = False
    is_disposable: bool = False
    suggestion: str | None = None


def parse_email(raw: str) -> ParsedEmail:
    """One address. `reason`: `syntax`, `reserved_domain`, `several_addresses`, `placeholder_word`, or, of a valid
    one, `domain_slip`. `suggestion`: of a slip the corrected address, of one that is invalid for its `syntax` the one
    that was meant, where that is plain (jo (at) web.de); proposed, never applied.

    >>> parse_email("Mailto:Jo.Bloggs+shop@GMIAL.com").suggestion
    'jo.bloggs+shop@gmail.com'
    """
    text = _unwrapped(tidy(raw).lower())
    if _is_placeholder_address(text):
        return ParsedEmail(text, "placeholder", "placeholder_word")
    value, trouble = _checked(text)
    if trouble:
        return ParsedEmail(text, "invalid", trouble, suggestion=_meant(text) if trouble == "syntax" else None)
    local, _, domain = value.rpartition("@")
    slip_of = domain_slip(domain)
    return ParsedEmail(
        value,
        "valid",
        "domain_slip" if slip_of else "",
        local_part=local.split("+", 1)[0] or local,
        domain=domain,
        match_key=_mailbox(local, domain),
        is_role=_is_role(local),
        is_disposable=_is_disposable(domain),
        suggestion=f"{local}@{slip_of}" if slip_of else None,
    )


def _unwrapped(text: str) -> str:
    """The address without what stands around it; texts that hold none, or several, stay."""
    if _PLAIN.fullmatch(text) or "@" not in text or len(text) > _TOO_LONG_TO_READ:
        return text
    if not text.isascii():
        text = text.translate(_FULL_WIDTH)
    named = _NAMED.fullmatch(text)
    bare = _REMARK_BEHIND.sub("", _LABEL_IN_FRONT.sub("", named[1] if named else text))
    bare = bare.lstrip(_EDGES.replace(".", "")).rstrip(_EDGES)
    return bare if bare.count("@") == 1 and bare[0] != "@" else text


def _meant(text: str) -> str | None:
    """The address a text with a plain slip stands for."""
    if len(text) > _TOO_LONG_TO_READ:
        return None
    repaired = text
    for pattern, replacement in _OBFUSCATED:
        repaired = pattern.sub(replacement, repaired)
    return repaired if repaired != text and repaired.count("@") == 1 and _checked(repaired)[0] == repaired else None


def _checked(text: str) -> tuple[str, str]:
    """(the normalised address, '') or ('', reason)."""
    local, _, domain = text.rpartition("@")
    if _PLAIN.fullmatch(text) and len(local) <= 64 and len(text) <= 254:
        reserved = domain.rpartition(".")[2] in _RESERVED_TOP
        return ("", "reserved_domain") if reserved else (text, "")
    if text.count("@") > 1:
        return "", "several_addresses"
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(text, check_deliverability=False, strict=True, allow_quoted_local=True)
    except (EmailNotValidError, UnicodeError, ValueError):
        return "", "syntax"
    normalized = checked.normalized.lower()
    return ("", "reserved_domain") if normalized.rpartition(".")[2] in _RESERVED_TOP else (normalized, "")


def _mailbox(local: str, domain: str) -> str:
    bare = local.split("+", 1)[0] or local
    if domain in _GMAIL:
        return f"{bare.replace('.', '') or bare}@gmail.com"
    return f"{bare}@{domain}"


def _is_role(local: str) -> bool:
    bare = local.split("+", 1)[0].rstrip("0123456789")
    if bare.isalpha():
        return bare in data.ROLE_MAILBOXES
    words = [word for word in _NOT_ALPHANUMERIC.split(bare) if word]
    return "".join(words) in data.ROLE_MAILBOXES or (len(words) > 1 and words[0] in data.ROLE_OPENINGS)


def _is_disposable(domain: str) -> bool:
    return domain in data.DISPOSABLE_DOMAINS or domain.partition(".")[2] in data.DISPOSABLE_DOMAINS


def _is_placeholder_address(text: str) -> bool:
    """Whether the address was typed to get past the form: test@test.com, xxx@xxx.com, noemail@anything."""
    local, at, domain = text.rpartition("@")
    if not at:
        return is_placeholder(text)
    name = local if local.isalnum() else _NOT_ALPHANUMERIC.sub("", local)
    host = domain.split(".", 1)[0]
    if name in data.EMPTY_LOCALS or host in data.EMPTY_HOSTS:
        return True
    if name == host:
        return len(name) == 1 or name in data.EMPTY_TWICE or is_placeholder(name)
    if name in data.EXAMPLE_LOCALS and host in data.EXAMPLE_HOSTS:
        return True
    return len(host) == len(name) == 1 or (is_one_key(name) and (is_one_key(host) or len(host) <= 1))
