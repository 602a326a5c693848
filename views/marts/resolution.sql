-- One row per day (UTC) on which conversations began, with how they ended.
--
-- ? What part of the conversations is closed, and how long did that take?
-- ? How many were reopened, and how many settled by the first teammate alone?
--
-- day DATE: The day the conversations began on (UTC).
-- inbound_count BIGINT: Inbound conversations that began.
-- resolved_count BIGINT: Those of them that are closed now.
-- resolution_rate DOUBLE: resolved_count divided by inbound_count.
-- resolution_p50_seconds DOUBLE: Median time to their last close, calendar time. Unit: seconds.
-- resolution_p90_seconds DOUBLE: The time nine of ten of them took. Unit: seconds.
-- ever_closed_count BIGINT: Conversations, outbound ones too, that were closed at least once.
-- reopened_count BIGINT: Those a customer or teammate opened again.
-- reopen_rate DOUBLE: reopened_count divided by ever_closed_count.
-- closed_count BIGINT: Conversations closed now of which all messages are held.
-- first_contact_count BIGINT: Those never reopened in which at most one teammate replied.
-- first_contact_resolution_rate DOUBLE: first_contact_count divided by closed_count.
WITH

metrics AS (SELECT * FROM conversation_metrics),

final AS (
    SELECT
        TRY_CAST(created_at AS DATE) AS day,
        count(*) FILTER (is_inbound) AS inbound_count,
        count(*) FILTER (is_inbound AND is_closed) AS resolved_count,
        resolved_count / nullif(inbound_count, 0) AS resolution_rate,
        quantile_cont(resolution_seconds, 0.5) FILTER (is_inbound) AS resolution_p50_seconds,
        quantile_cont(resolution_seconds, 0.9) FILTER (is_inbound) AS resolution_p90_seconds,
        count(first_close_at) AS ever_closed_count,
        count(first_close_at) FILTER (was_reopened) AS reopened_count,
        reopened_count / nullif(ever_closed_count, 0) AS reopen_rate,
        count(is_resolved_on_first_contact) FILTER (is_closed) AS closed_count,
        count(*) FILTER (is_resolved_on_first_contact) AS first_contact_count,
        first_contact_count / nullif(closed_count, 0) AS first_contact_resolution_rate
    FROM metrics
    GROUP BY day
)

SELECT * FROM final
