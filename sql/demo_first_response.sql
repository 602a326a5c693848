-- One row: the median calendar time to a teammate's first reply in whole seconds, of inbound conversations, and of how
-- many it is the median. The label is the median, as text, and null when nobody replied.
WITH answered AS (
    SELECT first_response_seconds AS seconds
    FROM conversation_metrics
    WHERE is_inbound AND first_response_seconds IS NOT NULL
)

SELECT CAST(CAST(round(median(seconds)) AS BIGINT) AS VARCHAR) AS label, count(*) AS value FROM answered
