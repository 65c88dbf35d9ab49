"""E-mail addresses: syntax by email-validator (no network), lower case, and what an address says of its owner."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from dq_pipeline.domain.parsing import email_data as data
from dq_pipeline.domain.parsing.placeholders import is_one_key, is_placeholder
from dq_pipeline.domain.parsing.text import Status, fold, tidy, word_set

# Plain addresses, nine of ten: what this pattern takes, email-validator takes unchanged (a test compares them); it
# needs 30 µs an address, the pattern one.
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN = re.compile(rf"[a-z0-9_]+(?:[.+'-][a-z0-9_]+)*@(?!.*--)(?:{_LABEL}\.)+[a-z]{{2,24}}")
_RESERVED_TOP = word_set("test invalid localhost local onion arpa example")
_WRAPPER = re.compile(r"(?:mailto:)?\s*<?\s*(?:mailto:)?(.*?)\s*>?[.,;]?")
_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_NOT_ALPHANUMERIC = re.compile(r"[^a-z0-9]")
_ROLE_OPENINGS = frozenset({"info", "sales", "support", "office", "noreply"})
_EMPTY_WORDS = word_set("test none unknown noemail nomail notprovided fake dummy asdf qwerty xxx donotuse")
_EMPTY_LOCALS = _EMPTY_WORDS | word_set("testing nomailaddress nobody")
_EMPTY_HOSTS = _EMPTY_WORDS | word_set("nowhere invalid noemailprovided na")


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
    one, `domain_slip` with the corrected address in `suggestion` (proposed, never applied).

    >>> parse_email("Mailto:Jo.Bloggs+shop@GMIAL.com").suggestion
    'jo.bloggs+shop@gmail.com'
    """
    text = _unwrapped(tidy(raw).lower())
    if _is_placeholder_address(text):
        return ParsedEmail(text, "placeholder", "placeholder_word")
    value, trouble = _checked(text)
    if trouble:
        return ParsedEmail(text, "invalid", trouble)
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
        is_disposable=domain in data.DISPOSABLE_DOMAINS,
        suggestion=f"{local}@{slip_of}" if slip_of else None,
    )


def _unwrapped(text: str) -> str:
    if text[:1].isalnum() and text[-1:].isalnum() and not text.startswith("mailto:"):
        return text
    match = _WRAPPER.fullmatch(text)
    inner = match[1] if match else text
    return _unwrapped(inner) if "@" in inner and inner != text else text


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
        normalized = validate_email(text, check_deliverability=False, strict=True).normalized.lower()
    except (EmailNotValidError, UnicodeError, ValueError):
        return "", "syntax"
    return ("", "reserved_domain") if normalized.rpartition(".")[2] in _RESERVED_TOP else (normalized, "")


def _mailbox(local: str, domain: str) -> str:
    bare = local.split("+", 1)[0] or local
    if domain in _GMAIL:
        return f"{bare.replace('.', '') or bare}@gmail.com"
    return f"{bare}@{domain}"


def _is_role(local: str) -> bool:
    if local.isalpha():
        return local in data.ROLE_MAILBOXES
    words = _NOT_ALPHANUMERIC.split(local.split("+", 1)[0])
    return "".join(words) in data.ROLE_MAILBOXES or (len(words) > 1 and words[0] in _ROLE_OPENINGS)


def _is_placeholder_address(text: str) -> bool:
    """Whether the address was typed to get past the form: test@test.com, xxx@xxx.com, noemail@anything."""
    local, at, domain = text.rpartition("@")
    if not at:
        return is_placeholder(text)
    name = local if local.isalnum() else _NOT_ALPHANUMERIC.sub("", local)
    host = domain.split(".", 1)[0]
    if name in _EMPTY_LOCALS or host in _EMPTY_HOSTS:
        return True
    if name == host:
        return len(name) == 1 or is_placeholder(name)
    return is_one_key(name) and (is_one_key(host) or len(host) <= 1)


@lru_cache(maxsize=50_000)
def domain_slip(domain: str) -> str | None:
    """The frequent domain that `domain` is one slip away from (a letter wrong, missing, doubled or swapped), or None.

    >>> domain_slip("gmial.com"), domain_slip("gmx.de"), domain_slip("gmail.con")
    ('gmail.com', None, 'gmail.com')
    """
    if domain in data.FREQUENT_DOMAINS or domain in data.NOT_A_SLIP or fold(domain) == "":
        return None
    for frequent in data.FREQUENT_DOMAINS:
        if len(frequent) >= 7 and abs(len(frequent) - len(domain)) <= 1 and _one_slip(domain, frequent):
            return frequent
    return None


def _one_slip(typed: str, meant: str) -> bool:
    """Whether one letter wrong, missing, added, or two neighbours swapped separate the two (Damerau 1964)."""
    if len(typed) == len(meant):
        wrong = [index for index in range(len(meant)) if typed[index] != meant[index]]
        if len(wrong) == 1:
            return True
        return (
            len(wrong) == 2
            and wrong[1] == wrong[0] + 1
            and typed[wrong[0]] == meant[wrong[1]]
            and (typed[wrong[1]] == meant[wrong[0]])
        )
    longer, shorter = (typed, meant) if len(typed) > len(meant) else (meant, typed)
    return any(longer[:index] + longer[index + 1 :] == shorter for index in range(len(longer)))
