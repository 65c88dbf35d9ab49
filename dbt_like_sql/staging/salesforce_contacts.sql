-- Salesforce contacts (Data Export, Contact.csv) under the canonical names, as they arrived.
-- Opt-out boxes are refusals when ticked; unticked they say nothing, because that is how every record begins.
select
    'salesforce' as source_system,
    nullif(trim("Id"), '') as source_record_id,
    nullif(trim("Name"), '') as name,
    nullif(trim("FirstName"), '') as given_name,
    nullif(trim("MiddleName"), '') as middle_name,
    nullif(trim("LastName"), '') as family_name,
    nullif(trim("Birthdate"), '') as birthdate,
    nullif(trim("GenderIdentity"), '') as gender,
    nullif(trim("Email"), '') as email,
    coalesce(nullif(trim("MobilePhone"), ''), nullif(trim("Phone"), ''), nullif(trim("HomePhone"), ''),
        nullif(trim("OtherPhone"), '')) as phone_number,
    nullif(trim("MailingStreet"), '') as street_address,
    nullif(trim("MailingCity"), '') as locality,
    nullif(trim("MailingState"), '') as region,
    nullif(trim("MailingPostalCode"), '') as postal_code,
    nullif(trim("MailingCountry"), '') as country,
    nullif(trim("Account_Name__c"), '') as organisation_name,
    nullif(trim("Title"), '') as job_title,
    case
        when lower(trim("IsDeleted")) in ('1', 'true') then 'deleted'
        when lower(trim("Status__c")) in ('active', 'inactive', 'prospect', 'former') then lower(trim("Status__c"))
        else nullif(trim("Status__c"), '')
    end as status,
    nullif(trim("OwnerId"), '') as owner,
    nullif(trim("CreatedById"), '') as created_by,
    nullif(trim("CreatedDate"), '') as created_at,
    nullif(trim("LastModifiedDate"), '') as updated_at,
    nullif(trim("LastActivityDate"), '') as last_activity_at,
    list_filter([
        {'channel': 'email', 'label': 'email', 'value': nullif(trim("Email"), '')},
        {'channel': 'phone', 'label': 'phone', 'value': nullif(trim("Phone"), '')},
        {'channel': 'phone', 'label': 'mobile', 'value': nullif(trim("MobilePhone"), '')},
        {'channel': 'phone', 'label': 'home', 'value': nullif(trim("HomePhone"), '')},
        {'channel': 'phone', 'label': 'other', 'value': nullif(trim("OtherPhone"), '')}
    ], lambda point: point.value is not null) as contact_points,
    list_filter([
        {
            'purpose': 'marketing_email',
            'status': case when lower(trim("Consent_Email__c")) in ('granted', 'denied', 'withdrawn', 'unknown')
                then lower(trim("Consent_Email__c")) else nullif(trim("Consent_Email__c"), '') end,
            'given_at': nullif(trim("Consent_Date__c"), ''),
            'method': nullif(trim("Consent_Method__c"), ''),
            'evidence': 'Consent_Email__c=' || trim("Consent_Email__c")
        },
        {
            'purpose': 'marketing_sms',
            'status': case when lower(trim("Consent_SMS__c")) in ('granted', 'denied', 'withdrawn', 'unknown')
                then lower(trim("Consent_SMS__c")) else nullif(trim("Consent_SMS__c"), '') end,
            'given_at': nullif(trim("Consent_Date__c"), ''),
            'method': nullif(trim("Consent_Method__c"), ''),
            'evidence': 'Consent_SMS__c=' || trim("Consent_SMS__c")
        },
        {
            'purpose': 'third_party_sharing',
            'status': case when lower(trim("Consent_Third_Party__c")) in ('granted', 'denied', 'withdrawn', 'unknown')
                then lower(trim("Consent_Third_Party__c")) else nullif(trim("Consent_Third_Party__c"), '') end,
            'given_at': nullif(trim("Consent_Date__c"), ''),
            'method': nullif(trim("Consent_Method__c"), ''),
            'evidence': 'Consent_Third_Party__c=' || trim("Consent_Third_Party__c")
        },
        {
            'purpose': 'marketing_email',
            'status': case when lower(trim("HasOptedOutOfEmail")) in ('1', 'true') then 'denied' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'HasOptedOutOfEmail=' || trim("HasOptedOutOfEmail")
        },
        {
            'purpose': 'marketing_phone',
            'status': case when lower(trim("DoNotCall")) in ('1', 'true') then 'denied' end,
            'given_at': null::varchar,
            'method': null::varchar,
            'evidence': 'DoNotCall=' || trim("DoNotCall")
        }
    ], lambda consent: consent.status is not null) as consents,
    _load_id,
    _file,
    _line
from raw.salesforce_contacts
