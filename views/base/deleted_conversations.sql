-- One row per conversation deleted in Intercom; its rows are gone from the other tables.
SELECT
    conversation_id, deleted_at, are_metrics_retained, synced_at, extra
FROM read_parquet('lake/deleted_conversations/*.parquet', hive_partitioning = false)
