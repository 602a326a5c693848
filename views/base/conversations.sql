-- One row per conversation, as Intercom last described it.
SELECT
    conversation_id, created_at, updated_at, state, is_open, is_read, priority, title, source_type,
    source_id, source_delivered_as, source_subject, source_url, source_author_type,
    source_author_id, channel_initial, channel_current, contact_id, contact_ids,
    contact_external_id, contact_name, contact_email, company_id, company_name, admin_assignee_id,
    team_assignee_id, teammate_ids, tags, topics, rating, rating_remark, rating_requested_at,
    rating_updated_at, rating_contact_id, rated_teammate_id, rated_teammate_type, waiting_since_at,
    snoozed_until_at, first_contact_reply_at, first_contact_reply_type, first_contact_reply_url,
    sla_name, sla_status, ai_agent_participated, ai_agent_source_type, ai_agent_source_title,
    ai_agent_last_answer_type, ai_agent_resolution_state, ai_agent_rating, ai_agent_rating_remark,
    ai_agent_created_at, ai_agent_updated_at, ai_agent_content_sources, sales_agent_participated,
    linked_objects, is_ticket, stat_time_to_assignment_seconds, stat_time_to_admin_reply_seconds,
    stat_time_to_first_close_seconds, stat_time_to_last_close_seconds,
    stat_median_time_to_reply_seconds, stat_handling_time_seconds,
    stat_adjusted_handling_time_seconds, stat_first_contact_reply_at, stat_first_assignment_at,
    stat_first_admin_reply_at, stat_first_close_at, stat_last_assignment_at,
    stat_last_assignment_admin_reply_at, stat_last_contact_reply_at, stat_last_admin_reply_at,
    stat_last_close_at, stat_last_closed_by_id, stat_reopen_count, stat_assignment_count,
    stat_part_count, stat_team_first_responses, stat_team_first_responses_in_office_hours,
    custom_attributes, has_thread, parts_truncated, part_count, synced_at, extra,
    COLUMNS('^(month|day)$')
FROM read_parquet('lake/conversations/*/*.parquet', hive_partitioning = true)
