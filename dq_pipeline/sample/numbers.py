"""Identifiers with their own rules: vendors' record ids and national identity numbers, all unique."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dq_pipeline.errors import InputError
from dq_pipeline.sample.geography import geography
from dq_pipeline.sample.strings import TEXT, Ints, Random, Strings, ascii_texts, join, part, texts

_BASE62 = np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", dtype=np.uint8)
_SUFFIX = np.frombuffer(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", dtype=np.uint8)
_DNI_LETTERS = np.frombuffer(b"TRWAGMYFPDXBNJZSQVHLCKE", dtype=np.uint8)
_NINO_LETTERS = np.frombuffer(b"ABCEHJKLMPRSTWXY", dtype=np.uint8)


def unique_numbers(random: Random, count: int, lowest: int, highest: int) -> Ints:
    """`count` different numbers from `lowest` to below `highest`, ascending, with irregular gaps.

    Raises InputError when there are not that many.
    """
    gap = (highest - lowest) // max(count, 1)
    if gap < 1:
        raise InputError(f"{count:,} ids do not fit into their range", where="--records", fix="ask for fewer records")
    return lowest + np.arange(count, dtype=np.int64) * gap + random.integers(0, gap, count)


def salesforce_ids(random: Random, count: int, prefix: str = "003") -> Strings:
    """18-character ids, ascending: key prefix, instance, 9 characters of number, 3 of case check."""
    body = np.zeros((count, 15), dtype=np.uint8)
    body[:, :6] = np.frombuffer(f"{prefix}Hs0".encode(), dtype=np.uint8)
    numbers = unique_numbers(random, count, 62**7, 62**8)
    for place in range(14, 5, -1):
        body[:, place] = _BASE62[numbers % 62]
        numbers = numbers // 62
    return ascii_texts(np.concatenate([body, _case_check(body)], axis=1))


def _case_check(body: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Salesforce's suffix: for each five characters, one that tells which of them are upper case."""
    capital = ((body >= ord("A")) & (body <= ord("Z"))).reshape(len(body), 3, 5)
    return np.asarray(_SUFFIX[capital @ (1 << np.arange(5))])


def hubspot_ids(random: Random, count: int) -> Strings:
    """Numbers of 10 or 11 digits, ascending."""
    return unique_numbers(random, count, 9_200_000_000, 29_200_000_000).astype(TEXT)


def zoho_ids(random: Random, count: int) -> Strings:
    """`zcrm_` and 18 digits, ascending."""
    return join("zcrm_", unique_numbers(random, count, 487_687_600_000_000_000, 487_687_700_000_000_000).astype(TEXT))


def dynamics_ids(random: Random, count: int) -> Strings:
    """GUIDs of version 4 (RFC 9562) in lower case; 122 random bits, so two are never equal."""
    raw = random.integers(0, 256, (count, 16), dtype=np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    nibbles = np.stack([raw >> 4, raw & 15], axis=2).reshape(count, 32)
    text = np.full((count, 36), ord("-"), dtype=np.uint8)
    text[:, [place for place in range(36) if place not in (8, 13, 18, 23)]] = digits[nibbles]
    return ascii_texts(text)


def ao_ids(random: Random, count: int) -> Strings:
    """Eight digits with leading zeros, ascending."""
    return zero_filled(unique_numbers(random, count, 10_000, 39_999_999), 8)


def zero_filled(numbers: Ints, width: int) -> Strings:
    """Numbers as texts of `width` digits."""
    return np.asarray(np.strings.zfill(numbers.astype(TEXT), width), dtype=TEXT)


def national_ids(random: Random, country: Ints) -> Strings:
    """A different number for each person: NINO (GB), DNI (ES), elsewhere an identity card's, `ID` and eleven digits."""
    count = len(country)
    numbers = random.permutation(unique_numbers(random, count, 10_000_000, 99_999_999))
    written = join("ID", _luhn_numbers(numbers))
    known: dict[str, Callable[[Ints], Strings]] = {"GB": _nino, "ES": _dni}
    for code, write in known.items():
        here = np.flatnonzero(country == geography().index(code))
        written[here] = write(numbers[here])
    return written


def _dni(numbers: Ints) -> Strings:
    return join(zero_filled(numbers, 8), ascii_texts(_DNI_LETTERS[numbers % 23][:, None]))


def _nino(numbers: Ints) -> Strings:
    letters = np.stack([_NINO_LETTERS[numbers // 1_000_000 % 16], _NINO_LETTERS[numbers // 16_000_000 % 16]], axis=1)
    suffix = texts("ABCD")[numbers % 4]
    return join(ascii_texts(letters), part(zero_filled(numbers, 8), 2, 8), suffix)


def _luhn_numbers(numbers: Ints) -> Strings:
    """Ten digits of which eight are the number, and the check digit of ISO/IEC 7812-1."""
    body = numbers * 100 + numbers % 97
    doubled = np.zeros(len(numbers), dtype=np.int64)
    rest = body.copy()
    for place in range(10):
        digit = rest % 10 * (2 if place % 2 == 0 else 1)
        doubled += digit // 10 + digit % 10
        rest //= 10
    return join(zero_filled(body, 10), ((10 - doubled % 10) % 10).astype(TEXT))
