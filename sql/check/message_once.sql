-- Every place in a conversation has one message.
SELECT conversation_id, position, count(*) AS row_count, list(message_id) AS message_ids
FROM messages
GROUP BY conversation_id, position
HAVING count(*) > 1
ORDER BY conversation_id, position
