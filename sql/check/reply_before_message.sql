-- Nobody is answered before having written, and nothing happens before the conversation begins.
-- Otherwise: parts are older than their conversation, as in merged or imported ones; their durations say little.
SELECT
    conversation_id, created_at, first_customer_message_at, first_teammate_reply_at, first_bot_reply_at,
    first_close_at
FROM conversation_metrics
WHERE first_teammate_reply_at < first_customer_message_at
    OR first_bot_reply_at < first_customer_message_at
    OR least(first_customer_message_at, first_assigned_at, first_close_at) < created_at
ORDER BY conversation_id
