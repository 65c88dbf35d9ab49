"""Names of the months in the languages of the sources, folded (text.fold): whole, or their first letters."""

from __future__ import annotations

from functools import lru_cache

# One paragraph a month (a line set in goes on with the one above): English, German, French, Spanish, Italian,
# Portuguese, Dutch, Danish, Swedish, Polish and Czech (both cases), Finnish, Hungarian, Romanian, Turkish, Russian
# and Ukrainian and Greek (genitive).
_NAMES = """
january yanvarya sichnya ianoyarioy januar janner janvier enero gennaio janeiro januari styczen stycznia leden
    ledna tammikuu ianuarie ocak
february lyutogo fevroyarioy februar fevrier febrero febbraio fevereiro februari luty lutego unor unora
    helmikuu februarie subat fevralya
march bereznya marz maerz mars marzo marco maart marts marzec marca brezen brezna maaliskuu marcius martie
    mart marta martioy
april aprilioy avril abril aprile kwiecien kwietnia duben dubna huhtikuu aprilis aprilie nisan aprelya kvitnya
    aprilioy
may mai mayo maggio maio mei maj maja kveten kvetna toukokuu majus mayis maya travnya maioy
june juni juin junio giugno junho czerwiec czerwca cerven cervna kesakuu junius iunie haziran iyunya chervnya
    ioynioy
july juli juillet julio luglio julho lipiec lipca cervenec cervence heinakuu julius iulie temmuz iyulya lypnya
    ioylioy
august aout agosto augustus augusti sierpien sierpnia srpen srpna elokuu augusztus agustos avgusta serpnya
    aygoystoy
september veresnya septemvrioy septembre septiembre settembre setembro wrzesien wrzesnia zari syyskuu
    szeptember septembrie eylul sentyabrya
october zhovtnya oktovrioy oktober octobre octubre ottobre outubro pazdziernik pazdziernika rijen rijna
    lokakuu octombrie ekim oktyabrya
november novembre noviembre novembro listopad listopada marraskuu noiembrie kasim noyabrya lystopada noemvrioy
december dekabrya hrudnya dekemvrioy dezember decembre diciembre dicembre dezembro grudzien grudnia prosinec
    prosince joulukuu decembrie aralik
"""
# Abbreviations that are clear in use although they begin several names (juin, juillet; marzo, marraskuu).
_SHORT = {"mar": 3, "apr": 4, "avr": 4, "jun": 6, "jul": 7, "aug": 8, "dec": 12, "lis": 11, "ian": 1}


@lru_cache(maxsize=4096)
def month_number(word: str) -> int | None:
    """1 to 12 for a folded month name or at least its first three letters, else None, also where those are shared.

    >>> [month_number(word) for word in ("sept", "marz", "dicembre", "jui", "monday")]
    [9, 3, 12, None, None]
    """
    if len(word) < 3:
        return None
    if word in _SHORT:
        return _SHORT[word]
    months = {number for name, number in _names() if name == word}
    months = months or {number for name, number in _names() if name.startswith(word)}
    return months.pop() if len(months) == 1 else None


@lru_cache(maxsize=1)
def _names() -> list[tuple[str, int]]:
    months = _NAMES.strip().replace("\n    ", " ").split("\n")
    return [(name, number) for number, line in enumerate(months, 1) for name in line.split()]
