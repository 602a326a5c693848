-- One row per tag and month (UTC) in which conversations with it began.
--
-- ? What do customers write about, and how does it change?
-- ? Which topics take longest, and which leave people unhappy?
--
-- A conversation with several tags counts once for each: the sum over tags exceeds the number of conversations.
--
-- tag_id VARCHAR: The tag.
-- name VARCHAR: Its name now; if Intercom no longer lists it, as it was at the sync.
-- month_began_at TIMESTAMP: The beginning of the month (UTC).
-- conversation_count BIGINT: Conversations with the tag that began in the month.
-- all_conversation_count BIGINT: All conversations that began in the month, tagged or not.
-- share DOUBLE: conversation_count divided by all_conversation_count.
-- open_count BIGINT: Those not closed.
-- inbound_count BIGINT: Those a customer began.
-- replied_count BIGINT: Inbound ones a teammate replied to.
-- first_response_p50_seconds DOUBLE: Median time to that first reply, calendar time. Unit: seconds.
-- resolved_count BIGINT: Inbound ones closed now.
-- resolution_p50_seconds DOUBLE: Median time to their last close. Unit: seconds.
-- rated_count BIGINT: Those with a rating.
-- positive_count BIGINT: Those rated 4 or 5.
-- csat DOUBLE: positive_count divided by rated_count.
WITH

metrics AS (
    SELECT
        created_at, is_closed, is_inbound, first_response_seconds, resolution_seconds, rating, tags
    FROM conversation_metrics
),

current_names AS (SELECT tag_id, name AS current_name FROM tags),

-- The same tag twice on a conversation is one tag.
tagged AS (
    SELECT
        date_trunc('month', created_at) AS month_began_at,
        is_closed, is_inbound, first_response_seconds, resolution_seconds, rating,
        unnest(list_distinct([{'tag_id': tag.tag_id, 'name': tag.name} FOR tag IN tags])) AS tag
    FROM metrics
    WHERE len(tags) > 0
),

months AS (
    SELECT date_trunc('month', created_at) AS month_began_at, count(*) AS all_conversation_count
    FROM metrics
    GROUP BY month_began_at
),

measured AS (
    SELECT
        tag.tag_id AS tag_id,
        max(tag.name) AS name_at_sync,
        month_began_at,
        count(*) AS conversation_count,
        count(*) FILTER (NOT is_closed) AS open_count,
        count(*) FILTER (is_inbound) AS inbound_count,
        count(first_response_seconds) FILTER (is_inbound) AS replied_count,
        quantile_cont(first_response_seconds, 0.5) FILTER (is_inbound) AS first_response_p50_seconds,
        count(*) FILTER (is_inbound AND is_closed) AS resolved_count,
        quantile_cont(resolution_seconds, 0.5) FILTER (is_inbound) AS resolution_p50_seconds,
        count(rating) AS rated_count,
        count(*) FILTER (rating >= 4) AS positive_count
    FROM tagged
    GROUP BY tag.tag_id, month_began_at
),

final AS (
    SELECT
        tag_id,
        coalesce(current_name, name_at_sync) AS name,
        month_began_at,
        conversation_count,
        all_conversation_count,
        conversation_count / all_conversation_count AS share,
        open_count,
        inbound_count,
        replied_count,
        first_response_p50_seconds,
        resolved_count,
        resolution_p50_seconds,
        rated_count,
        positive_count,
        positive_count / nullif(rated_count, 0) AS csat
    FROM measured
    JOIN months USING (month_began_at)
    LEFT JOIN current_names USING (tag_id)
)

SELECT * FROM final
