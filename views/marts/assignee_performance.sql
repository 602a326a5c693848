-- One row per teammate that conversations are assigned to now, and one for those assigned to none.
--
-- ? Who has how many open conversations?
-- ? How do response times and ratings differ between teammates?
--
-- A conversation counts for its current assignee, whoever replied to it: for those who replied see first_replier_id
-- in conversation_metrics, or `fi analyze --by replier`.
--
-- admin_id VARCHAR: The teammate; NULL for conversations assigned to none.
-- name VARCHAR, personal: Its name; NULL for none, or one that Intercom no longer lists.
-- conversation_count BIGINT: Conversations assigned to it now.
-- open_count BIGINT: Those not closed.
-- unanswered_count BIGINT: Those whose last message by the customer nobody answered.
-- inbound_count BIGINT: Those a customer began.
-- resolved_count BIGINT: Inbound ones closed now.
-- resolution_rate DOUBLE: resolved_count divided by inbound_count.
-- replied_count BIGINT: Inbound ones a teammate replied to, whoever it was.
-- first_response_p50_seconds DOUBLE: Median time to that first reply, calendar time. Unit: seconds.
-- first_response_p90_seconds DOUBLE: The time nine of ten of them were answered in. Unit: seconds.
-- resolution_p50_seconds DOUBLE: Median time to the last close of inbound ones closed now. Unit: seconds.
-- reopened_count BIGINT: Those opened again after a close.
-- rated_count BIGINT: Those with a rating.
-- positive_count BIGINT: Those rated 4 or 5.
-- csat DOUBLE: positive_count divided by rated_count.
WITH

metrics AS (
    SELECT
        admin_assignee_id, is_closed, is_unanswered, is_inbound, first_response_seconds, resolution_seconds,
        was_reopened, rating
    FROM conversation_metrics
),

admins AS (SELECT admin_id, name FROM admins),

measured AS (
    SELECT
        admin_assignee_id AS admin_id,
        count(*) AS conversation_count,
        count(*) FILTER (NOT is_closed) AS open_count,
        count(*) FILTER (is_unanswered) AS unanswered_count,
        count(*) FILTER (is_inbound) AS inbound_count,
        count(*) FILTER (is_inbound AND is_closed) AS resolved_count,
        resolved_count / nullif(inbound_count, 0) AS resolution_rate,
        count(first_response_seconds) FILTER (is_inbound) AS replied_count,
        quantile_cont(first_response_seconds, [0.5, 0.9]) FILTER (is_inbound) AS first_response_seconds,
        quantile_cont(resolution_seconds, 0.5) FILTER (is_inbound) AS resolution_p50_seconds,
        count(*) FILTER (was_reopened) AS reopened_count,
        count(rating) AS rated_count,
        count(*) FILTER (rating >= 4) AS positive_count,
        positive_count / nullif(rated_count, 0) AS csat
    FROM metrics
    GROUP BY admin_assignee_id
),

final AS (
    SELECT
        measured.admin_id, name, conversation_count, open_count, unanswered_count, inbound_count, resolved_count,
        resolution_rate, replied_count,
        first_response_seconds[1] AS first_response_p50_seconds,
        first_response_seconds[2] AS first_response_p90_seconds,
        resolution_p50_seconds, reopened_count, rated_count, positive_count, csat
    FROM measured
    LEFT JOIN admins USING (admin_id)
)

SELECT * FROM final
