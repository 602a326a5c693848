-- One row per week: how many conversations began in it, the last twelve weeks.
WITH weeks AS (
    SELECT date_trunc('week', created_at) AS week_start, count(*) AS conversation_count
    FROM conversations
    GROUP BY week_start
),

final AS (
    SELECT strftime(week_start, '%Y-%m-%d') AS label, conversation_count AS value
    FROM weeks
    ORDER BY week_start DESC
    LIMIT 12
)

SELECT label, value FROM final ORDER BY label
