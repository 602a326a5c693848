-- One row per tag: how many conversations carry it, the five busiest.
WITH applied AS (
    SELECT conversation_id, unnest(tags).name AS tag
    FROM conversations
),

final AS (
    SELECT tag AS label, count(DISTINCT conversation_id) AS value
    FROM applied
    WHERE tag IS NOT NULL
    GROUP BY tag
)

SELECT label, value FROM final ORDER BY value DESC, label LIMIT 5
