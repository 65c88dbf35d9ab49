"""Legal forms and words by which an organisation is told from a person. Folded, dots gone, words joined.

The legal forms are those of ISO 20275 (Entity Legal Forms) for the countries of the sources, in the spellings people
type, so "S. A.", "S.A." and "SA" are one.
"""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# No ending of a person's name.
CLEAR_FORMS = word_set(
    """
    gmbh gmbhcokg gmbhcoohg gmbhco gmbhcokgaa ggmbh mbh ughaftungsbeschrankt kgaa ohg gbr ekfm aktiengesellschaft
    gmbhil gmbhig ltd limited llc llp plc cic inc incorporated corp corporation coltd ltdco cyltd dac clg ulc
    unlimitedcompany sarl sasu eurl scop snc sprl bvba vzw asbl gcv commv stichting vereniging
    srl srls sapa soccoop scoop scooperativa slu sau slne sadecv sapidecv sderl sderldecv ltda eireli epp lda
    unipessoallda unipessoal cialtda aps ivs oy oyj oyab tmi ehf spzoo spolka spolkaakcyjna spzooskk spzoospk spolsro
    zrt nyrt kft doo ood eood jsc pjsc ojsc cjsc shmm uab
    pty ptyltd pvtltd privatelimited pteltd sdnbhd bhd tbk anonimsirketi limitedsirketi ltdsti ltdsirketi
    fze fzco fzllc wll ltee ooo oao zao pao tov
    """
)
# Legal forms written out, as registers and sanctions lists have them: behind the name, and in front of it.
WRITTEN_OUT = word_set(
    """
    company limitedcompany companylimited limitedliabilitycompany limitedliabilitypartnership limitedpartnership
    publiclimitedcompany privatelimitedcompany jointstockcompany closedjointstockcompany openjointstockcompany
    publicjointstockcompany privatejointstockcompany stateunitaryenterprise
    gesellschaftmitbeschrankterhaftung gesellschaftmbh offenehandelsgesellschaft kommanditgesellschaft
    societeanonyme societearesponsabilitelimitee societeparactionssimplifiee
    sociedadanonima sociedadlimitada sociedadderesponsabilidadlimitada sociedadanonimadecapitalvariable
    sociedadeanonima sociedadelimitada sociedadeporquotas
    societaperazioni societaaresponsabilitalimitata societainaccomanditasemplice
    kabushikikaisha godokaisha yugenkaisha beslotenvennootschap naamlozevennootschap
    spolkazograniczonaodpowiedzialnoscia spolkazoo spolecnostsrucenimomezenym akciovaspolecnost
    korlatoltfelelossegutarsasag aktiebolag aktieselskab anpartsselskab aksjeselskap osakeyhtio
    limitedsirketi sirketi perseroanterbatas
    """
)
LEADING_WRITTEN_OUT = word_set(
    """
    obshchestvosogranichennoyotvetstvennostyu aktsionernoeobshchestvo zakrytoeaktsionernoeobshchestvo
    otkrytoeaktsionernoeobshchestvo publichnoeaktsionernoeobshchestvo nepublichnoeaktsionernoeobshchestvo
    tovaristvozobmezhenoyuvidpovidalnistyu aktsionernetovaristvo publichneaktsionernetovaristvo
    privatneaktsionernetovaristvo limitedliabilitycompany openjointstockcompany closedjointstockcompany
    publicjointstockcompany jointstockcompany spolkazograniczonaodpowiedzialnoscia
    """
)
# Ordinary endings of a person's name too (Sá, Ng, Co): in a person's field they count only when written with dots,
# or in capitals beside small letters.
DOUBTFUL_FORMS = word_set(
    """
    sa ag se co sas ae sl sc ab as kg ug eg ev ek bv nv cv vof spa spk spj sro asa bt kk gk lp pc epe ike hb og ad
    is ans ky vos dd sal sae ou sia sci cc hf sca scs
    """
)
# Say that the name is an organisation's and belong to it: as its last word, and as its first.
LAST_WORDS = word_set(
    """
    foundation association holdings council institute hospital consulting solutions technologies logistics
    industries enterprises insurance bakery group trading international services systems university society club
    partners clinic pharmacy ministry exports export imports import airlines airways shipping software electronics
    pharmaceuticals chemicals manufacturing construction properties realty ventures investments catering plumbing
    """
)
FIRST_WORDS = word_set(
    """
    university universitat universite universidad universita universidade uniwersytet univerzita foundation
    association council ministry ministerium ministerio ministere ministero ministerstwo institute institut instituto
    hospital hopital ospedale klinik klinikum clinique clinica krankenhaus szpital ziekenhuis stiftung fundacion
    fondation fondazione fundacja gemeente gemeinde ayuntamiento comune mairie gmina prefeitura municipio
    kanzlei praxis apotheke backerei metzgerei autohaus gasthof sparkasse stadtwerke volksbank
    hotel restaurant restaurante ristorante pizzeria farmacia pharmacie apteka boulangerie boucherie librairie garage
    banco banque banca consulting logistics insurance
    """
)
OPENINGS = ("bank of ", "city of ", "county of ", "state of ", "church of ", "friends of ")
# Legal forms that open a name, here again the doubtful ones apart.
LEADING_FORMS = word_set("ooo oao zao pao ooood tov llc jsc pjsc ojsc cjsc uab stichting sarl eurl sci ets firma fa")
DOUBTFUL_LEADING_FORMS = word_set("ab as pt cv ao ip sia ou")
# Stand for a whole organisation even when the rest of its name went into another field.
FORMS_ALONE = word_set("gmbh ltd llc inc plc corp limited")
# Before a person: what follows is a name, however it ends. Academic titles open firms too (Dr. Oetker KG).
CIVIL_TITLES = word_set("mr mrs ms miss mister herr herrn frau mme mlle monsieur madame sra senor senora srta signor")
