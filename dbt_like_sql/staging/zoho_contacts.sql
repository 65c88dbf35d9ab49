-- Zoho CRM contacts (CSV export) under the canonical names, as they arrived.
-- A data processing basis other than consent allows processing without one, so it says nothing here. Opt-out boxes are
-- refusals when ticked; unticked they say nothing, because that is how every record begins.
select
    'zoho' as source_system,
    nullif(trim("Record Id"), '') as source_record_id,
    nullif(trim("Full Name"), '') as name,
    nullif(trim("First Name"), '') as given_name,
    nullif(trim("Last Name"), '') as family_name,
    nullif(trim("Date of Birth"), '') as birthdate,
    nullif(trim("Gender"), '') as gender,
    nullif(trim("Email"), '') as email,
    coalesce(nullif(trim("Mobile"), ''), nullif(trim("Phone"), ''), nullif(trim("Home Phone"), ''),
        nullif(trim("Other Phone"), '')) as phone_number,
    nullif(trim("Mailing Street"), '') as street_address,
    nullif(trim("Mailing City"), '') as locality,
    nullif(trim("Mailing State"), '') as region,
    nullif(trim("Mailing Zip"), '') as postal_code,
    nullif(trim("Mailing Country"), '') as country,
    nullif(trim("Account Name"), '') as organisation_name,
    nullif(trim("Title"), '') as job_title,
    case
        when lower(trim("Contact Status")) in ('active', 'inactive', 'prospect', 'former')
            then lower(trim("Contact Status"))
        else nullif(trim("Contact Status"), '')
    end as status,
    nullif(trim("Contact Owner"), '') as owner,
    nullif(trim("Created By"), '') as created_by,
    nullif(trim("Created Time"), '') as created_at,
    nullif(trim("Modified Time"), '') as updated_at,
    nullif(trim("Last Activity Time"), '') as last_activity_at,
    list_filter([
        {'channel': 'email', 'label': 'email', 'value': nullif(trim("Email"), '')},
        {'channel': 'email', 'label': 'secondary', 'value': nullif(trim("Secondary Email"), '')},
        {'channel': 'phone', 'label': 'phone', 'value': nullif(trim("Phone"), '')},
        {'channel': 'phone', 'label': 'mobile', 'value': nullif(trim("Mobile"), '')},
        {'channel': 'phone', 'label': 'home', 'value': nullif(trim("Home Phone"), '')},
        {'channel': 'phone', 'label': 'other', 'value': nullif(trim("Other Phone"), '')}
    ], lambda point: point.value is not null) as contact_points,
    list_filter([
        {
            'purpose': 'marketing_email',
            'status': case
                when coalesce(lower(trim("Data Processing Basis")), '') <> 'consent' then null
                when lower(trim("Data Processing Basis Details")) = 'obtained' then 'granted'
                when lower(trim("Data Processing Basis Details")) = 'withdrawn' then 'withdrawn'
                when lower(trim("Data Processing Basis Details")) in ('awaiting', 'not responded') then 'unknown'
                else nullif(trim("Data Processing Basis Details"), '')
            end,
            'given_at': nullif(trim("Consent Date"), ''),
            'method': nullif(trim("Consent Through"), ''),
            'evidence': 'Data Processing Basis Details=' || trim("Data Processing Basis Details")
        },
        {
            'purpose': 'marketing_email',
            'status': case
                when coalesce(lower(trim("Email Opt Out")), '') not in ('true', 'yes', '1') then null
                when nullif(trim("Unsubscribed Time"), '') is not null then 'withdrawn'
                else 'denied'
            end,
            'given_at': nullif(trim("Unsubscribed Time"), ''),
            'method': nullif(trim("Unsubscribed Mode"), ''),
            'evidence': 'Email Opt Out=' || trim("Email Opt Out")
        },
        {
            'purpose': 'marketing_sms',
            'status': case when lower(trim("SMS Opt Out")) in ('true', 'yes', '1') then 'denied' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'SMS Opt Out=' || trim("SMS Opt Out")
        }
    ], lambda consent: consent.status is not null) as consents,
    _load_id,
    _file,
    _line
from raw.zoho_contacts
