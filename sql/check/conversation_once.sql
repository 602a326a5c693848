-- Every conversation is in the lake once.
SELECT conversation_id, count(*) AS row_count, list(month_or_day) AS partitions
FROM (SELECT conversation_id, COLUMNS('^(month|day)$')::VARCHAR AS month_or_day FROM conversations)
GROUP BY conversation_id
HAVING count(*) > 1
ORDER BY conversation_id
