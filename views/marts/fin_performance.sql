-- One row per day (UTC) on which conversations began, with what Fin did in them.
--
-- ? In how many conversations does Fin take part, and how many does it settle?
--
-- day DATE: The day the conversations began on (UTC).
-- conversation_count BIGINT: Conversations that began.
-- fin_involved_count BIGINT: Those Fin took part in.
-- fin_resolved_count BIGINT: Those with an assumed or confirmed resolution by Fin.
-- fin_involvement_rate DOUBLE: fin_involved_count divided by conversation_count.
-- fin_resolution_rate DOUBLE: fin_resolved_count divided by fin_involved_count.
-- automation_rate DOUBLE: fin_resolved_count divided by conversation_count.
WITH

metrics AS (SELECT * FROM conversation_metrics),

final AS (
    SELECT
        TRY_CAST(created_at AS DATE) AS day,
        count(*) AS conversation_count,
        count(*) FILTER (fin_involved) AS fin_involved_count,
        count(*) FILTER (fin_involved AND fin_resolved) AS fin_resolved_count,
        fin_involved_count / conversation_count AS fin_involvement_rate,
        fin_resolved_count / nullif(fin_involved_count, 0) AS fin_resolution_rate,
        fin_resolved_count / conversation_count AS automation_rate
    FROM metrics
    GROUP BY day
)

SELECT * FROM final
