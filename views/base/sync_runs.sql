-- One row per sync that ended; the latest 5,000.
SELECT
    run_id, kind, outcome, started_at, finished_at, listed_count, changed_count, thread_count,
    message_count, contact_count, deleted_count, missing_count, missing, request_count, retry_count,
    rate_limited_count, written_bytes, error
FROM read_parquet('lake/sync_runs/*.parquet', hive_partitioning = false)
