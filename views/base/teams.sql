-- One row per team.
SELECT
    team_id, name, admin_ids, distribution_method, assignment_limit, is_listed, synced_at, extra
FROM read_parquet('lake/teams/*.parquet', hive_partitioning = false)
