-- A thread that is held has all the parts Intercom counts, unless it says itself that it has not.
WITH held AS (
    SELECT conversation_id, count(*) FILTER (position > 0) AS held_part_count
    FROM messages
    GROUP BY conversation_id
)
SELECT conversations.conversation_id, conversations.part_count, held.held_part_count
FROM conversations
JOIN held USING (conversation_id)
WHERE conversations.has_thread
    AND NOT conversations.parts_truncated
    AND held.held_part_count < conversations.part_count
    -- Parts that could not be read are kept as they came.
    AND coalesce(conversations.extra, '') NOT LIKE '%"conversation_parts"%'
ORDER BY conversations.conversation_id
