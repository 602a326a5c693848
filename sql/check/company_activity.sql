-- What is kept of each company over all conversations is what the metrics of those say.
WITH

told AS (
{definition}
)

SELECT
    coalesce(told.company_id, kept.company_id) AS company_id,
    CASE
        WHEN kept.company_id IS NULL THEN 'not in company_activity'
        WHEN told.company_id IS NULL THEN 'only in company_activity'
        ELSE 'another in company_activity'
    END AS fault
FROM told
FULL JOIN company_activity AS kept ON told.company_id = kept.company_id
WHERE told IS DISTINCT FROM kept
ORDER BY company_id
