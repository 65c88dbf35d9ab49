"""JSON at the level of its text: lines, elements of a page, numbers exactly as written."""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator

from dq_pipeline.adapters.ingest.decode import BAD_BYTE, Encoding, not_of, with_bad_bytes_shown
from dq_pipeline.adapters.ingest.ledger import Rejects
from dq_pipeline.errors import InputError

LONGEST_LINE_BYTES = 64 << 20
# A page is parsed as a whole; Dataverse pages of 5,000 contacts are some 15 MB.
LARGEST_PAGE_BYTES = 1 << 30

_SPACE = re.compile(r"[ \t\r\n]*")
# JSON allows no control character but tab, line feed and carriage return between tokens.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_ANY_CONTROL = re.compile(r"[\x00-\x1f]")
# Where numbers may stand that DuckDB would print otherwise than they were written: 1E5, 12.50, -0, more than
# 15 decimals. Begins with the colon, not the quote before it: four times as fast, and what it finds within
# strings does no harm.
_INEXACT = re.compile(rb":\s*(?:-0|-?\d+(?:(?:\.\d+)?[eE]|\.\d*0\b|\.\d{16}))")
_LINE_ENDS = bytes.maketrans(b"\r\n", b"  ")
# (start, end) of each element; returns the position behind what was read.
_Spans = Generator[tuple[int, int], None, int]

_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]|-?\d[\d.eE+-]*', re.DOTALL)


def numbered_lines(
    blocks: Iterator[bytes], name: str, encoding: Encoding, rejects: Rejects
) -> Iterator[tuple[int, bytes]]:
    """(physical line, text without line ends) of every line that is not blank.

    What JSON forbids on sight, and a line with a byte that is not of the encoding, becomes a reject.
    """
    number, rest = 0, b""
    for block in _ended(blocks):
        # JSON knows a carriage return only as blank space between tokens.
        *lines, rest = (rest + block).replace(b"\r", b" ").split(b"\n")
        if len(rest) > LONGEST_LINE_BYTES:
            raise InputError(
                f"a line is longer than {LONGEST_LINE_BYTES >> 20} MiB",
                where=f"{name}, line {number + len(lines) + 1}",
                fix="check the format in the contract: JSON Lines has one object a line",
            )
        suspect, inexact = _any(_CONTROL, lines), _any(_INEXACT, lines)
        for number, line in enumerate(lines, start=number + 1):  # noqa: B020 (counts on over the blocks)
            text = line.strip()
            if suspect and _CONTROL.search(text):
                _reject(number, line, encoding, rejects)
            elif text:
                yield number, exact_numbers(text) if inexact else text


def page_elements(
    blocks: Iterator[bytes], name: str, encoding: Encoding, rejects: Rejects
) -> Iterator[tuple[int, bytes]]:
    """(number, text without line ends) of every element of a plain array or of the array `value` of an OData page.

    An element whose text has a control character or a byte that is not of the encoding is a reject.
    Raises InputError, naming the line, for what is no such page.
    """
    text = _whole_page(blocks, name)
    try:
        for number, (start, end) in enumerate(element_spans(text), start=1):
            element = text[start:end]
            if _ANY_CONTROL.search(element) and _has_control_in_value(element):
                _reject(number, element.encode(), encoding, rejects)
            else:
                yield number, exact_numbers(element.encode()).translate(_LINE_ENDS)
    except json.JSONDecodeError as error:
        raise InputError(
            f"this is not a page of JSON ({error.msg})",
            where=f"{name}, line {error.lineno}",
            fix="export or transfer the file again",
        ) from None
    except RecursionError:
        raise InputError(
            "the JSON is nested too deeply", where=name, fix="export flat records, one object each"
        ) from None


def exact_numbers(text: bytes) -> bytes:
    """The object with its own numbers quoted where DuckDB would rewrite one; numbers inside values are left.

    Text that is not valid JSON comes back as it is.
    """
    if not _INEXACT.search(text):
        return text
    try:
        json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return text
    depth = 0

    def quoted(match: re.Match[bytes]) -> bytes:
        nonlocal depth
        token = match[0]
        depth += (token in (b"{", b"[")) - (token in (b"}", b"]"))
        is_own_number = depth == 1 and token[:1] not in b'"{}[]'
        return b'"' + token + b'"' if is_own_number else token

    return _TOKEN.sub(quoted, text)


def _reject(number: int, text: bytes, encoding: Encoding, rejects: Rejects) -> None:
    forbidden = "a control character, which JSON forbids"
    rejects.add(number, with_bad_bytes_shown(text), not_of(encoding) if BAD_BYTE in text else forbidden)


def _has_control_in_value(element: str) -> bool:
    """Whether a string of the element has a raw control character: then only the lenient decoder takes it."""
    try:
        _STRICT.raw_decode(element)
    except json.JSONDecodeError:
        return True
    return False


def _ended(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """The blocks and a last line feed: the last line counts with or without one."""
    yield from blocks
    yield b"\n"


def _any(pattern: re.Pattern[bytes], lines: list[bytes]) -> bool:
    return pattern.search(b"\n".join(lines)) is not None


def _whole_page(blocks: Iterator[bytes], name: str) -> str:
    parts, size = [], 0
    for block in blocks:
        size += len(block)
        if size > LARGEST_PAGE_BYTES:
            raise InputError(
                f"the page is larger than {LARGEST_PAGE_BYTES >> 20} MiB",
                where=name,
                fix="export smaller pages, or JSON Lines",
            )
        parts.append(block)
    return b"".join(parts).decode()


def element_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where each element of a page begins and ends. Raises json.JSONDecodeError for what is no page."""
    position = _skip(text, 0)
    if text.startswith("[", position):
        position = yield from _array_spans(text, position)
    else:
        position = yield from _value_spans(text, position)
    position = _skip(text, position)
    if position != len(text):
        raise json.JSONDecodeError("text after the end of the page", text, position)


def _value_spans(text: str, position: int) -> _Spans:
    """Walk the members of the page's object; only those of `value` are its records."""
    page_start, found = position, False
    position = _expect(text, position, "{")
    while True:
        key, position = _DECODER.raw_decode(text, position)
        position = _expect(text, position, ":")
        if key == "value":
            found = True
            position = yield from _array_spans(text, position)
        else:
            _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if not text.startswith(",", position):
            break
        position = _skip(text, position + 1)
    position = _expect(text, position, "}")
    if not found:
        raise json.JSONDecodeError("it has no array `value`", text, page_start)
    return position


def _array_spans(text: str, position: int) -> _Spans:
    position = _expect(text, position, "[")
    while not text.startswith("]", position):
        _, end = _DECODER.raw_decode(text, position)
        yield position, end
        position = _skip(text, end)
        if text.startswith(",", position):
            position = _skip(text, position + 1)
            if text.startswith("]", position):
                raise json.JSONDecodeError("a comma before the end of the array", text, position)
        elif not text.startswith("]", position):
            raise json.JSONDecodeError("a comma or the end of the array is missing", text, position)
    return position + 1


def _expect(text: str, position: int, mark: str) -> int:
    position = _skip(text, position)
    if not text.startswith(mark, position):
        raise json.JSONDecodeError(f"{mark!r} is missing", text, position)
    return _skip(text, position + 1)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


# Numbers stay text: an integer of more than 4,300 digits would be an error in Python, but is none in JSON. Lenient, so
# that a control character within one element does not make the whole page unreadable.
_DECODER = json.JSONDecoder(parse_int=str, parse_float=str, strict=False)
_STRICT = json.JSONDecoder(parse_int=str, parse_float=str)
