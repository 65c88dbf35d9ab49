-- Microsoft Dynamics 365 contacts (Dataverse Web API) under the canonical names, as they arrived.
-- The three switches against e-mail are one refusal; switches that are off say nothing, because that is how every
-- record begins. A view exported to Excel has the labels of choices where the interface has codes. A name suffix stands behind the family name, where the parser of names takes it off again.
select
    'dynamics' as source_system,
    nullif(trim(contactid), '') as source_record_id,
    nullif(trim(fullname), '') as name,
    nullif(trim(firstname), '') as given_name,
    nullif(trim(middlename), '') as middle_name,
    nullif(trim(lastname), '') || coalesce(' ' || nullif(trim(suffix), ''), '') as family_name,
    nullif(trim(birthdate), '') as birthdate,
    case trim(gendercode) when '1' then 'male' when '2' then 'female' else nullif(trim(gendercode), '') end as gender,
    nullif(trim(emailaddress1), '') as email,
    coalesce(nullif(trim(mobilephone), ''), nullif(trim(telephone2), ''), nullif(trim(telephone1), '')) as phone_number,
    nullif(concat_ws(', ', nullif(trim(address1_line1), ''), nullif(trim(address1_line2), '')), '') as street_address,
    nullif(trim(address1_city), '') as locality,
    nullif(trim(address1_stateorprovince), '') as region,
    nullif(trim(address1_postalcode), '') as postal_code,
    nullif(trim(address1_country), '') as country,
    nullif(trim("_parentcustomerid_value@OData.Community.Display.V1.FormattedValue"), '') as organisation_name,
    nullif(trim(jobtitle), '') as job_title,
    case lower(trim(statecode))
        when '0' then 'active' when 'active' then 'active' when '1' then 'inactive' when 'inactive' then 'inactive'
        else nullif(trim(statecode), '')
    end as status,
    coalesce(nullif(trim("_ownerid_value@OData.Community.Display.V1.FormattedValue"), ''),
        nullif(trim(_ownerid_value), '')) as owner,
    coalesce(nullif(trim("_createdby_value@OData.Community.Display.V1.FormattedValue"), ''),
        nullif(trim(_createdby_value), '')) as created_by,
    nullif(trim(createdon), '') as created_at,
    nullif(trim(modifiedon), '') as updated_at,
    nullif(trim(new_lastactivityon), '') as last_activity_at,
    list_filter([
        {'channel': 'email', 'label': 'email', 'value': nullif(trim(emailaddress1), '')},
        {'channel': 'email', 'label': 'secondary', 'value': nullif(trim(emailaddress2), '')},
        {'channel': 'email', 'label': 'other', 'value': nullif(trim(emailaddress3), '')},
        {'channel': 'phone', 'label': 'work', 'value': nullif(trim(telephone1), '')},
        {'channel': 'phone', 'label': 'home', 'value': nullif(trim(telephone2), '')},
        {'channel': 'phone', 'label': 'mobile', 'value': nullif(trim(mobilephone), '')}
    ], lambda point: point.value is not null) as contact_points,
    list_filter([
        {
            'purpose': 'marketing_email',
            'status': case trim(new_marketingconsent)
                when '100000000' then 'granted'
                when '100000001' then 'denied'
                when '100000002' then 'withdrawn'
                else nullif(trim(new_marketingconsent), '')
            end,
            'given_at': nullif(trim(new_consentdate), ''),
            'method': nullif(trim(new_consentmethod), ''),
            'evidence': 'new_marketingconsent=' || trim(new_marketingconsent)
        },
        {
            'purpose': 'marketing_email',
            'status': case
                when lower(trim(donotemail)) in ('true', 'yes', 'do not allow')
                    or lower(trim(donotbulkemail)) in ('true', 'yes', 'do not allow')
                    or lower(trim(donotsendmm)) in ('true', 'yes', 'do not allow') then 'denied'
            end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': concat_ws('; ',
                case when lower(trim(donotemail)) in ('true', 'yes', 'do not allow') then 'donotemail=' || trim(donotemail) end,
                case when lower(trim(donotbulkemail)) in ('true', 'yes', 'do not allow') then 'donotbulkemail=' || trim(donotbulkemail) end,
                case when lower(trim(donotsendmm)) in ('true', 'yes', 'do not allow') then 'donotsendmm=' || trim(donotsendmm) end)
        },
        {
            'purpose': 'marketing_email',
            'status': case when lower(trim(msdyn_gdproptout)) in ('true', 'yes', 'do not allow') then 'withdrawn' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'msdyn_gdproptout=' || trim(msdyn_gdproptout)
        },
        {
            'purpose': 'marketing_phone',
            'status': case when lower(trim(donotphone)) in ('true', 'yes', 'do not allow') then 'denied' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'donotphone=' || trim(donotphone)
        },
        {
            'purpose': 'tracking',
            'status': case when lower(trim(msdyn_disablewebtracking)) in ('true', 'yes', 'do not allow') then 'denied' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'msdyn_disablewebtracking=' || trim(msdyn_disablewebtracking)
        }
    ], lambda consent: consent.status is not null) as consents,
    _load_id,
    _file,
    _line
from raw.dynamics_contacts
