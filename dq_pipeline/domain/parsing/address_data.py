"""What street types are called for short, by country; the words of units and post-office boxes. Folded."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

_ENGLISH = """
st street|str street|rd road|ave avenue|av avenue|aven avenue|blvd boulevard|bvd boulevard|dr drive|drv drive
ln lane|ct court|crt court|cres crescent|cr crescent|crs crescent|crst crescent|cct circuit|circ circuit|cir circle
pl place|sq square|hwy highway|pde parade|tce terrace|ter terrace|terr terrace|cl close|gdns gardens|gr grove
grv grove|pk park|pkwy parkway|pky parkway|wy way|rte route|mt mount|ft fort|jct junction|trl trail|xing crossing
esp esplanade|mws mews|rw row|rse rise|bldg building|hse house|fl floor|flr floor|apt apartment|ste suite
n north|s south|e east|w west|ne northeast|nw northwest|se southeast|sw southwest|vlge village|vlg village|est estate
"""
_GERMAN = "str strasse|pl platz|al allee|all allee|wg weg|gs gasse|g gasse|hs haus|whg wohnung|st sankt"
_FRENCH = """
av avenue|ave avenue|bd boulevard|boul boulevard|bld boulevard|blvd boulevard|bvd boulevard|r rue|pl place|ch chemin
chem chemin|all allee|imp impasse|rte route|sq square|crs cours|fg faubourg|fbg faubourg|res residence|bat batiment
st saint|ste sainte|qu quai|pas passage|za zone artisanale|zi zone industrielle|gal general|mal marechal
"""
_SPANISH = """
c calle|cl calle|cll calle|carrer calle|av avenida|avda avenida|avd avenida|avinguda avenida|pza plaza|pl plaza
plz plaza|placa plaza|ctra carretera|crta carretera|pso paseo|ps paseo|po paseo|passeig paseo|rda ronda|trav travesia
urb urbanizacion|gta glorieta|edif edificio|sta santa|sto santo|cno camino|pje pasaje|pol poligono|ind industrial
cra carrera|kr carrera|cr carrera|col colonia|blvd bulevar
"""
_ITALIAN = """
v via|vle viale|vl viale|pza piazza|pzza piazza|p piazza|ple piazzale|pzle piazzale|cso corso|lgo largo|str strada
vlo vicolo|ss santissima|loc localita|ctr contrada
"""
_PORTUGUESE = """
r rua|av avenida|avda avenida|tv travessa|pc praca|pca praca|lg largo|al alameda|est estrada|estr estrada
rod rodovia|cc calcada|bc beco|urb urbanizacao|jd jardim|pq parque|vl vila|sta santa|sto santo|dr doutor
"""
_DUTCH = "str straat|ln laan|pl plein|wg weg|st sint|gr gracht|burg burgemeester|gen generaal|kon koning|prof professor"
_POLISH = "ul ulica|al aleja|aleje aleja|os osiedle|pl plac|sw swietego|gen generala|ks ksiedza|marsz marszalka"
_SWEDISH = "gt gata|g gatan|v vagen|pl plan|gr grand"
_NORWEGIAN = "gt gate|g gate|v veien|vn veien|vei veien|pl plass|alle alle"
_DANISH = "gd gade|g gade|v vej|pl plads|alle alle|st sankt"
_CZECH = "ul ulice|nam namesti|tr trida|nabr nabrezi|sv svateho"
_HUNGARIAN = "u utca|krt korut|ltp lakotelep|sgt sugarut"
_TURKISH = "cad caddesi|cd caddesi|sk sokak|sok sokak|sokagi sokak|mah mahallesi|mh mahallesi|blv bulvari|bulv bulvari"
_RUSSIAN = "ul ulitsa|pr prospekt|prt prospekt|per pereulok|pl ploshchad|nab naberezhnaya|sh shosse|bulv bulvar"
_GREEK = "od odos|leof leoforos|pl plateia"


def _table(*texts: str) -> dict[str, str]:
    """Of several languages the first decides."""
    table: dict[str, str] = {}
    for text in texts:
        pairs = (pair.partition(" ") for pair in text.replace("\n", "|").split("|") if pair)
        table = {short: full for short, _, full in pairs} | table
    return table


_ENGLISH_TABLE = _table(_ENGLISH)
_SPANISH_TABLE = _table(_SPANISH)
_PORTUGUESE_TABLE = _table(_PORTUGUESE)
# Country -> abbreviation -> in full; English where a country is not named.
_BY_COUNTRY = {
    **dict.fromkeys(("DE", "AT", "LI"), _table(_GERMAN)),
    "CH": _table(_GERMAN, _FRENCH, _ITALIAN),
    **dict.fromkeys(("FR", "LU", "MC"), _table(_FRENCH)),
    "BE": _table(_FRENCH, _DUTCH),
    "CA": _table(_ENGLISH, _FRENCH),
    **dict.fromkeys(("ES", "MX", "AR", "CO", "CL", "PE", "VE", "UY", "EC"), _SPANISH_TABLE),
    **dict.fromkeys(("IT", "SM", "VA"), _table(_ITALIAN)),
    **dict.fromkeys(("PT", "BR"), _PORTUGUESE_TABLE),
    "NL": _table(_DUTCH),
    "PL": _table(_POLISH),
    "SE": _table(_SWEDISH),
    "NO": _table(_NORWEGIAN),
    "DK": _table(_DANISH),
    "FI": _table(_SWEDISH),
    **dict.fromkeys(("CZ", "SK"), _table(_CZECH)),
    "HU": _table(_HUNGARIAN),
    "TR": _table(_TURKISH),
    **dict.fromkeys(("RU", "UA", "BY", "BG"), _table(_RUSSIAN)),
    **dict.fromkeys(("GR", "CY"), _table(_GREEK)),
}


def abbreviations(country: str) -> dict[str, str]:
    """Abbreviated word -> word in full, as addresses of `country` are abbreviated."""
    return _BY_COUNTRY.get(country, _ENGLISH_TABLE)


def is_english(country: str) -> bool:
    """Whether addresses there follow English rules (St before a name is a saint); also where no country is known."""
    return country not in _BY_COUNTRY or country == "CA"


_GERMAN_ENDINGS = (("str", "strasse"), ("pl", "platz"))
# Endings of one-word street names, short and in full.
ENDINGS = {
    **dict.fromkeys(("DE", "AT", "CH", "LI"), _GERMAN_ENDINGS),
    **dict.fromkeys(("NL", "BE"), (("str", "straat"), ("ln", "laan"), ("pl", "plein"))),
    "NO": (("gt", "gate"),),
    "SE": (("gt", "gata"),),
    "DK": (("gd", "gade"),),
}
# The word for street that people leave out.
LEFT_OUT = {"PL": "ulica", "CZ": "ulice", "SK": "ulice", "RU": "ulitsa", "UA": "ulitsa", "GR": "odos", "CY": "odos"}
# Points of the compass may open a street's name, street types may not ("St Mary's Road", "Court Road").
DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
# So may these, which a number or a name follows: Hwy 61, Mt Pleasant Road.
OPENERS = DIRECTIONS | {"hwy", "rte", "mt", "ft"}
NUMBER_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10",
}  # fmt: skip
ORDINAL_WORDS = {
    "first": "1st", "second": "2nd", "third": "3rd", "fourth": "4th", "fifth": "5th", "sixth": "6th", "seventh": "7th",
    "eighth": "8th", "ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th",
}  # fmt: skip
UNIT_WORDS = word_set(
    """
    flat apartment apt unit suite ste room rm floor fl shop office lot villa penthouse level pmb
    wohnung whg top stiege tur etage appartement appt app bureau porte piso puerta planta depto departamento interno
    scala int appartamento appartement verdieping lokal lok mieszkanie lgh leilighet apto ap andar sala kv daire
    bus bte boite bloc block bloque blq bloco bl batiment bat portal tower
    """
)
# A unit in its country only, elsewhere an initial or a word of the street.
UNIT_LETTERS = {"PL": "m", "TR": "d", "BE": "b"}
# Behind the house number: which floor, which side.
FLOORS = word_set("og ug stock stockwerk etage et tr trappor piso planta andar em emelet obergeschoss floor floer")
SIDES = word_set(
    """
    eg dg hh vh hinterhaus vorderhaus links rechts mitte re li th tv mf izq izda izquierda dcha derecha der pta bajo bj
    atico ent entlo dto esq frente fte rc rdc hs huis i ii iii iv v
    """
)
# A regular expression, as "po box" has many tongues; then those that are none elsewhere.
PO_BOX = (
    "po box|p o box|pobox|pob|post office box|gpo box|private bag|locked bag|postfach|postf|boite postale|bp"
    "|case postale|apartado de correos|apartado postal|apartado|apdo de correos|apdo|casilla de correo|casilla postal"
    "|casilla|casella postale|postbus|box postal|caixa postal|skrytka pocztowa|skr poczt|postboks|postbox"
    "|abonentskiy yashchik|p o b"
)
PO_BOX_IN = {
    "SE": "box", "FI": "pl|pb|box", "NO": "pb|box", "DK": "box", "DE": "pf", "AT": "pf", "HU": "pf", "CH": "pf|cp",
    "FR": "cs|tsa", "IT": "cp|c p", "BR": "cp|cx postal", "TR": "pk|p k", "RU": "a ya", "CZ": "p p", "SK": "p p",
}  # fmt: skip
EMPTY_STREETS = word_set("address street home house nowhere somewhere anywhere road noaddress ditto idem") | {
    "same as above", "see above", "as above", "siehe oben", "wie oben", "idem", "voir ci dessus",
}  # fmt: skip
