-- One row per day (UTC) on which ratings were asked for, with what customers answered.
--
-- ? How satisfied are customers, and how many of them say so?
--
-- Intercom dates a rating by when it was asked for, not by when it was given.
--
-- day DATE: The day the ratings were asked for (UTC).
-- requested_count BIGINT: Conversations in which a rating was asked for.
-- rated_count BIGINT: Those that got one.
-- rating_response_rate DOUBLE: rated_count divided by requested_count.
-- positive_count BIGINT: Those rated 4 or 5.
-- negative_count BIGINT: Those rated 1 or 2.
-- csat DOUBLE: positive_count divided by rated_count.
-- rating_avg DOUBLE: The mean rating, 1 to 5.
-- remark_count BIGINT: Ratings that came with words.
WITH

metrics AS (SELECT * FROM conversation_metrics WHERE rating_requested_at IS NOT NULL),

final AS (
    SELECT
        TRY_CAST(rating_requested_at AS DATE) AS day,
        count(*) AS requested_count,
        count(rating) AS rated_count,
        rated_count / requested_count AS rating_response_rate,
        count(*) FILTER (rating >= 4) AS positive_count,
        count(*) FILTER (rating <= 2) AS negative_count,
        positive_count / nullif(rated_count, 0) AS csat,
        avg(rating) AS rating_avg,
        count(*) FILTER (rating IS NOT NULL AND rating_remark <> '') AS remark_count
    FROM metrics
    GROUP BY day
)

SELECT * FROM final
