-- One row per ticket type.
SELECT
    ticket_type_id, name, description, category, is_archived, attributes, created_at, updated_at,
    is_listed, synced_at, extra
FROM read_parquet('lake/ticket_types/*.parquet', hive_partitioning = false)
