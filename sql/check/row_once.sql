-- Every person, company, team, tag and the like is in the lake once.
WITH ids AS (
    SELECT 'contacts' AS view, contact_id AS id FROM contacts
    UNION ALL SELECT 'companies', company_id FROM companies
    UNION ALL SELECT 'admins', admin_id FROM admins
    UNION ALL SELECT 'teams', team_id FROM teams
    UNION ALL SELECT 'tags', tag_id FROM tags
    UNION ALL SELECT 'segments', segment_id FROM segments
    UNION ALL SELECT 'tickets', ticket_id FROM tickets
    UNION ALL SELECT 'ticket_types', ticket_type_id FROM ticket_types
    UNION ALL SELECT 'deleted_conversations', conversation_id FROM deleted_conversations
    UNION ALL SELECT 'sync_runs', run_id::VARCHAR FROM sync_runs
)
SELECT view, id, count(*) AS row_count
FROM ids
GROUP BY view, id
HAVING count(*) > 1
ORDER BY view, id
