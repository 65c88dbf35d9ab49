-- AO customers (legacy system, pipe-delimited) under the canonical names, as they arrived.
-- An empty country means GBR there. INITIALS are those of all given names: behind the first they are middle initials,
-- if they begin as the forename does.
select
    'ao' as source_system,
    nullif(trim("CUST_NO"), '') as source_record_id,
    nullif(trim("FORENAME"), '') as given_name,
    case
        when left(trim("INITIALS"), 1) = left(trim("FORENAME"), 1)
            then nullif(trim(substr(trim("INITIALS"), 2)), '')
    end as middle_name,
    nullif(trim("SURNAME"), '') as family_name,
    nullif(trim("DOB"), '') as birthdate,
    nullif(trim("SEX"), '') as gender,
    nullif(trim("EMAIL"), '') as email,
    coalesce(nullif(trim("TEL_MOBILE"), ''), nullif(trim("TEL_HOME"), '')) as phone_number,
    nullif(concat_ws(', ', nullif(trim("ADDR1"), ''), nullif(trim("ADDR2"), '')), '') as street_address,
    nullif(trim("TOWN"), '') as locality,
    nullif(trim("COUNTY"), '') as region,
    nullif(trim("POSTCODE"), '') as postal_code,
    coalesce(nullif(trim("CTRY"), ''), 'GBR') as country,
    nullif(trim("NAT_ID"), '') as national_id,
    case upper(trim("CUST_STATUS"))
        when 'A' then 'active'
        when 'C' then 'former'
        when 'S' then 'inactive'
        when 'D' then 'deceased'
        else nullif(trim("CUST_STATUS"), '')
    end as status,
    nullif(trim("ACCT_MGR"), '') as owner,
    nullif(trim("ENTERED_BY"), '') as created_by,
    nullif(trim("OPEN_DT"), '') as created_at,
    nullif(trim("LAST_CHG_DT"), '') as updated_at,
    nullif(trim("LAST_ORD_DT"), '') as last_activity_at,
    list_filter([
        {'channel': 'email', 'label': 'email', 'value': nullif(trim("EMAIL"), '')},
        {'channel': 'phone', 'label': 'home', 'value': nullif(trim("TEL_HOME"), '')},
        {'channel': 'phone', 'label': 'mobile', 'value': nullif(trim("TEL_MOBILE"), '')}
    ], lambda point: point.value is not null) as contact_points,
    list_filter([
        {
            'purpose': 'marketing_email',
            'status': case upper(trim("MKT_CONSENT")) when 'Y' then 'granted' when 'N' then 'denied'
                when 'W' then 'withdrawn' when 'U' then 'unknown' else nullif(trim("MKT_CONSENT"), '') end,
            'given_at': nullif(trim("CONSENT_DT"), ''),
            'method': case upper(trim("CONSENT_METHOD")) when 'W' then 'web' when 'P' then 'paper'
                when 'T' then 'telephone' when 'E' then 'e-mail' when 'S' then 'store'
                else nullif(trim("CONSENT_METHOD"), '') end,
            'evidence': 'MKT_CONSENT=' || trim("MKT_CONSENT")
        },
        {
            'purpose': 'third_party_sharing',
            'status': case upper(trim("TPS_CONSENT")) when 'Y' then 'granted' when 'N' then 'denied'
                when 'W' then 'withdrawn' when 'U' then 'unknown' else nullif(trim("TPS_CONSENT"), '') end,
            'given_at': nullif(trim("CONSENT_DT"), ''),
            'method': case upper(trim("CONSENT_METHOD")) when 'W' then 'web' when 'P' then 'paper'
                when 'T' then 'telephone' when 'E' then 'e-mail' when 'S' then 'store'
                else nullif(trim("CONSENT_METHOD"), '') end,
            'evidence': 'TPS_CONSENT=' || trim("TPS_CONSENT")
        }
    ], lambda consent: consent.status is not null) as consents,
    _load_id,
    _file,
    _line
from raw.ao_customers
