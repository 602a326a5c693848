-- Everybody and everything with a name: teammates, teams and tags.
WITH

admins AS (
    SELECT 'admin' AS kind, admin_id AS id, coalesce(name, email, admin_id) AS name, coalesce(email, '') AS email
    FROM admins
),

teams AS (
    SELECT 'team' AS kind, team_id AS id, coalesce(name, team_id) AS name, '' AS email
    FROM teams
),

listed_tags AS (
    SELECT 'tag' AS kind, tag_id AS id, coalesce(name, tag_id) AS name, '' AS email
    FROM tags
),

final AS (
    FROM admins UNION ALL FROM teams UNION ALL FROM listed_tags
)

SELECT kind, id, name, email FROM final ORDER BY kind, name, id
