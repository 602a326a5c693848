-- Every message is by a customer, a teammate, a bot or the system.
SELECT conversation_id, position, author_class
FROM messages
WHERE author_class NOT IN ('customer', 'teammate', 'bot', 'system')
ORDER BY conversation_id, position
