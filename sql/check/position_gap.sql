-- The messages of a conversation are numbered from 0 without a gap.
SELECT conversation_id, min(position) AS first_position, max(position) AS last_position, count(*) AS message_count
FROM messages
GROUP BY conversation_id
HAVING min(position) <> 0 OR max(position) <> count(*) - 1
ORDER BY conversation_id
