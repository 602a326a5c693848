-- Questions in words and in SQL, by view: what `describe_data` shows and what the tests run on the demo lake.

-- conversations: How many conversations are open, by channel?
SELECT source_type, count(*) AS conversation_count
FROM conversations
WHERE state = 'open'
GROUP BY source_type
ORDER BY conversation_count DESC;

-- conversations: Which tags came up most in the last 30 days?
SELECT tag.name, count(*) AS conversation_count
FROM conversations, unnest(tags) AS tagged(tag)
WHERE created_at >= now() - INTERVAL 30 DAY
GROUP BY tag.name
ORDER BY conversation_count DESC
LIMIT 10;

-- messages: Who wrote most messages that customers could see in the last week?
SELECT author_class, author_name, count(*) AS message_count
FROM messages
WHERE is_visible AND NOT is_note AND created_at >= now() - INTERVAL 7 DAY
GROUP BY ALL
ORDER BY message_count DESC
LIMIT 10;

-- contacts: From which countries do contacts come?
SELECT country, count(*) AS contact_count
FROM contacts
GROUP BY country
ORDER BY contact_count DESC
LIMIT 10;

-- conversation_metrics: How long did customers wait for a first reply, by week?
SELECT date_trunc('week', created_at) AS week, count(*) AS inbound_count,
       median(first_response_seconds) AS first_response_p50_seconds
FROM conversation_metrics
WHERE is_inbound
GROUP BY week
ORDER BY week;

-- conversation_metrics: Which conversations about refunds were rated badly?
SELECT conversation_id, rating, rating_remark
FROM conversation_metrics
JOIN search('refund -shipping') USING (conversation_id)
WHERE rating <= 2
ORDER BY score DESC
LIMIT 10;

-- daily_volume: How many conversations began and were closed on each of the last 14 days?
SELECT day, created_count, closed_count
FROM daily_volume
WHERE day >= current_date - 14
ORDER BY day;

-- response_times: Is the first reply getting faster?
SELECT day, inbound_count, response_rate, first_response_p50_seconds
FROM response_times
ORDER BY day DESC
LIMIT 14;

-- resolution: What part of the conversations of each month is closed, and how many were reopened?
SELECT date_trunc('month', day) AS month, sum(resolved_count) / sum(inbound_count) AS resolution_rate,
       sum(reopened_count) AS reopened_count
FROM resolution
GROUP BY month
ORDER BY month;

-- assignee_performance: Who has most open conversations?
SELECT name, open_count, unanswered_count, csat
FROM assignee_performance
ORDER BY open_count DESC
LIMIT 10;

-- team_performance: Which team answers fastest?
SELECT name, conversation_count, first_response_p50_seconds, resolution_rate
FROM team_performance
ORDER BY first_response_p50_seconds;

-- tag_volume: Which topics grew most from the month before last to the last?
SELECT name, share, share - lag(share) OVER (PARTITION BY tag_id ORDER BY month_began_at) AS share_change
FROM tag_volume
QUALIFY row_number() OVER (PARTITION BY tag_id ORDER BY month_began_at DESC) = 1
ORDER BY share_change DESC NULLS LAST
LIMIT 10;

-- csat: How satisfied were customers, by month?
SELECT date_trunc('month', day) AS month, sum(rated_count) AS rated_count,
       sum(positive_count) / sum(rated_count) AS csat
FROM csat
GROUP BY month
ORDER BY month;

-- sla: How often is each agreement kept?
SELECT sla_name, sum(hit_count) AS hit_count, sum(missed_count) AS missed_count
FROM sla
GROUP BY sla_name;

-- fin_performance: What part of the conversations does Fin settle?
SELECT sum(fin_resolved_count) / sum(conversation_count) AS automation_rate
FROM fin_performance;

-- backlog: What has waited longest for an answer?
SELECT conversation_id, title, contact_name, admin_assignee_name, waiting_seconds
FROM backlog
WHERE waiting_since_at IS NOT NULL
ORDER BY waiting_since_at
LIMIT 10;

-- busy_hours: In which hours do most customers write?
SELECT weekday_number, hour_of_day, created_count
FROM busy_hours
ORDER BY created_count DESC
LIMIT 10;

-- contact_activity: Who writes most?
SELECT contact_id, name, conversation_count, open_count, last_conversation_at
FROM contact_activity
ORDER BY conversation_count DESC
LIMIT 10;

-- company_activity: Which companies wait for an answer?
SELECT name, unanswered_count, open_count
FROM company_activity
WHERE unanswered_count > 0
ORDER BY unanswered_count DESC
LIMIT 10;

-- message_timeline: How long did each step of the newest conversation take?
SELECT position, author_class, part_type, seconds_since_previous
FROM message_timeline
WHERE conversation_id = (SELECT conversation_id FROM conversations ORDER BY created_at DESC LIMIT 1)
ORDER BY position;
