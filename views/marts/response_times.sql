-- One row per day (UTC) on which inbound conversations began, with how they were answered.
--
-- ? How long do customers wait for a person, and is it getting better?
-- ? How many of them were never answered?
--
-- Unanswered conversations have no response time, so read response_rate beside every median.
--
-- day DATE: The day the conversations began on (UTC).
-- inbound_count BIGINT: Inbound conversations that began.
-- replied_count BIGINT: Those a teammate replied to.
-- response_rate DOUBLE: replied_count divided by inbound_count.
-- unanswered_count BIGINT: Those still open whose last message by the customer nobody answered.
-- first_response_p50_seconds DOUBLE: Median time to a teammate's first reply, calendar time. Unit: seconds.
-- first_response_p90_seconds DOUBLE: The time nine of ten were answered in. Unit: seconds.
-- first_response_avg_seconds DOUBLE: The mean. Unit: seconds.
-- first_any_response_p50_seconds DOUBLE: Median time to the first reply by a teammate or bot. Unit: seconds.
-- first_response_office_hours_p50_seconds DOUBLE: Median of Intercom's figure, in its office hours. Unit: seconds.
-- median_reply_p50_seconds DOUBLE: Median of the conversations' median reply times. Unit: seconds.
WITH

metrics AS (SELECT * FROM conversation_metrics WHERE is_inbound),

measured AS (
    SELECT
        TRY_CAST(created_at AS DATE) AS day,
        count(*) AS inbound_count,
        count(first_response_seconds) AS replied_count,
        count(*) FILTER (is_unanswered) AS unanswered_count,
        quantile_cont(first_response_seconds, [0.5, 0.9]) AS response_seconds,
        avg(first_response_seconds) AS first_response_avg_seconds,
        quantile_cont(first_any_response_seconds, 0.5) AS first_any_response_p50_seconds,
        quantile_cont(first_response_office_hours_seconds, 0.5) AS first_response_office_hours_p50_seconds,
        quantile_cont(median_reply_seconds, 0.5) AS median_reply_p50_seconds
    FROM metrics
    GROUP BY day
),

final AS (
    SELECT
        day, inbound_count, replied_count,
        replied_count / inbound_count AS response_rate,
        unanswered_count,
        response_seconds[1] AS first_response_p50_seconds,
        response_seconds[2] AS first_response_p90_seconds,
        first_response_avg_seconds, first_any_response_p50_seconds, first_response_office_hours_p50_seconds,
        median_reply_p50_seconds
    FROM measured
)

SELECT * FROM final
