-- No duration is negative.
-- Otherwise: times came from Intercom out of order; medians and means that include them are too low.
SELECT
    conversation_id, first_response_seconds, first_any_response_seconds, median_reply_seconds,
    time_to_first_close_seconds, time_to_last_close_seconds, waiting_seconds, age_seconds
FROM conversation_metrics
WHERE least(
    first_response_seconds, first_any_response_seconds, median_reply_seconds,
    time_to_first_close_seconds, time_to_last_close_seconds, waiting_seconds, age_seconds
) < 0
ORDER BY conversation_id
