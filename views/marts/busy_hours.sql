-- One row per hour of the week (UTC), with what happens in it over all time held.
--
-- ? When do customers write, and when do we answer?
-- ? Which hours lack people?
--
-- For hours of another time zone, or of a period, use `fi analyze --by weekday --by hour_of_day --tz`.
--
-- weekday_number BIGINT: 1 for Monday to 7 for Sunday (UTC).
-- hour_of_day BIGINT: 0 to 23 (UTC).
-- created_count BIGINT: Inbound conversations that began.
-- first_replied_count BIGINT: Inbound conversations a teammate first replied to.
-- replied_count BIGINT: Those that began in it and got a teammate's reply, whenever that was.
-- first_response_p50_seconds DOUBLE: Median time to that first reply, calendar time. Unit: seconds.
WITH

metrics AS (SELECT * FROM conversation_metrics),

-- All of them, unless there is nothing at all.
hours AS (
    SELECT unnest(range(1, 8)) AS weekday_number, hour_of_day
    FROM (SELECT unnest(range(0, 24)) AS hour_of_day)
    WHERE EXISTS (SELECT 1 FROM metrics)
),

created AS (
    SELECT
        isodow(created_at) AS weekday_number,
        hour(created_at) AS hour_of_day,
        count(*) AS created_count,
        count(first_response_seconds) AS replied_count,
        quantile_cont(first_response_seconds, 0.5) AS first_response_p50_seconds
    FROM metrics
    WHERE is_inbound
    GROUP BY ALL
),

replied AS (
    SELECT
        isodow(first_teammate_reply_at) AS weekday_number,
        hour(first_teammate_reply_at) AS hour_of_day,
        count(*) AS first_replied_count
    FROM metrics
    WHERE is_inbound AND first_teammate_reply_at IS NOT NULL
    GROUP BY ALL
),

final AS (
    SELECT
        weekday_number, hour_of_day,
        coalesce(created_count, 0) AS created_count,
        coalesce(first_replied_count, 0) AS first_replied_count,
        coalesce(replied_count, 0) AS replied_count,
        first_response_p50_seconds
    FROM hours
    LEFT JOIN created USING (weekday_number, hour_of_day)
    LEFT JOIN replied USING (weekday_number, hour_of_day)
)

SELECT * FROM final
