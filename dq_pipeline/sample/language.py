"""What a language needs to name people and streets; the lists themselves are in `data/`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Language:
    """Word lists of one language, each a text of words separated by blanks, most frequent first.

    `_` inside a word stands for a blank. A word of a script other than Latin is written `native=Latin`, the
    Latin form being the one its bearers use abroad.

    `stems` x `endings` give the long tail of rare surnames. `feminine` lists `ending>ending` for languages
    whose surnames follow the sex. `double_share` of the people bear two surnames, joined by `joiner`;
    `mother_name`: the second is the mother's, and marriage changes no name. `nicknames` lists `name:nick,nick`.
    `street_kinds` are templates around a street name; `abbreviations` lists `long>short` for streets.
    `numbered` and `numbered_latin` put the house number ({n}) beside the street ({s}).
    """

    code: str
    male: str
    female: str
    surnames: str
    stems: str
    endings: str
    streets: str
    street_kinds: str
    numbered: str = "{n} {s}"
    numbered_latin: str = "{n} {s}"
    feminine: str = ""
    double_share: float = 0.02
    joiner: str = "-"
    mother_name: bool = False
    keeps_name: float = 0.2
    nicknames: str = ""
    abbreviations: str = ""
    numbers_to: int = 180


def words(text: str) -> list[tuple[str, str]]:
    """(native, Latin) of every word of a list; the same twice for a word in Latin script."""
    pairs = []
    for word in text.split():
        native, _, latin = word.replace("_", " ").partition("=")
        pairs.append((native, latin or native))
    return pairs
