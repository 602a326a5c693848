-- One row: the median time to a teammate's first reply in whole seconds, by Intercom's own statistics, and of how
-- many conversations it is the median. The label is the median, as text, and null when nobody replied.
WITH answered AS (
    SELECT stat_time_to_admin_reply_seconds AS seconds
    FROM conversations
    WHERE stat_time_to_admin_reply_seconds IS NOT NULL
)

SELECT CAST(CAST(round(median(seconds)) AS BIGINT) AS VARCHAR) AS label, count(*) AS value FROM answered
