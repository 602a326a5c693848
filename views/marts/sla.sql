-- One row per service level agreement and day (UTC) on which conversations under it began.
--
-- ? How often do we keep what we promise?
--
-- A miss appears only when a teammate next replies, and stays for good; cancelled and active ones are left out of
-- the rate.
--
-- sla_name VARCHAR: The agreement.
-- day DATE: The day the conversations began on (UTC).
-- conversation_count BIGINT: Conversations under it.
-- hit_count BIGINT: Those that kept it.
-- missed_count BIGINT: Those that missed a target.
-- active_count BIGINT: Those not decided yet.
-- cancelled_count BIGINT: Those it was taken off.
-- sla_hit_rate DOUBLE: hit_count divided by hit_count plus missed_count.
WITH

metrics AS (SELECT * FROM conversation_metrics WHERE sla_name IS NOT NULL),

final AS (
    SELECT
        sla_name,
        TRY_CAST(created_at AS DATE) AS day,
        count(*) AS conversation_count,
        count(*) FILTER (sla_status = 'hit') AS hit_count,
        count(*) FILTER (sla_status = 'missed') AS missed_count,
        count(*) FILTER (sla_status = 'active') AS active_count,
        count(*) FILTER (sla_status = 'cancelled' OR sla_status IS NULL) AS cancelled_count,
        hit_count / nullif(hit_count + missed_count, 0) AS sla_hit_rate
    FROM metrics
    GROUP BY sla_name, day
)

SELECT * FROM final
