-- Every row lies in the partition of the month or day its conversation or ticket began.
SELECT 'conversations' AS view, conversation_id AS id, created_at
FROM conversations
WHERE NOT starts_with(strftime(created_at, '%Y-%m-%d'), COLUMNS('^(month|day)$')::VARCHAR)
UNION ALL
SELECT 'messages', message_id, conversation_created_at
FROM messages
WHERE NOT starts_with(strftime(conversation_created_at, '%Y-%m-%d'), COLUMNS('^(month|day)$')::VARCHAR)
UNION ALL
SELECT 'tickets', ticket_id, created_at
FROM tickets
WHERE NOT starts_with(strftime(created_at, '%Y-%m-%d'), COLUMNS('^(month|day)$')::VARCHAR)
ORDER BY view, id
