-- No conversation that Intercom deleted is still in the lake.
SELECT conversations.conversation_id, deleted_conversations.deleted_at
FROM conversations
JOIN deleted_conversations USING (conversation_id)
ORDER BY conversations.conversation_id
