-- One row per tag.
SELECT
    tag_id, name, is_listed, synced_at, extra
FROM read_parquet('lake/tags/*.parquet', hive_partitioning = false)
