-- One row per custom attribute that conversations can have.
SELECT
    attribute_id, name, description, data_type, is_required, is_archived, options, created_at,
    updated_at, is_listed, synced_at, extra
FROM read_parquet('lake/conversation_attributes/*.parquet', hive_partitioning = false)
