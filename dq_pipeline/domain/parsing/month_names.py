"""Names of the months in the languages of the sources, folded (text.fold): whole, or their first letters."""

from __future__ import annotations

from functools import lru_cache

# One paragraph a month (a line set in goes on with the one above): English, German, French, Spanish, Italian,
# Portuguese, Catalan, Dutch, Danish, Norwegian, Swedish, Icelandic, Finnish, Estonian, Latvian, Lithuanian, Polish,
# Czech, Slovak, Slovenian, Hungarian, Romanian, Turkish, Bulgarian, Russian, Ukrainian, Greek, Arabic and Hebrew; where
# a date takes another case than the name alone, both. Croatian is left out: its listopad is October, the Polish and
# Czech one November. Thai is left out: its years are Buddhist.
_NAMES = """
january januar janner janvier enero gennaio janeiro gener januari tammikuu tammikuuta jaanuar janvaris sausio
    styczen stycznia leden ledna januara ianuarie ocak yanuari yanvar yanvarya sichen sichnya ianoyarios
    ianoyarioy ynyr vynvr ynvr
february februar feber fevrier febrero febbraio fevereiro febrer februari helmikuu helmikuuta veebruar februaris
    vasario luty lutego unor unora februara februarie subat fevruari fevral fevralya lyutiy lyutogo fevroyarios
    fevroyarioy fbryr vfvrvr fvrvr
march marz maerz mars marzo marco marc maart marts maaliskuu maaliskuuta kovo marzec marca brezen brezna marec
    marcius martie mart marta berezen bereznya martios martioy mrs vmrts mrts
april avril abril aprile huhtikuu huhtikuuta aprill aprilis balandzio kwiecien kwietnia duben dubna aprila
    aprilie nisan aprel aprelya kviten kvitnya aprilios aprilioy bryl vfryl fryl
may mai mayo maggio maio maig mei maj toukokuu toukokuuta maijs geguzes maja kveten kvetna majus mayis maya
    traven travnya maios maioy myw vmy my
june juni juin junio giugno junho juny kesakuu kesakuuta juuni junijs birzelio czerwiec czerwca cerven cervna
    juna junij junius iunie haziran yuni iyun iyunya cherven chervnya ioynios ioynioy ywnyw vyvny yvny
july juli juillet julio luglio julho juliol heinakuu heinakuuta juuli julijs liepos lipiec lipca cervenec
    cervence jula julij julius iulie temmuz yuli iyul iyulya lipen lipnya ioylios ioylioy ywlyw vyvly yvly
august aout agosto agost augustus augusti agust elokuu elokuuta augusts rugpjucio sierpien sierpnia srpen srpna
    augusta avgust augusztus agustos avgusta serpen serpnya aygoystos aygoystoy ghsts vvgvst vgvst
september septembre septiembre setiembre settembre setembro setembre syyskuu syyskuuta septembris rugsejo
    wrzesien wrzesnia zari septembra szeptember septembrie eylul septemvri sentyabr sentyabrya veresen veresnya
    septemvrios septemvrioy sbtmbr vsftmvr sftmvr
october oktober octobre octubre ottobre outubro lokakuu lokakuuta oktoober oktobris spalio pazdziernik
    pazdziernika rijen rijna oktobra octombrie ekim oktomvri oktyabr oktyabrya zhovten zhovtnya oktovrios
    oktovrioy ktwbr vvktvvr vktvvr
november novembre noviembre novembro marraskuu marraskuuta novembris lapkricio listopad listopada listopadu
    novembra noiembrie kasim noemvri noyabr noyabrya noemvrios noemvrioy nwfmbr vnvvmvr nvvmvr
december dezember decembre diciembre dicembre dezembro desembre desember joulukuu joulukuuta detsember decembris
    gruodzio grudzien grudnia prosinec prosince decembra decembrie aralik dekemvri dekabr dekabrya gruden
    grudnya dekemvrios dekemvrioy dysmbr vdtsmvr dtsmvr
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
