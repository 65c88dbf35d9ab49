"""Lists the e-mail parser decides by: role mailboxes, disposable domains, slips of frequent domains."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# Mailboxes of a function, not of a person (RFC 2142 and what companies really use).
ROLE_MAILBOXES = word_set(
    """
    info information infos office contact contactus contacts kontakt contacto contatti contato admin administrator
    administration sales verkauf vendas ventas vertrieb commercial support help helpdesk helpline service services
    customerservice customercare kundenservice kundendienst serviceclient webmaster postmaster hostmaster abuse noc
    security root billing accounts accounting accountspayable ap ar invoice invoices rechnung buchhaltung factures
    facturacion contabilita finance hr jobs careers career recruiting recruitment bewerbung personal marketing press
    presse media pr news newsletter noreply donotreply reply mailer daemon mailerdaemon bounce bounces
    reception empfang frontdesk secretary sekretariat secretariat team staff everyone all hello hi hallo bonjour
    mail email post order orders bestellung pedidos commandes shop store booking bookings reservations reservation
    enquiries enquiry inquiries inquiry feedback privacy datenschutz dpo legal compliance it ict itsupport tech
    technical webshop management director general purchasing procurement einkauf compras logistics dispatch
    anfrage anfragen zentrale verwaltung geschaeftsleitung buero poststelle gemeinde rathaus praxis kanzlei
    accueil secretariatgeneral comptabilite facturation commercial direction serviceclients bonjour
    oficina administracion atencionalcliente clientes comercial recepcion contabilidad pedidos tienda
    segreteria amministrazione ufficio vendite acquisti assistenza servizioclienti ordini
    geral atendimento faleconosco financeiro comercial suporte secretaria recepcao loja encomendas
    klantenservice verkoop administratie boekhouding receptie bestelling inkoop
    biuro sekretariat kancelaria sprzedaz ksiegowosc zamowienia sklep bok handlowy
    obchod objednavky fakturace recepce podatelna urad
    myynti asiakaspalvelu laskutus toimisto tilaukset
    salg ordre regnskab bogholderi kundeservice forsaljning kundtjanst ekonomi bestallning faktura
    bilgi satis destek muhasebe iletisim siparis ertekesites ugyfelszolgalat iroda szamlazas
    """
)
# Open the name of a role mailbox that has more words: info.berlin@, sales-uk@.
ROLE_OPENINGS = word_set(
    "info sales support office noreply kontakt contact service team vertrieb verkauf secretariat sekretariat"
)
# Typed where there is no address: whatever the domain; as the domain; as both; where the form shows an example.
_EMPTY_WORDS = word_set("test none unknown noemail nomail notprovided fake dummy asdf qwerty xxx donotuse")
EMPTY_LOCALS = _EMPTY_WORDS | word_set(
    """
    testing nomailaddress noemailaddress nobody emailunknown notknown keinemail keineemail keinemailadresse pasdemail
    pasdadresse sinemail sincorreo nocorreo notengo semmail sememail naotem geenmail geenemail brakemaila ingenmail
    """
)
EMPTY_HOSTS = _EMPTY_WORDS | word_set("nowhere invalid noemailprovided na")
EMPTY_TWICE = word_set("abc xyz 123 qwe email mail keine kein no non nein")
EXAMPLE_LOCALS = word_set("user name email mail you your yourname youremail me someone somebody firstnamelastname")
EXAMPLE_HOSTS = word_set("example domain yourdomain mydomain yourcompany")
# Domains that hand out mailboxes for ten minutes; the frequent ones, each with many names.
DISPOSABLE_DOMAINS = word_set(
    """
    10minutemail.com 10minutemail.net 20minutemail.com anonbox.net burnermail.io cock.li deadaddress.com
    discard.email discardmail.com dispostable.com emailondeck.com fakeinbox.com fakemail.net filzmail.com
    getairmail.com getnada.com guerrillamail.biz guerrillamail.com guerrillamail.de guerrillamail.net
    guerrillamail.org guerrillamailblock.com harakirimail.com incognitomail.org inboxbear.com inboxkitten.com
    jetable.org mailcatch.com maildrop.cc mailexpire.com mailinator.com mailinator.net mailinator2.com mailnesia.com
    mailnull.com mailsac.com mailtothis.com meltmail.com mintemail.com moakt.com mohmal.com mytemp.email
    mytrashmail.com nada.email notsharingmy.info nowmymail.com pokemail.net rcpt.at sharklasers.com shitmail.me
    spam4.me spambog.com spambox.us spamex.com spamfree24.org spamgourmet.com spamhole.com tempail.com temp-mail.io
    temp-mail.org tempinbox.com tempmail.com tempmail.dev tempmail.net tempmailaddress.com tempr.email throwam.com
    throwawaymail.com trash-mail.com trashmail.com trashmail.de trashmail.net trashmail.ws wegwerfemail.de
    wegwerfmail.de wegwerfmail.net wegwerfmail.org yopmail.com yopmail.fr yopmail.net zetmail.com
    """
)
# Providers so frequent that a domain one slip away is a typing error.
FREQUENT_DOMAINS = (
    "gmail.com",
    "googlemail.com",
    "hotmail.com",
    "hotmail.co.uk",
    "yahoo.com",
    "yahoo.co.uk",
    "outlook.com",
    "icloud.com",
    "live.com",
    "aol.com",
    "comcast.net",
    "web.de",
    "t-online.de",
    "orange.fr",
    "wanadoo.fr",
    "libero.it",
    "btinternet.com",
    "protonmail.com",
    "laposte.net",
    "freenet.de",
    "bluewin.ch",
    "virgilio.it",
    "sbcglobal.net",
    "bellsouth.net",
    "verizon.net",
    "ntlworld.com",
    "rediffmail.com",
    "interia.pl",
    "seznam.cz",
    "centrum.cz",
    "terra.com.br",
    "uol.com.br",
)
# Endings that do not exist (IANA's root zone), and the one next to them on the keyboard or in the fingers.
ENDING_SLIPS = {
    ".com.com": ".com", ".couk": ".co.uk", ".co.ku": ".co.uk", ".co.uj": ".co.uk", ".cou.k": ".co.uk",
    **dict.fromkeys((".con", ".cmo", ".ocm", ".cpm", ".vom", ".xom", ".comm", ".coom", ".ccom", ".cim"), ".com"),
    **dict.fromkeys((".nte", ".ner", ".nett", ".met"), ".net"),
    **dict.fromkeys((".ogr", ".rog", ".orgg"), ".org"),
    **dict.fromkeys((".ed", ".dee"), ".de"),
}  # fmt: skip
# Real domains of their own, although one slip away from a frequent one.
NOT_A_SLIP = word_set(
    """
    mail.com email.com gmx.com ymail.com gmail.de hotmail.de hotmail.fr hotmail.es hotmail.it yahoo.de yahoo.fr
    yahoo.es yahoo.it yahoo.ca outlook.de outlook.fr outlook.es outlook.it live.de live.fr live.it live.nl live.ca
    lives.com olive.com alive.com love.com line.com life.com like.com five.com aol.de aol.fr aol.co ao.com ail.com
    all.com web.com we.de wes.de weg.de wed.de wek.de wem.de wet.de wel.de webs.de weib.de arange.fr grange.fr
    cloud.com me.com yahoo.co outlook.co hotmail.co gmail.co bol.com.br
    """
) - word_set("gmail.co hotmail.co yahoo.co outlook.co")
