-- Every message belongs to a conversation in the lake.
SELECT messages.conversation_id, count(*) AS message_count
FROM messages
ANTI JOIN conversations USING (conversation_id)
GROUP BY messages.conversation_id
ORDER BY messages.conversation_id
