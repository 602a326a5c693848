-- One row per conversation, with what happened in it as numbers and times.
--
-- ? How long did customers wait for a first reply, by week?
-- ? Which conversations were reopened, and who had closed them?
-- ? Who is waiting for an answer, and since when?
--
-- Durations are calendar seconds unless their name says office_hours; NULL means that it did not happen (yet).
-- Times come from the messages. Of a conversation whose messages are not all held (timing_source = 'statistics')
-- they come from Intercom's statistics, and what those do not tell is NULL.
--
-- conversation_id VARCHAR: The conversation's id.
-- created_at TIMESTAMP: When it began (UTC).
-- updated_at TIMESTAMP: When it last changed (UTC).
-- state VARCHAR: open, closed or snoozed.
-- is_closed BOOLEAN: Whether it is closed now.
-- started_by VARCHAR: Who wrote the opening message: customer, teammate, bot, system.
-- is_inbound BOOLEAN: Whether a customer wrote before any teammate did.
-- priority VARCHAR: none, low, medium, high, urgent; before API 2.16 priority or not_priority.
-- title VARCHAR, personal: Its title.
-- source_type VARCHAR: The channel of the first message: conversation, email, whatsapp …
-- source_delivered_as VARCHAR: customer_initiated, campaigns_initiated, operator_initiated, automated, admin_initiated.
-- contact_id VARCHAR: The first contact.
-- contact_name VARCHAR, personal: That contact's name as known at the sync.
-- contact_email VARCHAR, personal: That contact's e-mail address as known at the sync.
-- company_id VARCHAR: The company.
-- company_name VARCHAR, personal: The company's name.
-- admin_assignee_id VARCHAR: The teammate it is assigned to now.
-- team_assignee_id VARCHAR: The team it is assigned to now.
-- first_replier_id VARCHAR: The teammate who gave the first reply.
-- replier_ids VARCHAR[]: Teammates who replied, in the order of their first reply; NULL when not all messages are held.
-- tags STRUCT(tag_id VARCHAR, name VARCHAR, applied_at TIMESTAMP, applied_by_type VARCHAR, applied_by_id VARCHAR)[]: Its tags.
-- topics STRUCT(topic_id VARCHAR, name VARCHAR)[]: Topics Intercom recognised.
-- custom_attributes VARCHAR, personal: The workspace's own attributes, as JSON.
-- is_ticket BOOLEAN: Whether it is the conversation side of a ticket.
-- first_customer_message_at TIMESTAMP: The earliest message by a customer, the opening one included (UTC).
-- last_customer_message_at TIMESTAMP: The latest message by a customer, the opening one included (UTC).
-- first_teammate_reply_at TIMESTAMP: The earliest reply by a teammate, notes excluded, to a customer (UTC).
-- first_bot_reply_at TIMESTAMP: The earliest reply by a bot to a customer (UTC).
-- first_response_seconds BIGINT: From the first customer message to the first teammate's reply. Unit: seconds.
-- first_any_response_seconds BIGINT: From the first customer message to the first reply by a teammate or bot. Unit: seconds.
-- first_response_office_hours_seconds BIGINT: Intercom's time to the first teammate's reply, in its office hours. Unit: seconds.
-- median_reply_seconds DOUBLE: The median time from the first unanswered customer message to the teammate's reply. Unit: seconds.
-- replies_timed_count BIGINT: How many replies that median is of.
-- median_reply_office_hours_seconds BIGINT: Intercom's median time to a reply, in its office hours. Unit: seconds.
-- first_close_at TIMESTAMP: The first close, by anyone (UTC).
-- last_close_at TIMESTAMP: The last close, by anyone (UTC).
-- last_closed_by_id VARCHAR: Who closed it last.
-- time_to_first_close_seconds BIGINT: From the first customer message to the first close. Unit: seconds.
-- time_to_last_close_seconds BIGINT: From the first customer message to the last close. Unit: seconds.
-- resolution_seconds BIGINT: The time to the last close of a conversation that is closed now. Unit: seconds.
-- reopen_count BIGINT: How often a customer or teammate opened it again after a close.
-- was_reopened BOOLEAN: Whether that happened.
-- is_resolved_on_first_contact BOOLEAN: Whether it is closed, was never reopened, and at most one teammate replied; NULL when not all messages are held.
-- is_unanswered BOOLEAN: Whether it is inbound, not closed, and nobody replied after the customer's last message.
-- waiting_since_at TIMESTAMP: Since when a customer has been waiting for a teammate, as Intercom says; bots do not end it (UTC).
-- waiting_seconds BIGINT: How long that was at the last sync. Unit: seconds.
-- age_seconds BIGINT: How long ago it began, at the last sync. Unit: seconds.
-- snoozed_until_at TIMESTAMP: When a snooze ends (UTC).
-- first_assigned_at TIMESTAMP: The first assignment (UTC).
-- assignment_count BIGINT: How often it was assigned.
-- is_reassigned_after_reply BOOLEAN: Whether it was assigned after a teammate's first reply; NULL when not all messages are held.
-- customer_message_count BIGINT: Messages by customers, the opening one included, of those held.
-- teammate_reply_count BIGINT: Replies by teammates, of those held.
-- bot_reply_count BIGINT: Replies by bots, of those held.
-- note_count BIGINT: Internal notes, of those held.
-- part_count BIGINT: Parts, the opening message excluded.
-- rating BIGINT: The customer's rating, 1 to 5.
-- rating_remark VARCHAR, personal: The customer's words with it.
-- rating_requested_at TIMESTAMP: When the rating was asked for (UTC).
-- rated_teammate_id VARCHAR: The teammate who was rated.
-- fin_involved BOOLEAN: Whether Fin took part.
-- fin_resolved BOOLEAN: Whether Fin's part ended in an assumed or confirmed resolution.
-- fin_resolution_state VARCHAR: How Fin's part ended.
-- fin_last_answer_type VARCHAR: ai_answer or custom_answer.
-- sla_name VARCHAR: The service level agreement applied.
-- sla_status VARCHAR: hit, missed, cancelled or active.
-- has_thread BOOLEAN: Whether its messages are held.
-- parts_truncated BOOLEAN: Whether Intercom returned fewer parts than there are.
-- timing_source VARCHAR: messages, or statistics when not all messages are held.
WITH

-- The columns needed, and how much of each thread is held. That it is those columns, and that no step uses a name it
-- makes itself, halves the time DuckDB plans any question over this view, which is most of what a small lake takes.
conversations AS (
    SELECT
        conversation_id, created_at, updated_at, state, priority, title, source_type, source_delivered_as,
        contact_id, contact_name, contact_email, company_id, company_name, admin_assignee_id,
        team_assignee_id, tags, topics, rating, rating_remark, rating_requested_at, rated_teammate_id,
        waiting_since_at, snoozed_until_at, first_contact_reply_at, sla_name, sla_status,
        ai_agent_participated, ai_agent_last_answer_type, ai_agent_resolution_state, is_ticket,
        stat_time_to_admin_reply_seconds, stat_median_time_to_reply_seconds, stat_first_contact_reply_at,
        stat_first_assignment_at, stat_first_admin_reply_at, stat_first_close_at, stat_last_contact_reply_at,
        stat_last_admin_reply_at, stat_last_close_at, stat_last_closed_by_id, stat_reopen_count,
        stat_assignment_count, stat_part_count, custom_attributes, has_thread, parts_truncated, part_count,
        thread_started_by, thread_first_customer_message_at, thread_last_customer_message_at,
        thread_is_inbound, thread_awaits_reply, thread_first_teammate_reply_at, thread_first_replier_id,
        thread_first_bot_reply_at,
        thread_replier_ids, thread_median_reply_seconds, thread_timed_reply_count,
        thread_customer_message_count, thread_teammate_reply_count, thread_bot_reply_count, thread_note_count,
        thread_first_close_at, thread_last_close_at, thread_last_closed_by_id, thread_reopen_count,
        thread_first_assigned_at, thread_assignment_count, thread_is_reassigned_after_reply,
        state = 'closed' AS is_closed,
        has_thread AND NOT parts_truncated AS is_whole,
        (has_thread AND NOT parts_truncated) OR thread_started_by = 'customer' AS is_beginning_held
    FROM conversations
),

-- What was known of waiting customers is as of the last sync of everything.
last_sync AS (
    SELECT max(started_at) AS started_at
    FROM sync_runs
    WHERE kind <> 'conversations' AND outcome IN ('completed', 'incomplete')
),

-- Times of what happened: from the messages if all are held, else from Intercom's statistics.
timed AS (
    SELECT
        *,
        CASE
            WHEN is_beginning_held THEN thread_first_customer_message_at
            ELSE coalesce(stat_first_contact_reply_at, first_contact_reply_at)
        END AS first_customer_message_at,
        CASE
            WHEN is_whole THEN thread_last_customer_message_at
            ELSE greatest(thread_last_customer_message_at, stat_last_contact_reply_at, first_customer_message_at)
        END AS last_customer_message_at,
        CASE WHEN is_whole THEN thread_first_teammate_reply_at ELSE stat_first_admin_reply_at END
            AS first_teammate_reply_at,
        CASE WHEN is_whole THEN thread_first_bot_reply_at END AS first_bot_reply_at,
        CASE
            WHEN is_whole THEN coalesce(thread_first_close_at, stat_first_close_at)
            ELSE coalesce(stat_first_close_at, thread_first_close_at)
        END AS first_close_at,
        coalesce(thread_last_close_at, stat_last_close_at) AS last_close_at,
        CASE WHEN is_whole THEN thread_reopen_count ELSE stat_reopen_count END AS reopen_count,
        CASE
            WHEN is_beginning_held THEN thread_is_inbound
            ELSE thread_started_by <> 'teammate'
                AND coalesce(stat_first_contact_reply_at, first_contact_reply_at) IS NOT NULL
        END AS is_inbound,
        CASE
            WHEN has_thread THEN thread_awaits_reply
            ELSE coalesce(stat_last_contact_reply_at > stat_last_admin_reply_at, stat_last_admin_reply_at IS NULL)
        END AS awaits_reply
    FROM conversations
),

final AS (
    SELECT
        conversation_id, created_at, updated_at, state, is_closed, thread_started_by AS started_by, is_inbound,
        priority, title, source_type, source_delivered_as, contact_id, contact_name, contact_email, company_id,
        company_name, admin_assignee_id, team_assignee_id,
        CASE WHEN is_whole THEN thread_first_replier_id END AS first_replier_id,
        CASE WHEN is_whole THEN thread_replier_ids END AS replier_ids,
        tags, topics, custom_attributes, is_ticket, first_customer_message_at, last_customer_message_at,
        first_teammate_reply_at, first_bot_reply_at,
        date_diff('second', first_customer_message_at, first_teammate_reply_at) AS first_response_seconds,
        date_diff('second', first_customer_message_at, least(first_teammate_reply_at, first_bot_reply_at))
            AS first_any_response_seconds,
        stat_time_to_admin_reply_seconds AS first_response_office_hours_seconds,
        CASE WHEN is_whole THEN thread_median_reply_seconds END AS median_reply_seconds,
        CASE WHEN is_whole THEN thread_timed_reply_count END AS replies_timed_count,
        stat_median_time_to_reply_seconds AS median_reply_office_hours_seconds,
        first_close_at, last_close_at,
        coalesce(thread_last_closed_by_id, stat_last_closed_by_id) AS last_closed_by_id,
        -- A close is counted from the customer's first message, unless that came after it.
        CASE
            WHEN first_customer_message_at <= first_close_at
                THEN date_diff('second', first_customer_message_at, first_close_at)
            ELSE date_diff('second', created_at, first_close_at)
        END AS time_to_first_close_seconds,
        CASE
            WHEN first_customer_message_at <= last_close_at
                THEN date_diff('second', first_customer_message_at, last_close_at)
            ELSE date_diff('second', created_at, last_close_at)
        END AS time_to_last_close_seconds,
        CASE
            WHEN is_closed IS NOT TRUE THEN NULL
            WHEN first_customer_message_at <= last_close_at
                THEN date_diff('second', first_customer_message_at, last_close_at)
            ELSE date_diff('second', created_at, last_close_at)
        END AS resolution_seconds,
        reopen_count,
        reopen_count > 0 AS was_reopened,
        CASE WHEN is_whole THEN is_closed AND reopen_count = 0 AND len(thread_replier_ids) <= 1 END
            AS is_resolved_on_first_contact,
        is_inbound AND NOT is_closed AND awaits_reply AS is_unanswered,
        waiting_since_at,
        CASE
            WHEN waiting_since_at <= last_sync.started_at
                THEN date_diff('second', waiting_since_at, last_sync.started_at)
        END AS waiting_seconds,
        CASE WHEN created_at <= last_sync.started_at THEN date_diff('second', created_at, last_sync.started_at) END
            AS age_seconds,
        snoozed_until_at,
        CASE WHEN is_whole THEN thread_first_assigned_at ELSE stat_first_assignment_at END AS first_assigned_at,
        CASE WHEN is_whole THEN thread_assignment_count ELSE stat_assignment_count END AS assignment_count,
        CASE WHEN is_whole THEN thread_is_reassigned_after_reply END AS is_reassigned_after_reply,
        CASE WHEN has_thread THEN thread_customer_message_count END AS customer_message_count,
        CASE WHEN has_thread THEN thread_teammate_reply_count END AS teammate_reply_count,
        CASE WHEN has_thread THEN thread_bot_reply_count END AS bot_reply_count,
        CASE WHEN has_thread THEN thread_note_count END AS note_count,
        coalesce(part_count, stat_part_count - 1) AS part_count,
        rating, rating_remark, rating_requested_at, rated_teammate_id,
        coalesce(ai_agent_participated, false) AS fin_involved,
        coalesce(ai_agent_resolution_state IN ('assumed_resolution', 'confirmed_resolution'), false)
            AS fin_resolved,
        ai_agent_resolution_state AS fin_resolution_state,
        ai_agent_last_answer_type AS fin_last_answer_type,
        sla_name, sla_status, has_thread, parts_truncated,
        CASE WHEN is_whole THEN 'messages' ELSE 'statistics' END AS timing_source
    FROM timed
    CROSS JOIN last_sync -- one row, whatever there was
)

SELECT * FROM final
