-- Every conversation whose thread is held has at least its opening message.
SELECT conversation_id, created_at
FROM conversations
ANTI JOIN (SELECT conversation_id FROM messages WHERE position = 0) USING (conversation_id)
WHERE has_thread
ORDER BY conversation_id
