-- One row per teammate, human or bot.
SELECT
    admin_id, name, email, job_title, is_bot, is_away, is_reassigning_while_away, has_inbox_seat,
    team_ids, role_name, is_listed, synced_at, extra
FROM read_parquet('lake/admins/*.parquet', hive_partitioning = false)
