"""What a word around a name is: a form of address, a suffix, a particle of the family name."""

from __future__ import annotations

import re
from functools import lru_cache

from dq_pipeline.domain.parsing import name_data as data
from dq_pipeline.domain.parsing.name_case import display_name
from dq_pipeline.domain.parsing.text import fold

ORDINAL = re.compile(r"\b[0-9]{1,2}(?:st|nd|rd|th)\b", re.IGNORECASE)
INITIAL = re.compile(r"[^\W\d_]\.?")

# From Hebrew on, but for the Latin and Greek letters with rare marks, and from the Chinese radicals on.
_FAR_SCRIPT = re.compile("[\u0590-\u1dff\u2e80-\U0010ffff]")
_SUFFIXES = data.COMMA_SUFFIXES | data.GENERATIONS
_NO_HOUSES = _SUFFIXES | data.STYLES | data.SMALL_WORDS


@lru_cache(maxsize=50_000)
def plain(word: str) -> str:
    """A word folded and joined, for looking it up: "Ph. D." -> "phd".

    Words of scripts that transliterate to a few consonants or syllables stay: Omar in Arabic would be "mr".
    """
    return word if _FAR_SCRIPT.search(word) else fold(word).replace(" ", "")


def take_titles(words: list[str]) -> tuple[list[str], list[str]]:
    """(the forms of address at the front, the rest, which keeps at least one word)."""
    last = len(words) - 1
    count = int(last > 1 and words[0].lower() == "the" and is_title(words[1]))
    while count < last:
        if is_title(words[count]) or (count and _is_title_tail(words[count])):
            count += 1
        elif count and plain(words[count]) in data.AND_WORDS | {""} and is_title(words[count + 1]) and count + 1 < last:
            count += 2  # Mr. and Mrs. Smith
        else:
            break
    return words[:count], words[count:]


def take_suffixes(words: list[str]) -> tuple[list[str], list[str]]:
    """(the words without the suffixes at their end, these); at least one word stays."""
    end = len(words)
    while end > 1 and is_suffix(words[end - 1], left=end - 1):
        end -= 1
    return words[:end], words[end:]


def is_suffix(word: str, *, left: int) -> bool:
    """Whether a word at the end of a name, `left` words before it, is a suffix: Jr., III, PhD."""
    key = plain(word)
    if key in data.GENERATIONS:
        return left > 1
    return word.isascii() and (key in data.SUFFIXES or (key in data.UPPER_SUFFIXES and word.isupper()))


def is_after_comma(segments: list[list[str]]) -> bool:
    """Whether the last of the segments between commas is suffixes, or a style of nobility behind a whole name."""
    last = segments[-1]
    if all(plain(word) in data.COMMA_SUFFIXES for word in last) or ORDINAL.fullmatch(last[0]):
        return True
    return len(segments[-2]) > 1 and plain(last[0]) in data.STYLES


def is_particle(word: str, following: str = "") -> bool:
    """Whether a word belongs to the family name after it: van, de la, bin, O; and "und" in "von und zu"."""
    lower = word.lower().rstrip(".")
    if lower in data.FAMILY_PARTICLES:
        return True
    return lower in data.LINKED_PARTICLES and following.lower() in data.SMALL_WORDS


def suffix_display(word: str) -> str:
    """A suffix as one writes it: jr. -> Jr., phd -> PhD, iii -> III."""
    key = plain(word)
    if key in data.CAPITAL_SUFFIXES:
        return key.upper()
    if key not in _SUFFIXES:
        return word if word.lower() in data.SMALL_WORDS else display_name([word], family=True)
    dot = "." if word.endswith(".") else ""
    return data.SUFFIX_DISPLAY.get(key) or (display_name([word], family=True) if dot == "" else key.capitalize() + dot)


def houses(suffix: list[str]) -> list[str]:
    """Of a style of nobility the folded names in it, which others may use as the family name: Marlborough."""
    return [fold(word) for word in suffix if plain(word) not in _NO_HOUSES and not ORDINAL.fullmatch(word)]


def is_title(word: str) -> bool:
    """Whether a word is a form of address; those that are names too count with a dot only: Ing., Rev."""
    key = plain(word)
    if key in data.TITLES or (key in data.DOTTED_TITLES and word.endswith(".")):
        return True
    return "-" in word and "." in word and plain(word.split("-", 1)[0]) in data.TITLE_OPENINGS


def _is_title_tail(word: str) -> bool:
    return plain(word) in data.TITLE_TAILS and (word.endswith(".") or (word.islower() and len(word) > 1))
