"""What street types are called for short, by the language of the country. Folded."""

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
_GERMAN = "str strasse|pl platz|al allee|wg weg|gs gasse|hs haus|whg wohnung|st sankt"
_FRENCH = """
av avenue|ave avenue|bd boulevard|boul boulevard|bld boulevard|blvd boulevard|r rue|pl place|ch chemin|chem chemin
all allee|imp impasse|rte route|sq square|crs cours|fg faubourg|fbg faubourg|res residence|bat batiment|st saint
ste sainte|qu quai|pas passage
"""
_SPANISH = """
c calle|cl calle|av avenida|avda avenida|avd avenida|pza plaza|pl plaza|plz plaza|ctra carretera|crta carretera
pso paseo|ps paseo|rda ronda|trav travesia|urb urbanizacion|gta glorieta|edif edificio|sta santa|sto santo
"""
_ITALIAN = "v via|vle viale|pza piazza|pzza piazza|p piazza|cso corso|lgo largo|str strada|vlo vicolo|ss santissima"
_PORTUGUESE = "r rua|av avenida|avda avenida|tv travessa|pc praca|pca praca|lg largo|al alameda|est estrada|rod rodovia"
_DUTCH = "str straat|ln laan|pl plein|wg weg|st sint|gr gracht"
_POLISH = "ul ulica|al aleja|os osiedle|pl plac|sw swietego"
_NORDIC = "gt gata|g gata|v vagen|vn vegen|vej vej|gd gade|pl plads|allé alle"


def _table(text: str) -> dict[str, str]:
    pairs = (pair.partition(" ") for pair in text.replace("\n", "|").split("|") if pair)
    return {short: full for short, _, full in pairs}


ABBREVIATIONS = {
    "en": _table(_ENGLISH),
    "de": _table(_GERMAN),
    "fr": _table(_FRENCH),
    "es": _table(_SPANISH),
    "it": _table(_ITALIAN),
    "pt": _table(_PORTUGUESE),
    "nl": _table(_DUTCH),
    "pl": _table(_POLISH),
    "nordic": _table(_NORDIC),
}
LANGUAGE_OF = {
    **dict.fromkeys(("DE", "AT", "CH", "LI"), "de"),
    **dict.fromkeys(("FR", "BE", "LU", "MC"), "fr"),
    **dict.fromkeys(("ES", "MX", "AR", "CO", "CL", "PE", "VE", "UY", "EC"), "es"),
    **dict.fromkeys(("IT", "SM", "VA"), "it"),
    **dict.fromkeys(("PT", "BR"), "pt"),
    "NL": "nl",
    "PL": "pl",
    **dict.fromkeys(("SE", "NO", "DK", "FI"), "nordic"),
}
# Endings of one-word street names, short and in full.
ENDINGS = {
    "de": (("str", "strasse"), ("pl", "platz")),
    "nl": (("str", "straat"), ("ln", "laan"), ("pl", "plein")),
    "nordic": (("gt", "gata"),),
}
# Points of the compass may open a street's name, street types may not ("St Mary's Road", "Court Road").
DIRECTIONS = frozenset({"n", "s", "e", "w", "ne", "nw", "se", "sw"})
UNIT_WORDS = word_set(
    """
    flat apartment apt unit suite ste room rm floor fl shop office lot villa penthouse level
    wohnung whg top stiege etage appartement appt bureau porte piso puerta planta depto departamento interno scala int
    appartamento appartement verdieping lokal mieszkanie lgh leilighet apto andar sala kv
    """
)
# A unit in its country only, elsewhere an initial.
UNIT_LETTERS = {"PL": "m"}
# A regular expression, as "po box" has many tongues.
PO_BOX = (
    "po box|p o box|pobox|post office box|gpo box|private bag|postfach|boite postale|bp|apartado de correos|apartado"
    "|casella postale|postbus|box postal|caixa postal|skrytka pocztowa|postboks|postbox|abonentskiy yashchik"
)
EMPTY_STREETS = word_set("address street home house nowhere somewhere anywhere road noaddress")
