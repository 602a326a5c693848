-- One row per day (UTC) between the first and the last conversation, with what happened on it.
--
-- ? How many conversations began each day, and how many were closed?
-- ? Do we close as many as we get?
--
-- A conversation counts on the day it began, on the day of its first reply and on the day of its last close: the
-- counts of one row are of different conversations. For days of another time zone use `fi analyze --by day --tz`.
--
-- day DATE: The day (UTC).
-- created_count BIGINT: Conversations that began.
-- inbound_count BIGINT: Those a customer began.
-- outbound_count BIGINT: Those a teammate, bot or campaign began and no customer answered before a teammate wrote.
-- first_replied_count BIGINT: Inbound conversations a teammate first replied to.
-- closed_count BIGINT: Conversations closed for the last time, and closed now.
WITH

metrics AS (SELECT * FROM conversation_metrics),

created AS (
    SELECT
        created_at::DATE AS day,
        count(*) AS created_count,
        count(*) FILTER (is_inbound) AS inbound_count,
        count(*) FILTER (NOT is_inbound) AS outbound_count
    FROM metrics
    GROUP BY day
),

replied AS (
    SELECT first_teammate_reply_at::DATE AS day, count(*) AS first_replied_count
    FROM metrics
    WHERE is_inbound AND first_teammate_reply_at IS NOT NULL
    GROUP BY day
),

closed AS (
    SELECT last_close_at::DATE AS day, count(*) AS closed_count
    FROM metrics
    WHERE is_closed AND last_close_at IS NOT NULL
    GROUP BY day
),

-- Days on which nothing happened count too.
days AS (
    SELECT unnest(generate_series(min(day), max(day), INTERVAL 1 DAY))::DATE AS day
    FROM (SELECT day FROM created UNION ALL SELECT day FROM replied UNION ALL SELECT day FROM closed)
),

final AS (
    SELECT
        day,
        coalesce(created_count, 0) AS created_count,
        coalesce(inbound_count, 0) AS inbound_count,
        coalesce(outbound_count, 0) AS outbound_count,
        coalesce(first_replied_count, 0) AS first_replied_count,
        coalesce(closed_count, 0) AS closed_count
    FROM days
    LEFT JOIN created USING (day)
    LEFT JOIN replied USING (day)
    LEFT JOIN closed USING (day)
)

SELECT * FROM final
