-- One row per conversation that is not closed, with how long it has been open and who waits.
--
-- ? What is waiting for an answer, longest first?
-- ? How old is the backlog of each team?
--
-- Who waits for a person has a waiting_since_at: WHERE waiting_since_at IS NOT NULL ORDER BY waiting_since_at loses
-- nobody. Among them are all that are unanswered, and those a bot answered last, which is_unanswered leaves out.
--
-- conversation_id VARCHAR: The conversation.
-- created_at TIMESTAMP: When it began (UTC).
-- state VARCHAR: open or snoozed.
-- priority VARCHAR: none, low, medium, high, urgent.
-- title VARCHAR, personal: Its title.
-- contact_id VARCHAR: The first contact.
-- contact_name VARCHAR, personal: That contact's name as known at the sync.
-- company_name VARCHAR, personal: The company's name.
-- admin_assignee_id VARCHAR: The teammate it is assigned to.
-- admin_assignee_name VARCHAR, personal: That teammate's name.
-- team_assignee_id VARCHAR: The team it is assigned to.
-- team_assignee_name VARCHAR: That team's name.
-- is_unanswered BOOLEAN: Whether it is inbound and nobody replied after the customer's last message.
-- waiting_since_at TIMESTAMP: Since when a customer has been waiting for a teammate (UTC); NULL when none is.
-- waiting_since_source VARCHAR: intercom; if it tells none of an unanswered one, first_customer_message or, after a reply, last_customer_message.
-- waiting_seconds BIGINT: How long that was at the last sync. Unit: seconds.
-- age_seconds BIGINT: How long ago it began, at the last sync. Unit: seconds.
-- snoozed_until_at TIMESTAMP: When its snooze ends (UTC).
-- sla_name VARCHAR: The service level agreement applied.
-- sla_status VARCHAR: hit, missed, cancelled or active.
WITH

metrics AS (
    SELECT
        conversation_id, created_at, state, priority, title, contact_id, contact_name, company_name,
        admin_assignee_id, team_assignee_id, is_unanswered, waiting_since_at, first_customer_message_at,
        last_customer_message_at, first_teammate_reply_at, bot_reply_count, age_seconds, snoozed_until_at, sla_name,
        sla_status
    FROM conversation_metrics
    WHERE NOT is_closed
),

admins AS (SELECT admin_id AS admin_assignee_id, name AS admin_assignee_name FROM admins),

teams AS (SELECT team_id AS team_assignee_id, name AS team_assignee_name FROM teams),

-- Intercom does not always say since when: of a closed conversation that a note opened again, for instance, never.
sourced AS (
    SELECT
        *,
        CASE
            WHEN waiting_since_at IS NOT NULL THEN 'intercom'
            WHEN is_unanswered AND first_teammate_reply_at IS NULL AND coalesce(bot_reply_count, 0) = 0
                THEN 'first_customer_message'
            WHEN is_unanswered THEN 'last_customer_message'
        END AS waiting_since_source
    FROM metrics
),

waiting AS (
    SELECT
        *,
        CASE waiting_since_source
            WHEN 'intercom' THEN waiting_since_at
            WHEN 'first_customer_message' THEN first_customer_message_at
            WHEN 'last_customer_message' THEN last_customer_message_at
        END AS since_at
    FROM sourced
),

final AS (
    SELECT
        conversation_id, created_at, state, priority, title, contact_id, contact_name, company_name,
        admin_assignee_id, admin_assignee_name, team_assignee_id, team_assignee_name, is_unanswered,
        since_at AS waiting_since_at, waiting_since_source,
        -- The last sync is when the conversation was as old as that.
        CASE
            WHEN age_seconds >= date_diff('second', created_at, since_at)
                THEN age_seconds - date_diff('second', created_at, since_at)
        END AS waiting_seconds,
        age_seconds, snoozed_until_at, sla_name, sla_status
    FROM waiting
    LEFT JOIN admins USING (admin_assignee_id)
    LEFT JOIN teams USING (team_assignee_id)
)

SELECT * FROM final
