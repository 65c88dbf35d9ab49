"""Which values the pipeline may correct by itself, how sure it is, and what is switched on.

A wrong correction is worse than none: it hides what the source says behind something plausible. So a rule is on only
where hardly another meaning is left. Whether on or off, every row a rule finds stands in `quality.corrections` and
fails a rule of its column, until the source is mended. To switch a rule off, set `enabled=False` and run again: the
tables are then as if the rule had never been.

No corrections, but the form every value is given: trimming, case, punctuation, accents, a number in E.164, a country
as its code, the order of day and month by the contract or the column (`staging.source_conventions`), a name cut into
its parts.
"""

from __future__ import annotations

from dq_pipeline.domain.corrections import CorrectionRule

_DATE_COLUMNS = ("birthdate", "created_at", "updated_at", "last_activity_at", "consents.given_at")

CORRECTION_RULES = (
    CorrectionRule(
        "email.domain_slip",
        ("email", "contact_points.value"),
        "ann@gmial.com becomes ann@gmail.com: a domain one slip of the keyboard away from a large provider's.",
        confidence=0.97,
        because="Such domains belong to nobody or to squatters; the parser spares those known to be real.",
        enabled=True,
        enabled_because="Mail to the domain as written reaches nobody, or the wrong one; little is lost if wrong.",
    ),
    CorrectionRule(
        "birthdate.spreadsheet_day",
        ("birthdate",),
        "31048 becomes 1985-01-01: days since 1899-12-30, what a spreadsheet makes of a date.",
        confidence=0.95,
        because="Five digits are no date otherwise, and only days that make nobody older than 110 are taken.",
        enabled=True,
        enabled_because="The one other meaning is a stray number, which falls on a plausible birthdate by chance only.",
    ),
    CorrectionRule(
        "date.other_order",
        _DATE_COLUMNS,
        "25/04/1980 is read as 25 April although its source writes the month first.",
        confidence=0.90,
        because="Only one order makes it a day; a slip in one figure, the other explanation, is rarer than a"
        " colleague who writes dates as at home.",
        enabled=True,
        enabled_because="The text itself excludes the other reading.",
    ),
    CorrectionRule(
        "date.two_digit_year",
        _DATE_COLUMNS,
        "03.04.85 becomes 1985: the latest year with these two digits that is not in the future.",
        confidence=0.95,
        because="Wrong only for people over a hundred, and for what a slip makes of a year.",
        enabled=True,
        enabled_because="Everybody who writes it so means it so; without it a whole source may have no dates.",
    ),
    CorrectionRule(
        "name.swapped",
        ("given_name", "family_name"),
        "Hofmann Moritz becomes Moritz Hofmann where the two stand in each other's field.",
        confidence=0.50,
        because="Each row's own probability, from how often the words of both names are given and family names in"
        " all records; proposed where a swap is the likelier reading. In the sample world 99 of 100 are right.",
        enabled=True,
        enabled_because="Many names are both (Martin, Thomas, Leon): applied only at odds of a thousand to one.",
        measured=True,
        apply_from=0.999,
    ),
)
