-- What is kept of each contact over all conversations is what the metrics of those say.
WITH

told AS (
{definition}
)

SELECT
    coalesce(told.contact_id, kept.contact_id) AS contact_id,
    CASE
        WHEN kept.contact_id IS NULL THEN 'not in contact_activity'
        WHEN told.contact_id IS NULL THEN 'only in contact_activity'
        ELSE 'another in contact_activity'
    END AS fault
FROM told
FULL JOIN contact_activity AS kept ON told.contact_id = kept.contact_id
WHERE told IS DISTINCT FROM kept
ORDER BY contact_id
