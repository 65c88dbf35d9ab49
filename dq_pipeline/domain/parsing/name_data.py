"""Words around a name: forms of address, suffixes, particles, prefixes. Folded (lower case, no dots)."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# Taken off the front when at least one word of the name remains.
TITLES = word_set(
    """
    mr mrs ms miss mx mister dr doctor prof professor sir dame lord lady madam
    herr frau fru hr doktor dkfm dipling drmed
    mme mlle mm monsieur madame mademoiselle maitre dra
    sra srta senor senora senorita sigra signor signora signorina dott dottssa dottore avv
    dhr mevr mw meneer mevrouw drs jhr mudr judr phdr rndr gospodin gospozha kyrios kyria shri smt
    """
)
# Words that are names too ("Ing", "Gen", "Sig", "Mag" …): a form of address only when written with a dot.
DOTTED_TITLES = word_set("rev fr hon col gen maj capt cpt lt sgt ing ir sr univ dipl magister mag sig bc mgr")
# Taken off the end when something is left of the name; those of UPPER_SUFFIXES when in capitals only.
SUFFIXES = word_set("jr sr junior senior jnr snr ii iii iv 2nd 3rd 4th phd esq esquire")
UPPER_SUFFIXES = word_set("md dds dvm mba cpa llm obe mbe cbe kbe qc kc frcs")
# Only after a comma: too short or too much like a name to be sure of otherwise.
COMMA_SUFFIXES = SUFFIXES | UPPER_SUFFIXES | word_set("ma ba bs ms rn pe v cfa pmp bsc msc jd mp ret")
# Open a style after a comma: "Robert Perks, 1st Baronet", "Albertha Spencer-Churchill, Duchess of Marlborough".
STYLES = word_set(
    "baron baroness baronet count countess duchess duke earl lady lord marchioness marquess marquis of viscount"
)
SUFFIX_DISPLAY = {"phd": "PhD", "bsc": "BSc", "msc": "MSc", "2nd": "2nd", "3rd": "3rd", "4th": "4th"}
CAPITAL_SUFFIXES = UPPER_SUFFIXES | word_set("ii iii iv v ma ba bs ms rn pe cfa pmp jd mp")

# Written small inside a name (van der Berg, de la Cruz, Ortega y Gasset).
SMALL_WORDS = word_set(
    """
    van von vom der den dem de del della dello degli dei di da das do dos du des la las los le lo zu zum zur
    ter ten te 't op in het af av bin ibn bint bte binti und of the
    """
)
# Of these, the ones that also open a family name in small letters; Italian and French ones do not (Di Maio, Le Pen).
OPENING_SMALL_WORDS = word_set(
    "van von vom zu zum zur ter ten te 't de del da das do dos du den der af av bin ibn bint"
)
# Small only between two family names; elsewhere a single letter is an initial.
SMALL_CONNECTORS = frozenset({"y", "e", "i"})
# Belong to the family name that follows, whatever their case.
FAMILY_PARTICLES = (SMALL_WORDS - {"of", "the", "und"}) | word_set(
    "al el ben bar st saint san santa mac mc fitz abu o ap ab بن ابن بنت"
)
# Mac is a prefix in these; Macey, Mack, Macias and Machado are whole names.
MAC_NAMES = word_set(
    """
    macalister macallister macarthur macaulay macbeth macbride maccallum maccarthy macdonald macdonell macdougall
    macdowell macewan macewen macfadyen macfarlane macgillivray macgregor macinnes macintosh macintyre mackay
    mackenzie mackinnon mackintosh maclachlan maclaine maclaren maclean maclennan macleod macmahon macmanus
    macmillan macnab macnamara macnaughton macneil macneill macnicol macphail macpherson macquarie macqueen macrae
    macsween mactaggart macvicar
    """
)
