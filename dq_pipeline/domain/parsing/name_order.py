"""Which words of a whole name are the given, the middle and the family name."""

from __future__ import annotations

import re
from itertools import chain
from typing import NamedTuple

from dq_pipeline.domain.parsing import name_data as data
from dq_pipeline.domain.parsing.name_words import INITIAL, is_particle, is_title, plain, take_suffixes, take_titles
from dq_pipeline.domain.parsing.nicknames import is_given_name

EAST_ASIAN = re.compile(r"[\u3400-\u9fff\uac00-\ud7af\u3040-\u30ff々ー]+")
_FAMILY_FIRST = ("family", "given", "middle")
# "Son of" and "daughter of" in Russian, Ukrainian, Bulgarian and their usual transliterations.
_PATRONYMIC = re.compile(r".{2,}(?:ович|евич|ич|овна|евна|ична|івна|ївна)")
_PATRONYMIC_LATIN = re.compile(r".{2,}(?:[oy]?[oe]vich|ovych|[oe]vna|ichna|ivna)")
_EAST_SLAVIC_FAMILY = re.compile(r".{2,}(?:[oe]va?|ina?|skiy|sky|skii|skaya|enko|chuk)")


class Parts(NamedTuple):
    """The words of each part of a name; `order`: how the parts follow each other where the name is at home."""

    title: list[str]
    given: list[str]
    middle: list[str]
    family: list[str]
    suffix: list[str]
    order: tuple[str, ...] = ("given", "middle", "family")


def last_first(segments: list[list[str]]) -> Parts:
    """A name with the family name before a comma; particles may stand at its end: Berg, Jan van der."""
    title, family = take_titles(segments[0])
    more_title, given = take_titles(list(chain.from_iterable(segments[1:])))
    family, suffix = take_suffixes(family)
    given, given_suffix = take_suffixes(given)
    if len(given) == 1 and is_title(given[0]):  # Weber, Dr.
        more_title, given = [*more_title, *given], []
    if any(word.lower() in data.AND_WORDS for word in given):
        return Parts(title + more_title, given, [], family, suffix + given_suffix)
    end = len(given)
    while end > 1 and _moves_behind(given[end - 1], "".join(given[end : end + 1])):
        end -= 1
    count = min(end, _words_of_given(given[:1]))
    parts = Parts(title + more_title, given[:count], given[count:end], given[end:] + family, suffix + given_suffix)
    east_asian = given and all(EAST_ASIAN.fullmatch(word) for word in (*family, *given))
    return parts._replace(order=_FAMILY_FIRST) if east_asian else parts


def _words_of_given(words: list[str]) -> int:
    return 2 if words and words[0].lower() in data.SERVANT_OF else 1


def _moves_behind(word: str, following: str) -> bool:
    return word.lower() in data.OPENING_SMALL_WORDS and is_particle(word, following)


def full_name(title: list[str], words: list[str]) -> Parts:
    """A whole name in the order it is spoken, unless its words show that the family name stands first."""
    if len(words) <= 1:
        return _single_word(title, words)
    if all(EAST_ASIAN.fullmatch(word) for word in words):
        return Parts(title, words[1:], [], words[:1], [], _FAMILY_FIRST)
    people = _before_and_after_and(words)
    if people:
        return Parts(title, people, [], words[len(people) :], [])
    if in_front := _capitals_in_front(words):
        return Parts(title, words[in_front : in_front + 1], words[in_front + 1 :], words[:in_front], [])
    if _is_vietnamese(words):
        return Parts(title, words[-1:], words[1:-1], words[:1], [], ("family", "middle", "given"))
    if _is_hungarian(words) or _is_east_slavic(words):
        return Parts(title, words[1:2], words[2:], words[:1], [], _FAMILY_FIRST)
    start = _family_start(words)
    given = min(start, _words_of_given(words))
    return Parts(title, words[:given], words[given:start], words[start:], [])


def _before_and_after_and(words: list[str]) -> list[str]:
    """The given names of two people with one family name ("Hans und Petra Meier"), else nothing."""
    joint = next((index for index, word in enumerate(words) if word.lower() in data.AND_WORDS), 0)
    if not 0 < joint < len(words) - 1 or is_particle(words[joint - 1]):
        return []
    return words[: _family_start(words)]


def _capitals_in_front(words: list[str]) -> int:
    """How many words in front are the family name because they alone are in capitals: NAGY László, DUPONT Jean."""
    count = 0
    while count < len(words) and _in_capitals(words[count]):
        count += 1
    others_small = all(word[1:].islower() and word[0].isupper() for word in words[count:])
    return count if 0 < count < len(words) and others_small and not is_given_name(plain(words[0])) else 0


def _in_capitals(word: str) -> bool:
    return len(word) >= 4 and word.isupper() and "." not in word


def _is_hungarian(words: list[str]) -> bool:
    return len(words) == 2 and plain(words[1]) in data.HUNGARIAN_GIVEN and not _is_given(words[0])


def _is_east_slavic(words: list[str]) -> bool:
    """Иванов Иван Иванович: a patronymic at the end and none before it."""
    return len(words) == 3 and _is_patronymic(words[2], words[0]) and not _is_patronymic(words[1], words[0])


def _is_given(word: str) -> bool:
    key = plain(word)
    return key in data.HUNGARIAN_GIVEN or is_given_name(key) or INITIAL.fullmatch(word) is not None or "-" in word


def _is_vietnamese(words: list[str]) -> bool:
    if len(words) < 3 or plain(words[0]) not in data.VIETNAMESE_FAMILIES:
        return False
    return plain(words[1]) in data.VIETNAMESE_MIDDLES or not (words[0].isascii() or words[-1].isascii())


def _is_patronymic(word: str, family: str) -> bool:
    lower = word.lower()
    if not word.isascii():
        return _PATRONYMIC.fullmatch(lower) is not None
    # Petrovich is a family name in America too; Ivanov in front of it says that it is none here.
    return bool(_PATRONYMIC_LATIN.fullmatch(lower)) and bool(_EAST_SLAVIC_FAMILY.fullmatch(family.lower()))


def _family_start(words: list[str]) -> int:
    """Index of the first word of the family name: the last word, the particles before it ("de la Cruz"), and the
    first of two joined by y, e or i ("Ortega y Gasset", "Gaudí i Cornet").
    """
    son = next((index for index, word in enumerate(words) if index and word.lower() in data.SON_OF), None)
    if son:
        return son
    start = _before_particles(words, len(words) - 1)
    joins = words[start - 1] if start > 1 else ""
    if joins in data.SMALL_CONNECTORS or (joins == "Y" and start > 2 and words[start].isupper()):
        return _before_particles(words, start - 2)
    if start > 1 and start == len(words) - 1 and _is_spanish(words[-1]) and _is_spanish(words[-2]):
        return start - 1  # José García López
    opens_small = words[0].islower() and words[-1][0].isupper()
    return 0 if start == 1 and opens_small and is_particle(words[0]) else start


def _is_spanish(family: str) -> bool:
    key = plain(family)
    return key in data.SPANISH_FAMILIES or (len(key) > 4 and key.endswith("ez"))


def _before_particles(words: list[str], start: int) -> int:
    while start > 1 and is_particle(words[start - 1], words[start]):
        start -= 1
    return start


def _family_in_front(name: str) -> int:
    """How many characters at the front are the family name; 0 where that is not sure (山田太郎 is Japanese)."""
    if 3 <= len(name) <= 4 and name[:2] in data.EAST_ASIAN_LONG_FAMILIES:
        return 2
    return int(2 <= len(name) <= 3 and name[0] in data.EAST_ASIAN_FAMILIES)


def _single_word(title: list[str], words: list[str]) -> Parts:
    """One word: a family name after a form of address ("Mr Smith"), else a given name. An East Asian name written
    without a space holds both, and is cut where its beginning is a common Chinese or Korean family name.
    """
    if not words:
        return Parts(title, [], [], [], [])
    if EAST_ASIAN.fullmatch(words[0]):
        cut = _family_in_front(words[0])
        return Parts(title, [words[0][cut:]] if cut else [], [], [words[0][:cut]] if cut else [], [], _FAMILY_FIRST)
    if title and plain(title[-1]) not in ("sir", "dame"):
        return Parts(title, [], [], words, [])
    return Parts(title, words, [], [], [])
