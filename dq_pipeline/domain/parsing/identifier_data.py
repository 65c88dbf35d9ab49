"""Which identifiers people and companies of a country have, by the names of the python-stdnum modules."""

from __future__ import annotations

from dq_pipeline.domain.parsing.text import word_set

# Country -> the identifiers of a person, in the order of their use; what stands in a field without a known kind.
PERSON_KINDS = {
    country: tuple(f"{module}.{name}" for name in names.split())
    for country, module, names in (
        ("AR", "ar", "dni cuit"), ("AT", "at", "vnr tin"), ("AU", "au", "tfn"), ("BE", "be", "nn bis"),
        ("BG", "bg", "egn pnf"), ("BR", "br", "cpf"), ("CA", "ca", "sin"), ("CH", "ch", "ssn"), ("CL", "cl", "rut"),
        ("CN", "cn", "ric"), ("CO", "co", "nit"), ("CU", "cu", "ni"), ("CZ", "cz", "rc"), ("DE", "de", "idnr"),
        ("DK", "dk", "cpr"), ("DO", "do", "cedula"), ("EC", "ec", "ci"), ("EE", "ee", "ik"), ("ES", "es", "dni nie"),
        ("FI", "fi", "hetu"), ("FR", "fr", "nir nif"), ("GB", "gb", "nino nhs"), ("GR", "gr", "amka"),
        ("HR", "hr", "oib"), ("ID", "id", "nik"), ("IE", "ie", "pps"), ("IL", "il", "idnr"),
        ("IN", "in", "aadhaar pan"),
        ("IS", "is", "kennitala"), ("IT", "it", "codicefiscale"), ("KR", "kr", "rrn"), ("LT", "lt", "asmens"),
        ("LV", "lv", "pvn"), ("MX", "mx", "curp rfc"), ("MY", "my", "nric"), ("NL", "nl", "bsn"),
        ("NO", "no", "fodselsnummer"), ("NZ", "nz", "ird"), ("PE", "pe", "cui"), ("PK", "pk", "cnic"),
        ("PL", "pl", "pesel"), ("PT", "pt", "cc nif"), ("RO", "ro", "cnp"), ("RU", "ru", "inn"),
        ("SE", "se", "personnummer"), ("SI", "si", "emso"), ("SK", "sk", "rc"), ("TH", "th", "pin"),
        ("TR", "tr", "tckimlik"), ("UA", "ua", "rntrc"), ("US", "us", "ssn itin"), ("ZA", "za", "idnr"),
    )
}  # fmt: skip
# Names people use -> the module that checks them, without the country.
KIND_ALIASES = {
    "bsn": "nl.bsn", "cnp": "ro.cnp", "codice fiscale": "it.codicefiscale", "cpf": "br.cpf", "cnpj": "br.cnpj",
    "curp": "mx.curp", "dni": "es.dni", "ein": "us.ein", "hetu": "fi.hetu", "itin": "us.itin", "lei": "lei",
    "national insurance number": "gb.nino", "nhs": "gb.nhs", "nhs number": "gb.nhs", "nie": "es.nie", "nif": "es.nif",
    "nino": "gb.nino", "nir": "fr.nir", "oib": "hr.oib", "personnummer": "se.personnummer", "pesel": "pl.pesel",
    "pps": "ie.pps", "rijksregisternummer": "be.nn", "rodne cislo": "cz.rc", "siren": "fr.siren", "siret": "fr.siret",
    "ssn": "us.ssn", "steuer id": "de.idnr", "iban": "iban", "bic": "bic",
}  # fmt: skip
# European VAT numbers, each known by the prefix of its country (Greece writes EL, Northern Ireland XI).
EU_VAT_PREFIXES = word_set("AT BE BG CY CZ DE DK EE EL ES FI FR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK XI")
# Numbers that hold two digits of the year of birth and nothing that tells the century.
CENTURY_UNKNOWN = frozenset({"gr.amka", "za.idnr", "my.nric", "id.nik"})
