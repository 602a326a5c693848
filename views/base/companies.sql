-- One row per company.
SELECT
    company_id, external_id, name, plan_id, plan_name, created_at, updated_at, remote_created_at,
    last_request_at, size, website, industry, monthly_spend, session_count, user_count, tags,
    segments, custom_attributes, synced_at, extra
FROM read_parquet('lake/companies/*.parquet', hive_partitioning = false)
