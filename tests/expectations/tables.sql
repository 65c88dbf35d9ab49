-- The tables the suites look at, as docs/architecture.md describes them: what the example rows are put into.
create schema if not exists staging;
create schema if not exists quality;
create schema if not exists golden;
create table staging.customers (
    record_key varchar, source_system varchar, source_record_id varchar, party_type varchar, name varchar,
    given_name varchar, middle_name varchar, family_name varchar, birthdate date, gender varchar, email varchar,
    phone_number varchar, street_address varchar, locality varchar, region varchar, postal_code varchar,
    country varchar, organisation_name varchar, job_title varchar, national_id varchar, status varchar, owner varchar,
    created_by varchar, created_at timestamp, updated_at timestamp, last_activity_at timestamp,
    email_status varchar, phone_number_status varchar, birthdate_status varchar,
    street_address_status varchar, country_status varchar,
    postal_code_status varchar, name_status varchar, status_status varchar, gender_status varchar,
    national_id_status varchar, birthdate_as_given varchar,
    contract_id varchar, _load_id bigint, _file varchar, _line bigint
);
create table staging.source_records (record_key varchar, name varchar, given_name varchar, family_name varchar);
create table quality.corrections (
    record_key varchar, source_system varchar, column_name varchar, rule_id varchar, before varchar, after varchar,
    confidence double, applied boolean
);
create table staging.parsed_phones (raw varchar, country varchar, value varchar, status varchar, region varchar);
create table staging.contact_points (
    record_key varchar, source_system varchar, source_record_id varchar, channel varchar, label varchar,
    value varchar, value_as_given varchar, status varchar, is_primary boolean
);
create table staging.consents (
    record_key varchar, source_system varchar, source_record_id varchar, purpose varchar, status varchar,
    given_at timestamp, given_at_as_given varchar, method varchar, evidence varchar
);
create table staging.interactions (
    record_key varchar, interaction_id varchar, source_system varchar, source_record_id varchar, channel varchar,
    direction varchar, occurred_at timestamp, subject varchar, agent varchar, outcome varchar
);
create table staging.transactions (
    record_key varchar, transaction_id varchar, source_system varchar, source_record_id varchar,
    occurred_at timestamp, amount decimal(18, 2), currency varchar, status varchar, product varchar, channel varchar
);
create table golden.crosswalk (
    record_key varchar, source_system varchar, source_record_id varchar, customer_id varchar
);
create table golden.customers (
    customer_id varchar, party_type varchar, name varchar, given_name varchar, middle_name varchar,
    family_name varchar, birthdate date, gender varchar, email varchar, phone_number varchar, street_address varchar,
    locality varchar, region varchar, postal_code varchar, country varchar, organisation_name varchar,
    job_title varchar, national_id varchar, status varchar, owner varchar, record_count bigint, source_count bigint,
    created_at timestamp, updated_at timestamp, last_activity_at timestamp
);
create table golden.attribute_provenance (customer_id varchar, attribute varchar, record_key varchar);
create table golden.contact_points (
    customer_id varchar, channel varchar, value varchar, contact_point_key varchar, status varchar, is_shared boolean,
    is_preferred boolean, preference bigint
);
create table golden.consents (
    customer_id varchar, purpose varchar, channel varchar, status varchar, usable boolean, record_key varchar,
    given_at timestamp, method varchar
);
create table golden.contactable (
    customer_id varchar, purpose varchar, channel varchar, contact_point_key varchar, record_key varchar,
    given_at timestamp, method varchar
);
create table quality.rules (
    rule_id varchar, table_name varchar, column_name varchar, dimension varchar, severity varchar, owner varchar,
    description varchar, why varchar, fix varchar, expectation_type varchar, weight_column boolean, blocking boolean,
    columns varchar[], penalty decimal(3, 2)
);
create table quality.failing_rows (
    rule_id varchar, table_name varchar, column_name varchar, record_key varchar, source_system varchar,
    first_seen timestamp, last_seen timestamp, fixed_at timestamp, times_reopened integer
);
create schema if not exists raw;
create table raw.loads (
    load_id bigint, source varchar, file varchar, lines bigint, loaded bigint, rejected bigint, status varchar,
    run_id varchar, snapshot_id bigint
);
create table raw.snapshots (
    snapshot_id bigint, source varchar, run_id varchar, load_ids bigint[], late boolean, files bigint, lines bigint,
    loaded bigint, rejected bigint, new_records bigint, changed_records bigint, unchanged_records bigint,
    deleted_records bigint, current_records bigint
);
create table raw.source_findings (source varchar, check_name varchar, problem varchar, checked_at timestamp);
create table staging.removed_records (record_key varchar);
