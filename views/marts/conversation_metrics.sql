-- One row per conversation, with what happened in it as numbers and times.
--
-- ? How long did customers wait for a first reply, by week?
-- ? Which conversations were reopened, and who had closed them?
-- ? Who is waiting for an answer, and since when?
--
-- Durations are calendar seconds unless their name says office_hours; NULL means that it did not happen (yet).
-- Times come from the messages. Of a conversation whose messages are not all held (timing_source = 'statistics')
-- they come from Intercom's statistics, and what those do not tell is NULL. All but what depends on the time of the
-- last sync is computed when a conversation is stored.
--
-- waiting_seconds BIGINT: How long a customer had been waiting for a teammate at the last sync. Unit: seconds.
-- age_seconds BIGINT: How long ago it began, at the last sync. Unit: seconds.
SELECT
    conversation_id, created_at, updated_at, state, is_closed, started_by, is_inbound, priority, title,
    source_type, source_delivered_as, contact_id, contact_name, contact_email, company_id, company_name,
    admin_assignee_id, team_assignee_id, first_replier_id, replier_ids, tags, topics, custom_attributes,
    is_ticket, first_customer_message_at, last_customer_message_at, first_teammate_reply_at,
    first_bot_reply_at, first_response_seconds, first_any_response_seconds,
    first_response_office_hours_seconds, median_reply_seconds, replies_timed_count,
    median_reply_office_hours_seconds, first_close_at, last_close_at, last_closed_by_id,
    time_to_first_close_seconds, time_to_last_close_seconds, resolution_seconds, reopen_count, was_reopened,
    is_resolved_on_first_contact, is_unanswered, waiting_since_at, snoozed_until_at, first_assigned_at,
    assignment_count, is_reassigned_after_reply, customer_message_count, teammate_reply_count, bot_reply_count,
    note_count, part_count, rating, rating_remark, rating_requested_at, rated_teammate_id, fin_involved,
    fin_resolved, fin_resolution_state, fin_last_answer_type, sla_name, sla_status, has_thread,
    parts_truncated, timing_source,
    CASE WHEN waiting_since_at <= last_sync_at() THEN date_diff('second', waiting_since_at, last_sync_at()) END
        AS waiting_seconds,
    CASE WHEN created_at <= last_sync_at() THEN date_diff('second', created_at, last_sync_at()) END AS age_seconds
FROM read_parquet('lake/conversation_metrics/data.parquet')
