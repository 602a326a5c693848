-- What is kept of each conversation in numbers and times is what the conversation says.
WITH

-- How much of each thread is held.
held AS (
    SELECT
        *,
        state = 'closed' AS is_closed,
        has_thread AND NOT parts_truncated AS is_whole,
        (has_thread AND NOT parts_truncated) OR thread_started_by = 'customer' AS is_beginning_held
    FROM conversations
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
    FROM held
),

told AS (
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
),

final AS (
    SELECT
        coalesce(stored.conversation_id, told.conversation_id) AS conversation_id,
        CASE
            WHEN stored.conversation_id IS NULL THEN 'not in conversation_metrics'
            WHEN told.conversation_id IS NULL THEN 'not in conversations'
            ELSE concat_ws(
                ', ',
                CASE WHEN stored.created_at IS DISTINCT FROM told.created_at THEN 'created_at' END,
                CASE WHEN stored.updated_at IS DISTINCT FROM told.updated_at THEN 'updated_at' END,
                CASE WHEN stored.state IS DISTINCT FROM told.state THEN 'state' END,
                CASE WHEN stored.is_closed IS DISTINCT FROM told.is_closed THEN 'is_closed' END,
                CASE WHEN stored.started_by IS DISTINCT FROM told.started_by THEN 'started_by' END,
                CASE WHEN stored.is_inbound IS DISTINCT FROM told.is_inbound THEN 'is_inbound' END,
                CASE WHEN stored.priority IS DISTINCT FROM told.priority THEN 'priority' END,
                CASE WHEN stored.title IS DISTINCT FROM told.title THEN 'title' END,
                CASE WHEN stored.source_type IS DISTINCT FROM told.source_type THEN 'source_type' END,
                CASE WHEN stored.source_delivered_as IS DISTINCT FROM told.source_delivered_as THEN 'source_delivered_as' END,
                CASE WHEN stored.contact_id IS DISTINCT FROM told.contact_id THEN 'contact_id' END,
                CASE WHEN stored.contact_name IS DISTINCT FROM told.contact_name THEN 'contact_name' END,
                CASE WHEN stored.contact_email IS DISTINCT FROM told.contact_email THEN 'contact_email' END,
                CASE WHEN stored.company_id IS DISTINCT FROM told.company_id THEN 'company_id' END,
                CASE WHEN stored.company_name IS DISTINCT FROM told.company_name THEN 'company_name' END,
                CASE WHEN stored.admin_assignee_id IS DISTINCT FROM told.admin_assignee_id THEN 'admin_assignee_id' END,
                CASE WHEN stored.team_assignee_id IS DISTINCT FROM told.team_assignee_id THEN 'team_assignee_id' END,
                CASE WHEN stored.first_replier_id IS DISTINCT FROM told.first_replier_id THEN 'first_replier_id' END,
                CASE WHEN stored.replier_ids IS DISTINCT FROM told.replier_ids THEN 'replier_ids' END,
                CASE WHEN stored.tags IS DISTINCT FROM told.tags THEN 'tags' END,
                CASE WHEN stored.topics IS DISTINCT FROM told.topics THEN 'topics' END,
                CASE WHEN stored.custom_attributes IS DISTINCT FROM told.custom_attributes THEN 'custom_attributes' END,
                CASE WHEN stored.is_ticket IS DISTINCT FROM told.is_ticket THEN 'is_ticket' END,
                CASE WHEN stored.first_customer_message_at IS DISTINCT FROM told.first_customer_message_at THEN 'first_customer_message_at' END,
                CASE WHEN stored.last_customer_message_at IS DISTINCT FROM told.last_customer_message_at THEN 'last_customer_message_at' END,
                CASE WHEN stored.first_teammate_reply_at IS DISTINCT FROM told.first_teammate_reply_at THEN 'first_teammate_reply_at' END,
                CASE WHEN stored.first_bot_reply_at IS DISTINCT FROM told.first_bot_reply_at THEN 'first_bot_reply_at' END,
                CASE WHEN stored.first_response_seconds IS DISTINCT FROM told.first_response_seconds THEN 'first_response_seconds' END,
                CASE WHEN stored.first_any_response_seconds IS DISTINCT FROM told.first_any_response_seconds THEN 'first_any_response_seconds' END,
                CASE WHEN stored.first_response_office_hours_seconds IS DISTINCT FROM told.first_response_office_hours_seconds THEN 'first_response_office_hours_seconds' END,
                CASE WHEN stored.median_reply_seconds IS DISTINCT FROM told.median_reply_seconds THEN 'median_reply_seconds' END,
                CASE WHEN stored.replies_timed_count IS DISTINCT FROM told.replies_timed_count THEN 'replies_timed_count' END,
                CASE WHEN stored.median_reply_office_hours_seconds IS DISTINCT FROM told.median_reply_office_hours_seconds THEN 'median_reply_office_hours_seconds' END,
                CASE WHEN stored.first_close_at IS DISTINCT FROM told.first_close_at THEN 'first_close_at' END,
                CASE WHEN stored.last_close_at IS DISTINCT FROM told.last_close_at THEN 'last_close_at' END,
                CASE WHEN stored.last_closed_by_id IS DISTINCT FROM told.last_closed_by_id THEN 'last_closed_by_id' END,
                CASE WHEN stored.time_to_first_close_seconds IS DISTINCT FROM told.time_to_first_close_seconds THEN 'time_to_first_close_seconds' END,
                CASE WHEN stored.time_to_last_close_seconds IS DISTINCT FROM told.time_to_last_close_seconds THEN 'time_to_last_close_seconds' END,
                CASE WHEN stored.resolution_seconds IS DISTINCT FROM told.resolution_seconds THEN 'resolution_seconds' END,
                CASE WHEN stored.reopen_count IS DISTINCT FROM told.reopen_count THEN 'reopen_count' END,
                CASE WHEN stored.was_reopened IS DISTINCT FROM told.was_reopened THEN 'was_reopened' END,
                CASE WHEN stored.is_resolved_on_first_contact IS DISTINCT FROM told.is_resolved_on_first_contact THEN 'is_resolved_on_first_contact' END,
                CASE WHEN stored.is_unanswered IS DISTINCT FROM told.is_unanswered THEN 'is_unanswered' END,
                CASE WHEN stored.waiting_since_at IS DISTINCT FROM told.waiting_since_at THEN 'waiting_since_at' END,
                CASE WHEN stored.snoozed_until_at IS DISTINCT FROM told.snoozed_until_at THEN 'snoozed_until_at' END,
                CASE WHEN stored.first_assigned_at IS DISTINCT FROM told.first_assigned_at THEN 'first_assigned_at' END,
                CASE WHEN stored.assignment_count IS DISTINCT FROM told.assignment_count THEN 'assignment_count' END,
                CASE WHEN stored.is_reassigned_after_reply IS DISTINCT FROM told.is_reassigned_after_reply THEN 'is_reassigned_after_reply' END,
                CASE WHEN stored.customer_message_count IS DISTINCT FROM told.customer_message_count THEN 'customer_message_count' END,
                CASE WHEN stored.teammate_reply_count IS DISTINCT FROM told.teammate_reply_count THEN 'teammate_reply_count' END,
                CASE WHEN stored.bot_reply_count IS DISTINCT FROM told.bot_reply_count THEN 'bot_reply_count' END,
                CASE WHEN stored.note_count IS DISTINCT FROM told.note_count THEN 'note_count' END,
                CASE WHEN stored.part_count IS DISTINCT FROM told.part_count THEN 'part_count' END,
                CASE WHEN stored.rating IS DISTINCT FROM told.rating THEN 'rating' END,
                CASE WHEN stored.rating_remark IS DISTINCT FROM told.rating_remark THEN 'rating_remark' END,
                CASE WHEN stored.rating_requested_at IS DISTINCT FROM told.rating_requested_at THEN 'rating_requested_at' END,
                CASE WHEN stored.rated_teammate_id IS DISTINCT FROM told.rated_teammate_id THEN 'rated_teammate_id' END,
                CASE WHEN stored.fin_involved IS DISTINCT FROM told.fin_involved THEN 'fin_involved' END,
                CASE WHEN stored.fin_resolved IS DISTINCT FROM told.fin_resolved THEN 'fin_resolved' END,
                CASE WHEN stored.fin_resolution_state IS DISTINCT FROM told.fin_resolution_state THEN 'fin_resolution_state' END,
                CASE WHEN stored.fin_last_answer_type IS DISTINCT FROM told.fin_last_answer_type THEN 'fin_last_answer_type' END,
                CASE WHEN stored.sla_name IS DISTINCT FROM told.sla_name THEN 'sla_name' END,
                CASE WHEN stored.sla_status IS DISTINCT FROM told.sla_status THEN 'sla_status' END,
                CASE WHEN stored.has_thread IS DISTINCT FROM told.has_thread THEN 'has_thread' END,
                CASE WHEN stored.parts_truncated IS DISTINCT FROM told.parts_truncated THEN 'parts_truncated' END,
                CASE WHEN stored.timing_source IS DISTINCT FROM told.timing_source THEN 'timing_source' END
            )
        END AS differing
    FROM conversation_metrics AS stored
    FULL JOIN told USING (conversation_id)
)

SELECT * FROM final WHERE differing <> ''
