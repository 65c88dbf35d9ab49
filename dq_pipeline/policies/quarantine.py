"""Which records are held out of linkage: those of which nobody could say whose they are.

A record that is merely poor is not held: one good value may still tell whose it is, and its failing rules tell the
rest. What is held here could only become a customer of its own who is nobody, or join a stranger. A record is released
by itself when its source has mended it, or by a steward (`dq-pipeline held release`).
"""

from __future__ import annotations

from dq_pipeline.domain.quarantine import HoldReason

# Values with a form of their own: text that stands in the wrong column fits none of them.
_TYPED = "[" + ", ".join(
    f"customers.{name}_status" for name in ("email", "phone_number", "birthdate", "country", "gender", "status")
) + "]"  # fmt: skip

_FACTS = (
    "[forms.birth_year::varchar, coalesce(forms.address_key, forms.postal_code_key), forms.locality_key, "
    "forms.job_title_key]"
)

HOLD_REASONS = (
    HoldReason(
        "nothing_to_go_by",
        "it has no usable name, e-mail address, phone number or identifier, "
        "and of birthdate, address, town and job at most one",
        # The employer of a person is not the person's name. Of 67 nameless records of real persons, two in three of
        # those with two such facts found their customer, and none of those with one.
        "coalesce(forms.name_key, forms.given_name_key, forms.family_name_key, "
        "case forms.party_type when 'organisation' then forms.organisation_key end, "
        "forms.email_key, forms.phone_number, forms.national_id_key) is null "
        "and len(coalesce(forms.email_keys, [])) = 0 and len(coalesce(forms.phone_numbers, [])) = 0 "
        f"and len(list_filter({_FACTS}, lambda fact: fact is not null)) <= 1",
    ),
    HoldReason(
        "values_out_of_place",
        "three or more values do not fit their columns and none does: its line has slipped",
        f"len(list_filter({_TYPED}, lambda status: status = 'invalid')) >= 3 and not list_contains({_TYPED}, 'valid')",
    ),
    HoldReason(
        "lines_run_together",
        "one value is longer than any name or address: several lines have run into one",
        "greatest(length(customers.name), length(customers.organisation_name), length(customers.email), "
        "length(customers.phone_number), length(customers.locality)) > 300",
    ),
)
