"""Words around a name: forms of address, suffixes, particles, prefixes. Folded (lower case, no dots)."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# Taken off the front when at least one word of the name remains.
TITLES = word_set(
    """
    mr mrs ms miss mx mister dr doctor prof professor sir dame lord lady madam baroness viscount viscountess countess
    duchess rabbi
    herr herrn frau fraulein fru hr doktor ddr dkfm dipling drmed
    mme mlle mm monsieur madame mademoiselle maitre dra
    sra srta senor senora senorita sigra signor signora signorina dott dottssa dottore avv
    dhr mevr mw meneer mevrouw drs jhr mudr judr phdr rndr gospodin gospozha kyrios kyria shri smt श्री
    """
)
# Words that are names too ("Ing", "Gen", "Sig", "Mag" …): a form of address only when written with a dot.
DOTTED_TITLES = word_set("rev fr hon col gen maj capt cpt lt sgt ing ir sr univ dipl magister mag sig bc mgr dna ass")
# The rest of an academic degree, in small letters or with a dot behind a title: Dr. rer. nat., Dr. med. dent.
TITLE_TAILS = word_set(
    "med dent vet iur jur phil rer nat oec pol theol habil mult h c hc ing techn mont sc agr soc math univ fh"
)
# The first part of a title with a hyphen: Dr.-Ing., Dipl.-Kfm., Univ.-Prof.
TITLE_OPENINGS = word_set("dr dipl univ ass priv prof mag")
# Join two forms of address or two people: Mr. and Mrs. Smith, Hans und Petra Meier.
AND_WORDS = word_set("and und et og och & +")
# Taken off the end when something is left of the name; those of UPPER_SUFFIXES when in capitals only.
SUFFIXES = word_set("jr sr junior senior jnr snr ii iii iv 2nd 3rd 4th phd esq esquire csc drsc dis")
# Family names too: a suffix only when a given and a family name are left (João Silva Filho, John Smith Senior).
GENERATIONS = word_set("junior senior filho neto sobrinho")
UPPER_SUFFIXES = word_set("md dds dvm mba cpa llm obe mbe cbe kbe qc kc frcs mph dphil edd psyd")
# Only after a comma: too short or too much like a name to be sure of otherwise.
COMMA_SUFFIXES = (
    SUFFIXES
    | UPPER_SUFFIXES
    | word_set("ma ba bs ab ms rn pe v cfa pmp bsc msc jd mp ret csc drsc dis llb mbe am oam ing")
)
# Open a style after a comma: "Robert Perks, 1st Baronet", "Albertha Spencer-Churchill, Duchess of Marlborough".
STYLES = word_set(
    "baron baroness baronet count countess duchess duke earl lady lord marchioness marquess marquis of viscount"
)
SUFFIX_DISPLAY = {"phd": "PhD", "bsc": "BSc", "msc": "MSc", "csc": "CSc", "drsc": "DrSc", "dis": "DiS"} | {
    number: number for number in ("2nd", "3rd", "4th")
}
CAPITAL_SUFFIXES = UPPER_SUFFIXES | word_set("ii iii iv v ma ba ab bs ms rn pe cfa pmp jd mp")

# Written small inside a name (van der Berg, de la Cruz, Ortega y Gasset).
SMALL_WORDS = word_set(
    """
    van von vom der den dem de del della dello degli dei di da das do dos du des la las los le lo zu zum zur
    ter ten te 't op in het af av bin ibn bint bte binti und and et og och of the s/o d/o a/l a/p
    """
)
# Of these, the ones that also open a family name in small letters; Italian and French ones do not (Di Maio, Le Pen).
OPENING_SMALL_WORDS = word_set(
    "van von vom zu zum zur ter ten te 't op in de del da das do dos du den der af av bin ibn bint bte binti"
    " s/o d/o a/l a/p"
)
# Small only between two family names; elsewhere a single letter is an initial.
SMALL_CONNECTORS = frozenset({"y", "e", "i"})
# Belong to the family name that follows, whatever their case.
FAMILY_PARTICLES = (SMALL_WORDS - {"of", "the", "in", "op", *AND_WORDS}) | word_set(
    "al el ben bar st saint san santa mac mc fitz abu o ó ní nic uí mhic degli degl ap ab بن ابن بنت عبد abd"
)
# Only before another particle: Freiherr von Richthofen, in 't Veld, von und zu Guttenberg.
LINKED_PARTICLES = word_set("freiherr freifrau freiin graf gräfin ritter edler in op und")
# "Servant of": one name with the word behind it (Abdul Rahman, Abd al-Aziz).
SERVANT_OF = word_set("abd abdul abdel عبد")
# Open a family name that the father's follows (Malaysia, India): Anil Kumar s/o Raj Kumar.
SON_OF = word_set("s/o d/o a/l a/p")
# Vietnamese family names, which stand first; folded. Three in four people have one of them.
VIETNAMESE_FAMILIES = word_set(
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong lam mai"
)
VIETNAMESE_MIDDLES = word_set("van thi")
# Hungarian given names that are no family names elsewhere: behind a word that is no given name they say that the
# family name stands first (Nagy László).
HUNGARIAN_GIVEN = word_set(
    """
    laszlo istvan jozsef janos zoltan gabor ferenc attila tamas zsolt tibor csaba imre lajos gyorgy balazs gyula mihaly
    karoly akos krisztian miklos arpad geza erzsebet ilona katalin zsuzsanna ildiko eszter krisztina zsofia timea
    nikolett reka szilvia
    """
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
# Spanish family names that end otherwise than in -ez; two in a row at the end of a name are both family names.
SPANISH_FAMILIES = word_set(
    """
    garcia ruiz diaz munoz moreno alonso navarro torres ramos gil serrano blanco molina morales suarez ortega delgado
    castro ortiz rubio marin sanz iglesias medina garrido cortes castillo santos lozano guerrero cano prieto cruz
    calvo gallego vidal leon herrera pena flores cabrera campos vega fuentes carrasco diez caballero reyes nieto
    aguilar pascual santana herrero lorenzo montero hidalgo ibanez ferrer duran vicente benitez mora vargas arias
    carmona crespo roman pastor soto saez velasco moya soler parra esteban bravo gallardo rojas marquez martin
    """
)

# The commonest family names of one character as written in China, on Taiwan and in Korea: some nine people in ten.
EAST_ASIAN_FAMILIES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭曾肖蕭萧田董袁潘于蒋蔣蔡余"
    "杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范金石廖贾賈夏韦韋付方白邹鄒孟熊秦邱江尹薛闫阎閻段雷侯龙龍史陶黎贺賀顾顧"
    "毛郝龚龔邵万萬钱錢严嚴覃武戴莫孔向汤湯김이박최정강조윤장임한오서신권황안송전홍유고문양손배백허남심노하곽성차주우구"
)
EAST_ASIAN_LONG_FAMILIES = word_set(
    "欧阳 歐陽 司马 司馬 上官 诸葛 諸葛 皇甫 尉迟 尉遲 公孙 公孫 慕容 令狐 夏侯 司徒 남궁 황보 제갈 선우 독고"
)
