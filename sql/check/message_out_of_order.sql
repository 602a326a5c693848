-- The parts of a conversation are numbered in the order they were written.
WITH parts AS (
    SELECT
        conversation_id, position, created_at,
        lag(created_at) OVER (PARTITION BY conversation_id ORDER BY position) AS previous_created_at
    FROM messages
    WHERE position > 0
)
SELECT conversation_id, position, created_at, previous_created_at
FROM parts
WHERE created_at < previous_created_at
ORDER BY conversation_id, position
