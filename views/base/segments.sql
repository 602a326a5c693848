-- One row per segment of contacts or companies.
SELECT
    segment_id, name, person_type, member_count, created_at, updated_at, is_listed, synced_at, extra
FROM read_parquet('lake/segments/*.parquet', hive_partitioning = false)
