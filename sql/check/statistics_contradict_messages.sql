-- Intercom's statistics and its messages agree within a minute on first replies and last closes.
-- Otherwise: columns named stat_ or office_hours tell another story than those computed from the messages.
SELECT
    conversation_id,
    thread_first_teammate_reply_at, stat_first_admin_reply_at,
    thread_last_close_at, stat_last_close_at
FROM conversations
WHERE has_thread
    AND NOT parts_truncated
    AND (
        abs(date_diff('second', thread_first_teammate_reply_at, stat_first_admin_reply_at)) > 60
        OR abs(date_diff('second', thread_last_close_at, stat_last_close_at)) > 60
        OR (thread_first_teammate_reply_at IS NULL AND stat_first_admin_reply_at IS NOT NULL)
    )
ORDER BY conversation_id
