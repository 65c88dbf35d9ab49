"""The customers: persons with everything that is true about them, before any system wrote it down."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from dq_pipeline.sample.companies import Companies, employ, found_companies
from dq_pipeline.sample.emails import family_emails, personal_emails, work_emails
from dq_pipeline.sample.geography import Addresses, draw_addresses, mobiles
from dq_pipeline.sample.households import FIRST_CHILD, HEAD, PARTNER, TODAY, Members, settle
from dq_pipeline.sample.numbers import national_ids
from dq_pipeline.sample.strings import Bools, Days, Ints, Random, Strings, blank, chance, stream
from dq_pipeline.sample.vocabulary import vocabulary

# Shares of the customers.
_NO_EMAIL = 0.04
_NO_MOBILE = 0.05
_SECOND_EMAIL = 0.22
_EMPLOYED = 0.45
_USES_COMPANY_MAILBOX = 0.07
_MIDDLE_NAME = 0.42
_MOVED = 0.10
_NEW_MOBILE = 0.08
# Shares of the households of two and more.
_FAMILY_MAILBOX = 0.06
_ONE_MOBILE_FOR_BOTH = 0.03
_LODGERS = 0.04
_LANDLINE = 0.66
# Of the partners who bear the head's name, so many took it in the last eight years.
_NEWLY_MARRIED = 0.2


@dataclass(frozen=True)
class People:
    """One row per customer; -1 in a column of row numbers and an empty text mean there is none.

    Names are rows of the vocabulary, `address` and `former_address` rows of `addresses`. `moved_on` and
    `married_on` are NaT for those who did neither. `email` is the address the person gives first: the private
    one, the household's, or the mailbox of the company.
    """

    members: Members
    middle_name: Ints
    surname: Ints
    second_surname: Ints
    former_surname: Ints
    married_on: Days
    addresses: Addresses
    address: Ints
    former_address: Ints
    moved_on: Days
    landline: Bools
    mobile: Strings
    former_mobile: Strings
    email: Strings
    own_email: Strings
    second_email: Strings
    companies: Companies
    company: Ints
    national_id: Strings

    def __len__(self) -> int:
        return len(self.surname)


def populate(seed: int, customers: int) -> People:
    """Exactly `customers` persons."""
    members = settle(stream(seed, "households"), customers)
    surname, second, former, married_on = _surnames(stream(seed, "surnames"), members)
    addresses, former_address, moved_on = _homes(stream(seed, "addresses"), members)
    random = stream(seed, "people")
    english = members.language == vocabulary().index("en")
    middle = vocabulary().given.draw(random, 2 * members.language + members.female)
    mobile, former_mobile = _mobiles(stream(seed, "mobiles"), members)
    companies = found_companies(stream(seed, "companies"), customers)
    company = employ(stream(seed, "employment"), companies, members.country)
    company[~chance(random, _EMPLOYED, customers)] = -1
    own, email, second_email = _emails(stream(seed, "emails"), members, (surname, former), companies, company)
    return People(
        members=members,
        middle_name=np.where(english & chance(random, _MIDDLE_NAME, customers), middle, -1),
        surname=surname,
        second_surname=second,
        former_surname=former,
        married_on=married_on,
        addresses=addresses,
        address=members.household,
        former_address=former_address,
        moved_on=moved_on,
        landline=chance(random, _LANDLINE, customers)[members.head],
        mobile=mobile,
        former_mobile=former_mobile,
        email=email,
        own_email=own,
        second_email=second_email,
        companies=companies,
        company=company,
        national_id=national_ids(stream(seed, "national ids"), members.country),
    )


def days_ago(random: Random, count: int, longest: int) -> Days:
    """Days in the past `longest` days, evenly."""
    return TODAY - random.integers(1, longest, count).astype("timedelta64[D]")


def _surnames(random: Random, members: Members) -> tuple[Ints, Ints, Ints, Days]:
    """Surname, second surname, surname before marriage, day of the marriage."""
    languages, names = vocabulary().languages, vocabulary().surnames
    role, head, count = members.role, members.head, len(members.role)
    own, second_own, maiden = (names.draw(random, members.language) for _ in range(3))
    keeps = np.array([language.keeps_name for language in languages])[members.language]
    double = np.array([language.double_share for language in languages])[members.language]
    mothers = np.array([language.mother_name for language in languages])[members.language]
    second = np.where(chance(random, double, count), second_own, -1)
    stranger = ((role == PARTNER) & chance(random, keeps, count)) | ((role > HEAD) & chance(random, _LODGERS, count))
    surname = np.where(stranger, own, own[head])
    second = np.where(stranger | mothers, second, second[head])
    # A child's second surname is the mother's first where the language has it so.
    partner = np.minimum(head + 1, count - 1)
    second = np.where(mothers & (role >= FIRST_CHILD), surname[partner], second)
    took_name = (role == PARTNER) & ~stranger & ~mothers
    married = took_name & chance(random, _NEWLY_MARRIED, count) & (maiden != surname)
    married_on = np.where(married, days_ago(random, count, 3000), np.datetime64("NaT"))
    return surname, second, np.where(married, maiden, -1), married_on


def _homes(random: Random, members: Members) -> tuple[Addresses, Ints, Days]:
    """Addresses (those of the households, then former ones), the former address and the day of the move."""
    household_country = members.country[members.role == HEAD]
    movers = np.flatnonzero(chance(random, _MOVED, len(members.role)))
    addresses = draw_addresses(random, np.concatenate([household_country, members.country[movers]]))
    former = np.full(len(members.role), -1, dtype=np.int64)
    former[movers] = len(household_country) + np.arange(len(movers))
    moved_on = np.where(former >= 0, days_ago(random, len(former), 3000), np.datetime64("NaT"))
    return addresses, former, moved_on


def _mobiles(random: Random, members: Members) -> tuple[Strings, Strings]:
    count = len(members.role)
    mobile, former = mobiles(random, members.country), mobiles(random, members.country)
    mobile[chance(random, _NO_MOBILE, count)] = ""
    shared = (members.role == PARTNER) & chance(random, _ONE_MOBILE_FOR_BOTH, count)
    mobile[shared] = mobile[members.head[shared]]
    former[~chance(random, _NEW_MOBILE, count) | shared] = ""
    return mobile, former


def _emails(
    random: Random, members: Members, names: tuple[Ints, Ints], companies: Companies, company: Ints
) -> tuple[Strings, Strings, Strings]:
    """The person's own address, the one given first, and a second one."""
    count, (surname, former) = len(members.role), names
    words = vocabulary()
    given = words.given.ascii[members.given_name]
    # Half of those who changed their name keep the address with the old one.
    kept = (former >= 0) & chance(random, 0.5, count)
    family = words.surnames.ascii[np.where(kept, former, surname)]
    year = members.birthdate.astype("datetime64[Y]").astype(np.int64) + 1970
    both = personal_emails(
        random, *(np.concatenate([column, column]) for column in (given, family, year, members.country))
    )
    own, second = both[:count], both[count:]
    own[chance(random, _NO_EMAIL, count)] = ""
    second[~chance(random, _SECOND_EMAIL, count)] = ""
    employed = np.flatnonzero((company >= 0) & chance(random, 0.6, count))
    at_work = company[employed]
    second[employed] = work_emails(random, given[employed], family[employed], at_work, companies.domain[at_work])
    return own, _first_emails(random, members, own, family, companies, company), second


def _first_emails(
    random: Random, members: Members, own: Strings, family: Strings, companies: Companies, company: Ints
) -> Strings:
    count, first = len(own), own.copy()
    heads = np.flatnonzero(members.role == HEAD)
    household_box = blank(count)
    household_box[heads] = family_emails(random, family[heads], members.country[heads])
    # Head and partner share the box; a head who lives alone keeps the private address.
    large = np.bincount(members.household)[members.household] > 1
    shares = chance(random, _FAMILY_MAILBOX, count)[members.head] & large & (members.role <= PARTNER)
    first[shares] = household_box[members.head[shares]]
    desk = np.flatnonzero((company >= 0) & chance(random, _USES_COMPANY_MAILBOX, count))
    first[desk] = companies.mailbox[company[desk]]
    return first
