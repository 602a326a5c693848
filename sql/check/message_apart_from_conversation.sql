-- Every message lies in the partition of its conversation: both know the same beginning of the conversation.
SELECT messages.conversation_id, messages.position, messages.conversation_created_at, conversations.created_at
FROM messages
JOIN conversations USING (conversation_id)
WHERE messages.conversation_created_at <> conversations.created_at
ORDER BY messages.conversation_id, messages.position
