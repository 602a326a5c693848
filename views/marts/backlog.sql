-- One row per conversation that is not closed, with how long it has been open and who waits.
--
-- ? What is waiting for an answer, longest first?
-- ? How old is the backlog of each team?
--
-- conversation_id VARCHAR: The conversation.
-- created_at TIMESTAMP: When it began (UTC).
-- state VARCHAR: open or snoozed.
-- priority VARCHAR: none, low, medium, high, urgent.
-- title VARCHAR: Its title.
-- contact_id VARCHAR: The first contact.
-- contact_name VARCHAR: That contact's name as known at the sync.
-- company_name VARCHAR: The company's name.
-- admin_assignee_id VARCHAR: The teammate it is assigned to.
-- admin_assignee_name VARCHAR: That teammate's name.
-- team_assignee_id VARCHAR: The team it is assigned to.
-- team_assignee_name VARCHAR: That team's name.
-- is_unanswered BOOLEAN: Whether it is inbound and nobody replied after the customer's last message.
-- waiting_since_at TIMESTAMP: Since when a customer has been waiting for a teammate (UTC).
-- waiting_seconds BIGINT: How long that was at the last sync. Unit: seconds.
-- age_seconds BIGINT: How long ago it began, at the last sync. Unit: seconds.
-- snoozed_until_at TIMESTAMP: When its snooze ends (UTC).
-- sla_name VARCHAR: The service level agreement applied.
-- sla_status VARCHAR: hit, missed, cancelled or active.
WITH

metrics AS (SELECT * FROM conversation_metrics WHERE NOT is_closed),

admins AS (SELECT admin_id AS admin_assignee_id, name AS admin_assignee_name FROM admins),

teams AS (SELECT team_id AS team_assignee_id, name AS team_assignee_name FROM teams),

final AS (
    SELECT
        conversation_id, created_at, state, priority, title, contact_id, contact_name, company_name,
        admin_assignee_id, admin_assignee_name, team_assignee_id, team_assignee_name, is_unanswered,
        waiting_since_at, waiting_seconds, age_seconds, snoozed_until_at, sla_name, sla_status
    FROM metrics
    LEFT JOIN admins USING (admin_assignee_id)
    LEFT JOIN teams USING (team_assignee_id)
)

SELECT * FROM final
