"""How records are recognised as one customer. Reads top to bottom: what is compared, which records meet at all,
why strangers may look alike, and where the lines are drawn; persons and organisations apart. One configuration for
every data set: comparisons without data are left out, m and u come from the data, `expected` only steadies them where
data are few.
"""

from __future__ import annotations

from dq_pipeline.domain.linkage import (
    BlockingKey,
    Comparison,
    Explanation,
    Guard,
    Level,
    Limits,
    LinkagePolicy,
    Thresholds,
)


def same(column: str) -> str:
    return f"{column}_l = {column}_r"


def either_missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def overlap(column: str) -> str:
    return f"list_has_any({column}_l, {column}_r)"


def edited(column: str, edits: int, shortest: int) -> str:
    """At most `edits` insertions, deletions, changes or swaps of neighbours (Damerau-Levenshtein), in values of
    `shortest` letters or more.

    Values that close have a Jaro similarity above 0.7, which most pairs fail at a tenth of the cost. It stands in
    a CASE because DuckDB works out both sides of an AND, but only the branch of a CASE that is taken.
    """
    return (
        f"(case when jaro_similarity({column}_l, {column}_r, 0.7) >= 0.7 "
        f"and least(length({column}_l), length({column}_r)) >= {shortest} "
        f"then damerau_levenshtein({column}_l, {column}_r) <= {edits} else false end)"
    )


def slip(column: str, shortest: int = 4) -> str:
    """One edit, in values long enough for that to be a slip and not another value."""
    return edited(column, 1, shortest)


def alike(column: str, similarity: float) -> str:
    """Jaro-Winkler: forgives more at the end of a name than at its beginning."""
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {similarity}"


def in_other_names(words: str) -> str:
    """A word of one side's field is neither given nor family name of the other, but stands in its whole name: a
    middle name people go by, a maiden name kept. A given name that is the other's family name is a relative."""
    return f"(list_has_any({words}_l, other_names_r) or list_has_any({words}_r, other_names_l))"


# Both names, crosswise, or the words of the whole name elsewhere: one name standing in the other field is a family.
SWAPPED = (
    "(case when given_name_l <> given_name_r and family_name_l <> family_name_r then "
    "(jaro_winkler_similarity(given_name_l, family_name_r) >= 0.87 "
    "and jaro_winkler_similarity(family_name_l, given_name_r) >= 0.87) "
    "or joined_name_l = joined_name_r "
    "or (given_name_l <> family_name_r and family_name_l <> given_name_r and given_sound_l <> given_sound_r "
    "and (list_contains(sound_words_l, given_sound_r) or list_contains(sound_words_r, given_sound_l)) "
    "and len(list_intersect(sound_words_l, sound_words_r)) >= 2) "
    "else false end)"
)

GIVEN_NAME = Comparison(
    "given name",
    needs=("given_name",),
    missing=either_missing("given_name"),
    levels=(
        Level(same("given_name"), "the same", 0.74, rarity="given_name"),
        Level(overlap("nickname_groups"), "a nickname of the other", 0.07),
        Level(f"{slip('given_name')} or {alike('given_name', 0.9)}", "nearly the same", 0.07),
        Level(
            f"{SWAPPED} and ({same('sound_name')} or {same('joined_name')})",
            "given and family name swapped, or parted elsewhere",
            0.01,
            rarity="sound_name",
        ),
        Level(SWAPPED, "given and family name nearly swapped, or two of the words moved", 0.01),
        Level(same("given_sound"), "sounds the same", 0.02),
        Level(
            f"{overlap('given_words')} or {in_other_names('given_words')}",
            "shares a word, or a middle name of the other",
            0.02,
            chance=0.01,
        ),
        Level(
            "least(length(given_name_l), length(given_name_r)) = 1 and left(given_name_l, 1) = left(given_name_r, 1)",
            "an initial that fits",
            0.04,
            chance=0.04,
        ),
        Level(
            f"{edited('given_name', 2, shortest=5)} or (least(length(given_name_l), length(given_name_r)) >= 3 "
            "and (contains(given_name_l, given_name_r) or contains(given_name_r, given_name_l)))",
            "somewhat alike, or part of the other",
            0.01,
            chance=0.02,
        ),
        Level("", "different", 0.01),
    ),
    reason="people use nicknames, initials, middle names, and fill in the wrong field; they rarely change names",
)

FAMILY_NAME = Comparison(
    "family name",
    needs=("family_name",),
    # Swapped names are one event, and count once: above.
    missing=f"{either_missing('family_name')} or coalesce({SWAPPED}, false)",
    levels=(
        Level(same("family_name"), "the same", 0.8, rarity="family_name"),
        Level(f"{slip('family_name')} or {alike('family_name', 0.92)}", "nearly the same", 0.08),
        Level(same("family_sound"), "sounds the same", 0.02),
        Level(overlap("family_words"), "shares a word", 0.03),
        Level(in_other_names("family_words"), "a middle name of the other", 0.03),
        Level("", "different", 0.04),
    ),
    reason="spelling varies, names double and change at marriage",
)

# One or two edits, but no other number: School 12 is not School 13.
NEARLY_THE_NAME = (
    f"(case when {edited('joined_name', 1, 5)} or {edited('joined_name', 2, 12)} then "
    "regexp_replace(joined_name_l, '[^0-9]', '', 'g') = regexp_replace(joined_name_r, '[^0-9]', '', 'g') "
    "else false end)"
)
SOUNDS_THE_SAME = f"{same('sound_name')} and {alike('sorted_name', 0.8)}"
ALL_WORDS = "(list_has_all(sound_words_l, sound_words_r) or list_has_all(sound_words_r, sound_words_l))"

WHOLE_NAME = Comparison(
    "whole name",
    needs=("unparted_name",),
    missing=f"{either_missing('full_name')} or (given_name_l is not null and given_name_r is not null) "
    "or (family_name_l is not null and family_name_r is not null)",
    levels=(
        Level(same("sorted_name"), "the same", 0.7, rarity="sorted_name"),
        Level(SOUNDS_THE_SAME, "the same but for spelling", 0.1, rarity="sound_name"),
        Level(NEARLY_THE_NAME, "nearly the same", 0.08, rarity="sorted_name"),
        Level(f"{ALL_WORDS} and {same('telling_word')}", "one name has all words of the other", 0.06, "telling_word"),
        Level(overlap("sound_words"), "shares a word", 0.03, chance=0.02),
        Level("", "different", 0.03),
    ),
    reason="where nobody can tell given from family name: written in one word, or only one of them given",
)

OTHER_NAMES = Comparison(
    "other names",
    needs=("other_names",),
    missing=either_missing("other_names"),
    levels=(
        Level(overlap("other_names"), "share one", 0.7),
        Level("left(other_names_l[1], 1) = left(other_names_r[1], 1)", "same initial", 0.15),
        Level("", "different", 0.15),
    ),
    reason="tells namesakes apart, where it is given at all",
)

ORGANISATION = Comparison(
    "organisation name",
    needs=("organisation",),
    missing=either_missing("organisation"),
    levels=(
        Level(same("organisation"), "the same", 0.6, rarity="organisation"),
        Level(SOUNDS_THE_SAME, "the same but for spelling and order", 0.1, rarity="sound_name"),
        Level(NEARLY_THE_NAME, "nearly the same", 0.1, rarity="sorted_name"),
        Level(f"{ALL_WORDS} and {same('telling_word')}", "one name has all words of the other", 0.08, "telling_word"),
        Level("organisation_l = acronym_r or acronym_l = organisation_r", "initials of the other", 0.02),
        Level(same("telling_word"), "shares its rarest word", 0.04, rarity="telling_word"),
        Level(overlap("sound_words"), "shares a word", 0.03, chance=0.03),
        Level("", "different", 0.03),
    ),
    reason="legal forms, branches and towns come and go behind the name that counts",
)

GENERATION = Comparison(
    "generation",
    needs=("generation",),
    missing=either_missing("generation"),
    levels=(Level(same("generation"), "the same", 0.98), Level("", "different", 0.02)),
    reason="Senior is not Junior, nor the Second the Third; a father often has no suffix, so one alone says nothing",
)

# 1984, or 1984-05: only the year, or year and month, are known on one side.
PARTLY_KNOWN = "least(length(birthdate_text_l), length(birthdate_text_r)) < 10"
FITS_AS_FAR_AS_KNOWN = (
    f"({PARTLY_KNOWN} and (starts_with(birthdate_text_l, birthdate_text_r) "
    "or starts_with(birthdate_text_r, birthdate_text_l)))"
)

# 2006-08-02 and 2006-02-08: read the other way round, or written so.
DAY_AND_MONTH_SWAPPED = (
    "(list_has_any(birthdate_readings_l, birthdate_readings_r) or (case when birth_year_l = birth_year_r then "
    "left(birthday_l, 2) = right(birthday_r, 2) and right(birthday_l, 2) = left(birthday_r, 2) else false end))"
)

# Years between a parent's birth and a child's. A slip rarely moves the decade and something else.
A_GENERATION = "abs(try_cast(birth_year_l as integer) - try_cast(birth_year_r as integer)) between 15 and 60"

BIRTHDATE = Comparison(
    "birthdate",
    needs=("birthdate_text",),
    missing=either_missing("birthdate_text"),
    levels=(
        Level(f"{same('birthdate_text')} and length(birthdate_text_l) = 10", "the same", 0.82, rarity="birthdate_text"),
        Level(FITS_AS_FAR_AS_KNOWN, "fits, as far as it is known", 0.03, rarity="birth_year"),
        Level(DAY_AND_MONTH_SWAPPED, "day and month swapped", 0.02),
        Level(edited("birthdate_text", 1, shortest=10), "one digit differs", 0.07),
        Level(
            f"{same('birthday')} or left(birthdate_text_l, 7) = left(birthdate_text_r, 7) "
            f"or ({same('birth_year')} and right(birthday_l, 2) = right(birthday_r, 2))",
            "day, month or year differs",
            0.03,
            chance=0.005,
        ),
        Level(A_GENERATION, "a generation apart", 0.005, chance=0.4),
        Level(edited("birthdate_text", 2, shortest=10), "two digits differ", 0.01, chance=0.005),
        Level(same("birth_year"), "same year, other day", 0.01, chance=0.015),
        Level("", "different", 0.005),
    ),
    reason="does not change; slips are single digits and swapped fields; 1 January often means only the year is known",
)

GENDER = Comparison(
    "gender",
    needs=("gender",),
    missing=either_missing("gender"),
    levels=(Level(same("gender"), "the same", 0.98), Level("", "different", 0.02)),
    reason="weak, but tells a brother from a sister",
)

# jane.smith@a and janesmith7@b are what any two Jane Smiths have: likeness that says no more than the names do.
ONLY_THE_NAME = "coalesce(email_of_name_l = email_of_name_r, false)"

EMAIL = Comparison(
    "e-mail",
    needs=("email", "mailbox"),
    missing="(email_l is null or email_r is null) and (mailbox_l is null or mailbox_r is null)",
    levels=(
        Level(same("email"), "the same", 0.62, rarity="email"),
        Level(overlap("emails"), "share an address", 0.08),
        Level(f"{same('email_local_part')} and {slip('email_domain')}", "the same but for a slip in the domain", 0.02),
        Level(f"not {ONLY_THE_NAME} and ({slip('email')} or {alike('email', 0.97)})", "nearly the same", 0.02),
        Level(
            f"not {ONLY_THE_NAME} and {same('email_local_part')} and length(email_local_part_l) >= 4",
            "the same before the @",
            0.04,
            rarity="email_local_part",
        ),
        Level(same("mailbox"), "same shared mailbox", 0.02, neutral=True),
        Level(same("email_domain"), "same domain", 0.05, rarity="email_domain", chance=0.1),
        Level("", "different", 0.15),
    ),
    reason="people keep a private and a work address and mistype domains; info@ belongs to nobody in particular",
)

PHONE = Comparison(
    "phone",
    needs=("phone",),
    missing="len(phone_endings_l) = 0 or len(phone_endings_r) = 0",
    levels=(
        Level(same("phone"), "the same", 0.6, rarity="phone"),
        Level(overlap("phone_endings"), "share a number", 0.12),
        Level(slip("phone", shortest=8), "one digit differs", 0.05),
        Level("", "different", 0.23),
    ),
    reason="a landline, a mobile and a work number stand in different fields of different systems",
)

SIMILAR_STREET = (
    f"({alike('street', 0.92)} or len(list_intersect(street_words_l, street_words_r)) * 2 >= "
    "greatest(len(street_words_l), len(street_words_r)))"
)
SIMILAR_TOWN = f"({slip('locality')} or {alike('locality', 0.92)})"
# One character of the code, or all but its last two: a slip, or the next street.
NEAR_CODE = f"({slip('postal_code')} or {same('postal_district')})"

STREET = Comparison(
    "street",
    needs=("address",),
    missing=either_missing("address"),
    levels=(
        Level(same("address"), "the same address line", 0.5, rarity="address"),
        Level(f"{same('house_number')} and {SIMILAR_STREET}", "same house, street written differently", 0.12),
        Level(same("street"), "same street, other or no number", 0.06, rarity="street"),
        Level(SIMILAR_STREET, "similar street", 0.06, chance=0.01),
        Level(overlap("street_words"), "shares a word", 0.03, chance=0.05),
        Level("", "different", 0.23),
    ),
    reason="written in many ways, and stale after a move; neighbours share the street, families the line",
)

PLACE = Comparison(
    "place",
    needs=("postal_code", "locality", "country"),
    missing=f"({either_missing('postal_code')}) and ({either_missing('locality')}) and ({either_missing('country')})",
    levels=(
        Level(f"{same('postal_code')} and {same('locality')}", "same town and postal code", 0.4, "postal_code"),
        Level(f"{same('postal_code')} and {SIMILAR_TOWN}", "same code, town nearly the same", 0.05, "postal_code"),
        Level(same("postal_code"), "same code", 0.1, rarity="postal_code"),
        Level(f"{same('locality')} and {NEAR_CODE}", "same town, code nearly the same", 0.05, "locality"),
        Level(f"{same('locality')} and ({either_missing('postal_code')})", "same town", 0.06, rarity="locality"),
        Level(same("locality"), "same town, other code", 0.04, rarity="locality"),
        Level(f"{NEAR_CODE} and {SIMILAR_TOWN}", "both nearly the same", 0.02),
        Level(NEAR_CODE, "code nearly the same", 0.02),
        Level(same("postal_area"), "same postal area", 0.02),
        Level(SIMILAR_TOWN, "town nearly the same", 0.02),
        # One country is no evidence for one customer: the names have said as much.
        Level(
            f"{same('country')} and ({either_missing('postal_code')}) and ({either_missing('locality')})",
            "same country",
            0.1,
            neutral=True,
        ),
        Level("country_l <> country_r", "other country", 0.02),
        Level("", "other town", 0.1),
    ),
    reason="town, code and country say one thing, so they are one comparison; people move",
)

NATIONAL_ID = Comparison(
    "national id",
    needs=("national_id",),
    missing=either_missing("national_id"),
    levels=(
        Level(same("national_id"), "the same", 0.9, rarity="national_id"),
        Level(slip("national_id", shortest=6), "one digit differs", 0.05),
        Level("", "different", 0.05),
    ),
    reason="issued once, mistyped now and then",
)

EMPLOYER = Comparison(
    "company",
    needs=("employer",),
    missing=either_missing("employer"),
    levels=(
        Level(same("employer"), "the same", 0.55, rarity="employer"),
        Level(alike("employer", 0.92), "nearly the same", 0.15),
        Level("", "different", 0.3),
    ),
    reason="people change jobs, and colleagues share it",
)

JOB_TITLE = Comparison(
    "job title",
    needs=("job_title",),
    missing=either_missing("job_title"),
    levels=(Level(same("job_title"), "the same", 0.6, rarity="job_title"), Level("", "different", 0.4)),
    reason="weak: written differently in every system",
)

# From the most to the least selective: the first key that finds a pair is the one shown for it.
PERSON_KEYS = (
    BlockingKey("national id", ("national_id",), reason="one person, one number"),
    BlockingKey("e-mail", each="emails", reason="any address against any address"),
    BlockingKey("phone", each="phone_endings", reason="last eight digits: country codes are often missing"),
    BlockingKey("name and birthdate", ("sorted_name", "birthdate_text"), reason="the obvious ones"),
    BlockingKey("family name and postal code", ("family_name", "postal_code"), reason="without a birthdate"),
    BlockingKey("given name and postal code", ("given_name", "postal_code"), reason="another family name"),
    BlockingKey("postal code and birth year", ("postal_code", "birth_year"), reason="both names misspelt"),
    BlockingKey("address", ("address", "coalesce(postal_code, locality, '')"), reason="names badly garbled"),
    BlockingKey("family name and town", ("family_name", "locality"), reason="given name differs"),
    BlockingKey("family name and birth year", ("family_name", "birth_year"), reason="day mistyped"),
    BlockingKey("given name and birth month", ("nickname_group", "left(birthdate_text, 7)"), reason="married name"),
    BlockingKey("birthdate and family initial", ("birthdate_text", "left(family_name, 1)"), reason="misspelt names"),
    BlockingKey("birthdate and given initial", ("birthdate_text", "left(given_name, 1)"), reason="married, misspelt"),
    BlockingKey("birthdate and town", ("birthdate_text", "locality"), reason="both names changed or garbled"),
    BlockingKey("full name", ("sorted_name",), reason="any order, swapped fields, moved house"),
    BlockingKey("sound of the name", ("sound_name",), reason="spelt and transliterated differently"),
    BlockingKey(
        "sound and birth year",
        each="list_transform(sound_words, lambda sound: sound || chr(31) || birth_year)",
        reason="one word of the name is enough where the year is known",
    ),
    BlockingKey("given name and town", ("nickname_group", "locality"), reason="married name, no birthdate"),
    BlockingKey("town and birth year", ("locality", "birth_year"), reason="names garbled"),
    BlockingKey("town and birthday", ("locality", "birthday"), reason="year mistyped"),
    BlockingKey(
        "name beginnings and birth year",
        ("left(given_name, 3)", "left(family_name, 3)", "birth_year"),
        reason="slips at the end of names",
    ),
    BlockingKey("family name and initial", ("family_name", "left(given_name, 1)"), reason="moved, no birthdate"),
    BlockingKey("given name and birthday", ("given_name", "birthday"), reason="married, year mistyped"),
    BlockingKey("e-mail name", ("email_local_part",), reason="mistyped or changed domain"),
    BlockingKey("postal code", ("postal_code",), reason="rare values alone are enough; common ones are left out"),
    BlockingKey("birthdate", ("birthdate_text",), reason="rare values alone are enough"),
    BlockingKey("family name", ("family_name",), reason="rare values alone are enough"),
    BlockingKey("word of the name", each="sound_words", reason="rare words; common ones are left out"),
    BlockingKey("street", ("street",), reason="rare values alone are enough"),
    BlockingKey("town and job title", ("locality", "job_title"), reason="few other fields"),
)

ORGANISATION_KEYS = (
    BlockingKey("national id", ("national_id",), reason="one firm, one number"),
    BlockingKey("e-mail", each="emails", reason="any address against any address"),
    BlockingKey("phone", each="phone_endings", reason="last eight digits: country codes are often missing"),
    BlockingKey("name and town", ("organisation", "locality"), reason="the obvious ones"),
    BlockingKey("name and postal code", ("organisation", "postal_code"), reason="the obvious ones"),
    BlockingKey("name", ("organisation",), reason="no address, or another branch"),
    BlockingKey("sound of the name", ("sound_name",), reason="spelt differently, words in another order"),
    BlockingKey("e-mail domain", ("email_domain",), reason="a firm's own domain; mail providers are left out"),
    BlockingKey("address", ("address", "coalesce(postal_code, locality, '')"), reason="the name written differently"),
    BlockingKey("first word and town", ("organisation_words[1]", "locality"), reason="the rest of the name differs"),
    BlockingKey("first word and postal code", ("organisation_words[1]", "postal_code"), reason="the same"),
    BlockingKey("initials", ("coalesce(acronym, organisation)",), reason="IBM and its name in full"),
    BlockingKey("rarest word", ("telling_word",), reason="what is around it differs"),
    BlockingKey("word of the name", each="sound_words", reason="rare words; common ones are left out"),
    BlockingKey("name beginning and town", ("left(organisation, 5)", "locality"), reason="slips"),
    BlockingKey("name beginning", ("left(organisation, 8)",), reason="slips at the end"),
    BlockingKey("postal code", ("postal_code",), reason="rare values alone are enough; common ones are left out"),
    BlockingKey("street and town", ("street", "locality"), reason="no or another house number"),
)

# Why two customers may agree in much. A pair must be better explained as one customer than as any of these.
PERSON_EXPLANATIONS = (
    Explanation(
        "household",
        "two members of one household",
        {"family name": 0.8, "street": 1.0, "place": 1.0, "phone": 0.5, "e-mail": 0.1},
        expected=1.0,
        reason="a family shares name, address, landline, sometimes a mailbox; names and birthdates differ",
    ),
    Explanation(
        "twins",
        "twins",
        {"family name": 1.0, "street": 1.0, "place": 1.0, "phone": 0.6, "e-mail": 0.1, "birthdate": 1.0},
        expected=0.03,
        kind_of="household",
        at_most=0.3,
        reason="a household of one birthdate: only the given name tells",
    ),
    Explanation(
        "namesakes",
        "father and son, or others of one name in one household",
        {
            "given name": 1.0,
            "family name": 1.0,
            "street": 1.0,
            "place": 1.0,
            "phone": 0.6,
            "e-mail": 0.1,
            "whole name": 1.0,
            "gender": 1.0,
        },
        expected=0.03,
        kind_of="household",
        at_most=0.3,
        reason="names are handed down; the birthdate tells",
    ),
    Explanation(
        "colleagues",
        "two people at one company",
        {"company": 1.0, "street": 0.8, "place": 0.8, "phone": 0.5, "e-mail": 0.3, "job title": 0.3},
        expected=0.3,
        reason="a switchboard, a shared mailbox, an office address",
    ),
)

ORGANISATION_EXPLANATIONS = (
    Explanation(
        "neighbours",
        "two firms at one address",
        {"street": 1.0, "place": 1.0, "phone": 0.3, "e-mail": 0.1},
        expected=0.3,
        reason="business parks, shared offices, one reception",
    ),
    Explanation(
        "group",
        "two firms of one group",
        {"organisation name": 0.5, "e-mail": 0.5, "phone": 0.2, "street": 0.3, "place": 0.5},
        expected=0.1,
        reason="subsidiaries share name, domain, and often the building",
    ),
)

# What only one person has, and what shows two. A landline is the family's; a.barr@ and j.barr@ are nearly the same.
_OWN = {
    "e-mail": ("the same", "share an address", "the same but for a slip in the domain", "the same before the @"),
    "national id": ("the same", "one digit differs"),
}
_OTHER = {
    "e-mail": ("nearly the same", "same domain", "different"),
    "phone": ("different",),
    "national id": ("different",),
}
_ONE_ADDRESS = ("the same address line", "same house, street written differently")
_ONE_FAMILY = ("the same", "nearly the same", "sounds the same")

PERSON_GUARDS = (
    Guard(
        "twins",
        "twins: one family name, birthdate and address, but two given names",
        when={
            "given name": ("different",),
            "family name": _ONE_FAMILY,
            "birthdate": ("the same",),
            "street": _ONE_ADDRESS,
        },
        differs={},
        unless=_OWN,
        asks=True,
        reason="all they do not share is the given name, which a model with few twins to learn from takes for a slip",
    ),
    Guard(
        "father and son",
        "father and son: one name and address, born a generation apart",
        when={
            "given name": ("the same", "a nickname of the other", "nearly the same"),
            "family name": _ONE_FAMILY,
            "birthdate": ("a generation apart",),
            "street": _ONE_ADDRESS,
        },
        differs={},
        unless=_OWN,
        asks=True,
        reason="names are handed down; where birthdates are often wrong, a model makes little of two of them",
    ),
    Guard(
        "generations",
        "father and son: one name, but Senior and Junior",
        when={
            "given name": ("the same", "a nickname of the other", "nearly the same"),
            "family name": _ONE_FAMILY,
            "generation": ("different",),
        },
        differs={},
        unless={"national id": ("the same",)},
        asks=True,
        reason="who writes a suffix writes it to be told apart",
    ),
    Guard(
        "household",
        "two members of one household: one family name and address, but two given names",
        when={"given name": ("different",), "family name": _ONE_FAMILY, "street": _ONE_ADDRESS},
        differs=_OTHER,
        unless=_OWN,
        asks=False,
        reason="a family name and an address are the household's; too many to ask about each",
    ),
)

# Any number will do, as long as it stays: the same records and seed give the same model.
SEED = 20_261_120

THRESHOLDS = Thresholds(
    merge=1.5,  # almost three to one: a stranger's letters are worse than a letter twice
    group=-1.5,  # between groups, whose evidence is steadier
    unscored=-5.0,  # blocking found no reason to compare them: mild evidence against
    review=-3.0,  # one to eight: worth a look
    keep=-6.0,  # below, a pair says no more than that it is none
    contradiction=-8.0,  # two records of one customer that hardly can be
    hopeless=-30.0,  # no evidence of other records can outweigh that
    break_below=-0.5,  # what is one customer already does not come apart over a retrained model's decimals
)

LIMITS = Limits(
    pairs_per_record=60,
    pairs_per_record_and_key=6,
    block_size=400,
    sharers={"emails": 8, "email": 8, "phone_endings": 12, "phone": 12, "national_id": 3},
    training_records=60_000,
    sampled_pairs=150_000,
    prior_strength=20.0,
    minimum_m=0.002,
    doubt=20.0,
    cluster_size=30,
)

PERSONS = LinkagePolicy(
    population="person",
    comparisons=(
        GIVEN_NAME,
        FAMILY_NAME,
        WHOLE_NAME,
        OTHER_NAMES,
        GENERATION,
        BIRTHDATE,
        GENDER,
        EMAIL,
        PHONE,
        STREET,
        PLACE,
        NATIONAL_ID,
        EMPLOYER,
        JOB_TITLE,
    ),
    blocking_keys=PERSON_KEYS,
    explanations=PERSON_EXPLANATIONS,
    thresholds=THRESHOLDS,
    limits=LIMITS,
    guards=PERSON_GUARDS,
)

ORGANISATIONS = LinkagePolicy(
    population="organisation",
    comparisons=(ORGANISATION, EMAIL, PHONE, STREET, PLACE, NATIONAL_ID),
    blocking_keys=ORGANISATION_KEYS,
    explanations=ORGANISATION_EXPLANATIONS,
    thresholds=THRESHOLDS,
    limits=LIMITS,
)

POLICIES = (PERSONS, ORGANISATIONS)
