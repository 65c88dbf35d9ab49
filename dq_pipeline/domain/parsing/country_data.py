"""What people and systems write for a country that is in no list of ISO: parts and old names, signs."""

from __future__ import annotations

ALIASES = {
    "GB": "uk|great britain|britain|england|scotland|wales|northern ireland|u k|g b|gt britain|united kingdom uk"
    "|united kingdom of great britain|n ireland"
    "|grossbritannien|grande bretagne|gran bretagna|gran bretana|inghilterra|angleterre|inglaterra|groot brittannie"
    "|verenigd koninkrijk|wielka brytania|anglia|storbritannien|storbritannia",
    "US": "vs|u s of america|usa|u s a|u s|us of a|america|united states of america usa|the united states|states"
    "|etats unis"
    "|stati uniti|estados unidos|eeuu|ee uu|vereinigte staaten|vereinigte staaten von amerika|verenigde staten",
    "DE": "ddr|gdr|east germany|west germany"
    "|brd|bundesrepublik deutschland|alemania|allemagne|germania|duitsland|niemcy|federal republic of germany",
    "NL": "holland|the netherlands|pays bas|paesi bassi|paises bajos|hollande|olanda|holanda|niederlande",
    "IE": "eire|republic of ireland|ireland republic of|rep of ireland|southern ireland",
    "CZ": "czech republic|czech rep|tschechien|tschechische republik|ceska republika|cesko|republique tcheque",
    "RU": "russland|russie|rusia|rosja|rusko|venaja|ryssland|russia|russian fed|rossiya|rf|rossiyskaya federatsiya",
    "KR": "korea rep|rep of korea|hangug|south korea|korea|korea south|republic of korea|sudkorea|coree du sud|hanguk",
    "KP": "north korea|korea north|nordkorea",
    "CN": "pr china|prc|mainland china|china pr|peoples republic of china",
    "TW": "taiwan|taiwan roc|republic of china",
    "HK": "hong kong|hongkong|hong kong sar|hong kong china",
    "MO": "macau|macao",
    "VN": "vietnam|viet nam",
    "TR": "turkey|turkei|turkiye|turquie",
    "CH": "suisse|svizzera|schweiz|helvetia|confoederatio helvetica|swiss",
    "AE": "lmrt|uae|u a e|emirates|dubai|abu dhabi",
    "SA": "ksa|saudi|kingdom of saudi arabia",
    "GR": "el|hellas|hellenic republic|ellada|ellas",
    "MK": "macedonia|fyrom|republic of macedonia",
    "CI": "ivory coast|cote d ivoire|cote divoire",
    "CD": "dr congo|drc|congo kinshasa|democratic republic of congo",
    "CG": "congo brazzaville|republic of the congo",
    "CV": "cape verde",
    "SZ": "swaziland",
    "MM": "burma",
    "TL": "east timor",
    "VA": "vatican|vatican city",
    "PS": "palestine",
    "SY": "syria",
    "IR": "iran|persia",
    "LA": "laos",
    "MD": "moldova",
    "TZ": "tanzania",
    "VE": "venezuela",
    "BO": "bolivia",
    "BN": "brunei",
    "FM": "micronesia",
    "ES": "espana|spanien|espagne|spagna|spanje|hiszpania",
    "NZ": "nz|new zealand|aotearoa",
    "AU": "oz|aus|commonwealth of australia",
    "JP": "ribenguo|nippon|nihon",
    "BR": "brasil",
    "AT": "osterreich|oesterreich",
    "XK": "kosovo",
    "BA": "bosnia|bosnia herzegovina|bosnia and herzegovina|bosnien",
    "TT": "trinidad|trinidad tobago",
    "AG": "antigua",
    "FO": "faroe|faroes|faeroe islands",
    "ST": "sao tome",
    "RE": "la reunion",
    "BY": "byelorussia|bielorussie|weissrussland|bialorus",
    "IN": "bharat|bhart",
    "TH": "praethsaithy|aithy",
}
# Signs of cars (United Nations, Convention on Road Traffic) and of Olympic teams, where they are no ISO code.
SIGNS = {
    "D": "DE", "A": "AT", "F": "FR", "I": "IT", "E": "ES", "B": "BE", "S": "SE", "N": "NO", "P": "PT", "H": "HU",
    "L": "LU", "FL": "LI", "FIN": "FI", "GER": "DE", "SUI": "CH", "NED": "NL", "DEN": "DK", "GRE": "GR", "POR": "PT",
    "CRO": "HR", "BUL": "BG", "SLO": "SI", "RSA": "ZA", "ENG": "GB", "SCO": "GB", "WAL": "GB", "NIR": "GB", "LAT": "LV",
}  # fmt: skip
