-- What is kept of a thread's messages beside its conversation is what they say.
WITH

conversations AS (SELECT * FROM conversations WHERE has_thread),

-- The opening message counts whatever it consists of; of the rest, what customers see.
shown AS (
    SELECT *, position > 0 AS is_reply
    FROM messages
    WHERE position = 0 OR is_visible
),

counted AS (
    SELECT
        conversation_id,
        min(created_at) FILTER (author_class = 'customer') AS first_customer_message_at,
        max(created_at) FILTER (author_class = 'customer') AS last_customer_message_at,
        min(position) FILTER (author_class = 'customer') AS first_customer_position,
        max(position) FILTER (author_class = 'customer') AS last_customer_position,
        min(position) FILTER (author_class = 'teammate') AS first_teammate_position,
        max(position) FILTER (is_reply AND author_class IN ('teammate', 'bot')) AS last_reply_position,
        max(created_at) FILTER (is_reply AND author_class = 'teammate') AS last_teammate_reply_at,
        max(created_at) FILTER (is_reply AND author_class = 'bot') AS last_bot_reply_at,
        count(*) FILTER (author_class = 'customer') AS customer_message_count,
        count(*) FILTER (is_reply AND author_class = 'teammate') AS teammate_reply_count,
        count(*) FILTER (is_reply AND author_class = 'bot') AS bot_reply_count
    FROM shown
    GROUP BY conversation_id
),

replied AS (
    SELECT
        conversation_id,
        min(created_at) FILTER (author_class = 'teammate') AS first_teammate_reply_at,
        arg_min(author_id, position) FILTER (author_class = 'teammate') AS first_replier_id,
        min(created_at) FILTER (author_class = 'bot') AS first_bot_reply_at
    FROM shown
    JOIN counted USING (conversation_id)
    WHERE is_reply AND position > first_customer_position
    GROUP BY conversation_id
),

-- Customer messages belong to the teammate's reply that follows them; the first of each is the one that waited.
waits AS (
    SELECT conversation_id, reply_at, min(created_at) AS asked_at
    FROM (
        SELECT
            conversation_id, created_at, author_class,
            min(CASE WHEN is_reply AND author_class = 'teammate' THEN position END) OVER later AS reply_position,
            min(CASE WHEN is_reply AND author_class = 'teammate' THEN created_at END) OVER later AS reply_at
        FROM shown
        WINDOW later AS (PARTITION BY conversation_id ORDER BY position ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING)
    )
    WHERE author_class = 'customer' AND reply_position IS NOT NULL
    GROUP BY conversation_id, reply_position, reply_at
),

waited AS (
    SELECT
        conversation_id,
        count(*) AS timed_reply_count,
        median(epoch_us(reply_at) - epoch_us(asked_at)) / 1e6 AS median_reply_seconds
    FROM waits
    GROUP BY conversation_id
),

-- What moves a conversation, whether anybody sees it or not.
events AS (
    SELECT
        conversation_id,
        min(created_at) FILTER (part_type = 'close') AS first_close_at,
        max(created_at) FILTER (part_type = 'close') AS last_close_at,
        count(*) FILTER (is_note) AS note_count,
        count(*) FILTER (is_assignment) AS assignment_count,
        min(created_at) FILTER (is_assignment) AS first_assigned_at
    FROM (
        SELECT *, regexp_matches(part_type, '^(.+_)?assignment$|^assign_and_') AS is_assignment FROM messages
    )
    GROUP BY conversation_id
),

final AS (
    SELECT
        conversation_id,
        concat_ws(
            ', ',
            CASE WHEN thread_first_customer_message_at IS DISTINCT FROM first_customer_message_at THEN 'thread_first_customer_message_at' END,
            CASE WHEN thread_last_customer_message_at IS DISTINCT FROM last_customer_message_at THEN 'thread_last_customer_message_at' END,
            CASE WHEN thread_is_inbound IS DISTINCT FROM coalesce(first_customer_position < coalesce(first_teammate_position, 1e9), false) THEN 'thread_is_inbound' END,
            CASE WHEN thread_awaits_reply IS DISTINCT FROM coalesce(last_customer_position > coalesce(last_reply_position, -1), false) THEN 'thread_awaits_reply' END,
            CASE WHEN thread_first_teammate_reply_at IS DISTINCT FROM first_teammate_reply_at THEN 'thread_first_teammate_reply_at' END,
            CASE WHEN thread_first_replier_id IS DISTINCT FROM first_replier_id THEN 'thread_first_replier_id' END,
            CASE WHEN thread_last_teammate_reply_at IS DISTINCT FROM last_teammate_reply_at THEN 'thread_last_teammate_reply_at' END,
            CASE WHEN thread_first_bot_reply_at IS DISTINCT FROM first_bot_reply_at THEN 'thread_first_bot_reply_at' END,
            CASE WHEN thread_last_bot_reply_at IS DISTINCT FROM last_bot_reply_at THEN 'thread_last_bot_reply_at' END,
            CASE WHEN thread_timed_reply_count <> coalesce(timed_reply_count, 0) THEN 'thread_timed_reply_count' END,
            CASE WHEN thread_median_reply_seconds IS DISTINCT FROM median_reply_seconds THEN 'thread_median_reply_seconds' END,
            CASE WHEN thread_customer_message_count <> coalesce(customer_message_count, 0) THEN 'thread_customer_message_count' END,
            CASE WHEN thread_teammate_reply_count <> coalesce(teammate_reply_count, 0) THEN 'thread_teammate_reply_count' END,
            CASE WHEN thread_bot_reply_count <> coalesce(bot_reply_count, 0) THEN 'thread_bot_reply_count' END,
            CASE WHEN thread_note_count <> note_count THEN 'thread_note_count' END,
            CASE WHEN thread_first_close_at IS DISTINCT FROM first_close_at THEN 'thread_first_close_at' END,
            CASE WHEN thread_last_close_at IS DISTINCT FROM last_close_at THEN 'thread_last_close_at' END,
            CASE WHEN thread_assignment_count <> assignment_count THEN 'thread_assignment_count' END,
            CASE WHEN thread_first_assigned_at IS DISTINCT FROM first_assigned_at THEN 'thread_first_assigned_at' END
        ) AS differing
    FROM conversations
    JOIN events USING (conversation_id)
    LEFT JOIN counted USING (conversation_id)
    LEFT JOIN replied USING (conversation_id)
    LEFT JOIN waited USING (conversation_id)
)

SELECT * FROM final WHERE differing <> ''
