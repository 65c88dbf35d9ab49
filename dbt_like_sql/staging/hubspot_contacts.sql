-- HubSpot contacts (contacts export, CSV) under the canonical names, as they arrived.
-- Only the legal basis "freely given consent" is a consent; the other bases allow processing without one. The
-- lifecycle stage "Other" says nothing of the customer's standing. The one column "Unsubscribed from all email" is a
-- withdrawal when true and says nothing when empty.
select
    'hubspot' as source_system,
    nullif(trim("Record ID"), '') as source_record_id,
    nullif(trim("First Name"), '') as given_name,
    nullif(trim("Last Name"), '') as family_name,
    nullif(trim("Date of birth"), '') as birthdate,
    nullif(trim("Gender"), '') as gender,
    nullif(trim("Email"), '') as email,
    coalesce(nullif(trim("Mobile Phone Number"), ''), nullif(trim("Phone Number"), '')) as phone_number,
    nullif(trim("Street Address"), '') as street_address,
    nullif(trim("City"), '') as locality,
    nullif(trim("State/Region"), '') as region,
    nullif(trim("Postal Code"), '') as postal_code,
    nullif(trim("Country/Region"), '') as country,
    nullif(trim("Company Name"), '') as organisation_name,
    nullif(trim("Job Title"), '') as job_title,
    case
        when lower(trim("Lifecycle Stage")) in ('customer', 'evangelist') then 'active'
        when lower(trim("Lifecycle Stage")) in ('subscriber', 'lead', 'marketing qualified lead',
            'sales qualified lead', 'opportunity') then 'prospect'
        when lower(trim("Lifecycle Stage")) = 'other' then null
        when trim("Lifecycle Stage") <> '' then trim("Lifecycle Stage")
        when lower(trim("Lead Status")) = 'unqualified' then 'inactive'
        when lower(trim("Lead Status")) in ('new', 'open', 'in progress', 'open deal', 'attempted to contact',
            'connected', 'bad timing') then 'prospect'
        else nullif(trim("Lead Status"), '')
    end as status,
    nullif(trim("Contact owner"), '') as owner,
    nullif(trim("Created by user"), '') as created_by,
    nullif(trim("Create Date"), '') as created_at,
    nullif(trim("Last Modified Date"), '') as updated_at,
    nullif(trim("Last Activity Date"), '') as last_activity_at,
    list_filter(list_concat(
        [
            {'channel': 'email', 'label': 'email', 'value': nullif(trim("Email"), '')},
            {'channel': 'phone', 'label': 'phone', 'value': nullif(trim("Phone Number"), '')},
            {'channel': 'phone', 'label': 'mobile', 'value': nullif(trim("Mobile Phone Number"), '')}
        ],
        list_transform(
            string_split(coalesce("Additional email addresses", ''), ';'),
            lambda address: {'channel': 'email', 'label': 'additional', 'value': nullif(trim(address), '')}
        )
    ), lambda point: point.value is not null) as contact_points,
    list_filter([
        {
            'purpose': 'marketing_email',
            'status': case when contains(lower("Legal basis for processing contact's data"), 'freely given consent')
                then 'granted' end,
            'given_at': nullif(trim("Consent date"), ''),
            'method': nullif(trim("Consent method"), ''),
            'evidence': 'Legal basis for processing contact''s data=' || trim("Legal basis for processing contact's data")
        },
        {
            'purpose': 'marketing_email',
            'status': case when lower(trim("Unsubscribed from all email")) in ('true', 'yes', '1')
                then 'withdrawn' end,
            'given_at': nullif(trim("Consent date"), ''),
            'method': nullif(trim("Consent method"), ''),
            'evidence': 'Unsubscribed from all email=' || trim("Unsubscribed from all email")
        },
        {
            'purpose': 'marketing_sms',
            'status': case lower(trim("SMS consent")) when 'yes' then 'granted' when 'no' then 'denied'
                else nullif(trim("SMS consent"), '') end,
            'given_at': nullif(trim("Consent date"), ''),
            'method': nullif(trim("Consent method"), ''),
            'evidence': 'SMS consent=' || trim("SMS consent")
        },
        {
            'purpose': 'tracking',
            'status': case lower(trim("Tracking consent")) when 'yes' then 'granted' when 'no' then 'denied'
                else nullif(trim("Tracking consent"), '') end,
            'given_at': nullif(trim("Consent date"), ''),
            'method': nullif(trim("Consent method"), ''),
            'evidence': 'Tracking consent=' || trim("Tracking consent")
        }
    ], lambda consent: consent.status is not null) as consents,
    _load_id,
    _file,
    _line
from raw.hubspot_contacts
