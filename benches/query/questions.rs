//! What people ask, as SQL over the views that ship: of each view its typical question, and whole histories.

/// A question over a view.
pub(crate) struct Question {
    /// The view, and what is asked of it.
    pub(crate) name: &'static str,
    /// Runs as it is in `fi query` and on native tables.
    pub(crate) sql: &'static str,
    /// Whether it is the one a person asks of the view first, which has to be quick.
    pub(crate) is_typical: bool,
    /// The nearest that the earlier tool's tables can tell.
    pub(crate) sqlite: Option<Nearest>,
}

/// A question to SQLite.
pub(crate) struct Nearest {
    pub(crate) sql: &'static str,
    /// The same of our views: the answers have to be equal.
    pub(crate) ours: &'static str,
}

macro_rules! questions {
    ($($name:literal $kind:ident $sql:literal $(, sqlite $sqlite:literal same as $ours:literal)?;)+) => {
        &[$(Question {
            name: $name,
            sql: $sql,
            is_typical: questions!(@$kind),
            sqlite: questions!(@nearest $($sqlite, $ours)?),
        }),+]
    };
    (@typical) => { true };
    (@whole) => { false };
    (@nearest) => { None };
    (@nearest $sqlite:literal, $ours:literal) => { Some(Nearest { sql: $sqlite, ours: $ours }) };
}

/// Stands in questions for the id of a conversation in the middle of the lake.
pub(crate) const CONVERSATION: &str = "{conversation}";

/// Every question; the present is 2026-11-21 12:00 UTC.
pub(crate) const QUESTIONS: &[Question] = questions![
    "conversation_metrics by week, 90 days" typical
        "SELECT date_trunc('week', created_at)::DATE AS week, count(*) AS conversation_count,
             quantile_cont(first_response_seconds, 0.5) AS p50, quantile_cont(first_response_seconds, 0.9) AS p90
         FROM conversation_metrics WHERE created_at >= TIMESTAMP '2026-08-24' GROUP BY week ORDER BY week",
        sqlite
        "WITH asked AS (
             SELECT m.conversation_id, c.created_at AS began_at, m.author_type, m.part_type, m.created_at,
                 m.sequence_number,
                 min(CASE WHEN m.author_type = 'user' THEN m.sequence_number END)
                     OVER (PARTITION BY m.conversation_id) AS asked_number,
                 min(CASE WHEN m.author_type = 'user' THEN m.created_at END)
                     OVER (PARTITION BY m.conversation_id) AS asked_at
             FROM conversations c JOIN messages m ON m.conversation_id = c.id
             WHERE c.created_at >= '2026-08-24' AND c.thread_complete),
         waited AS (
             SELECT began_at, strftime('%s', min(created_at)) - strftime('%s', asked_at) AS seconds
             FROM asked
             WHERE author_type = 'admin' AND part_type = 'comment' AND sequence_number > asked_number
             GROUP BY conversation_id),
         ranked AS (
             SELECT date(began_at, 'weekday 0', '-6 days') AS week, seconds,
                 row_number() OVER (PARTITION BY date(began_at, 'weekday 0', '-6 days') ORDER BY seconds) AS place,
                 count(*) OVER (PARTITION BY date(began_at, 'weekday 0', '-6 days')) AS n
             FROM waited)
         SELECT week, max(n) AS n, avg(seconds) AS p50 FROM ranked
         WHERE place IN ((n + 1) / 2, (n + 2) / 2) GROUP BY week ORDER BY week"
        same as
        "SELECT date_trunc('week', created_at)::DATE AS week, count(first_response_seconds) AS n,
             quantile_cont(first_response_seconds, 0.5) AS p50
         FROM conversation_metrics WHERE created_at >= TIMESTAMP '2026-08-24' AND timing_source = 'messages'
         GROUP BY week ORDER BY week";
    "conversation_metrics by month, whole" whole
        "SELECT date_trunc('month', created_at)::DATE AS month, count(*) AS conversation_count,
             quantile_cont(first_response_seconds, 0.5) AS p50, quantile_cont(resolution_seconds, 0.5) AS resolved
         FROM conversation_metrics GROUP BY month ORDER BY month";
    "daily_volume, 90 days" typical
        "SELECT * FROM daily_volume WHERE day >= DATE '2026-08-23' ORDER BY day",
        sqlite
        "SELECT date(created_at) AS day, count(*) AS n FROM conversations
         WHERE created_at >= '2026-08-23' GROUP BY day ORDER BY day"
        same as
        "SELECT day, created_count FROM daily_volume WHERE day >= DATE '2026-08-23' AND created_count > 0 ORDER BY day";
    "daily_volume, whole" whole
        "SELECT * FROM daily_volume ORDER BY day",
        sqlite
        "SELECT date(created_at) AS day, count(*) AS n FROM conversations GROUP BY day ORDER BY day"
        same as
        "SELECT day, created_count FROM daily_volume WHERE created_count > 0 ORDER BY day";
    "response_times, 90 days" typical
        "SELECT * FROM response_times WHERE day >= DATE '2026-08-23' ORDER BY day";
    "response_times, whole" whole
        "SELECT * FROM response_times ORDER BY day";
    "resolution, 90 days" typical
        "SELECT * FROM resolution WHERE day >= DATE '2026-08-23' ORDER BY day";
    "resolution, whole" whole
        "SELECT * FROM resolution ORDER BY day";
    "assignee_performance" typical
        "SELECT * FROM assignee_performance ORDER BY open_count DESC, admin_id";
    "team_performance" typical
        "SELECT * FROM team_performance ORDER BY open_count DESC, team_id";
    "tag_volume, 3 months" typical
        "SELECT * FROM tag_volume WHERE month_began_at >= TIMESTAMP '2026-09-01'
         ORDER BY month_began_at, conversation_count DESC, tag_id",
        sqlite
        "SELECT strftime('%Y-%m-01', c.created_at) AS month, tag.value AS name, count(*) AS n
         FROM conversations c, json_each(c.tags) tag
         WHERE c.created_at >= '2026-09-01' GROUP BY month, name ORDER BY month, name"
        same as
        "SELECT month_began_at::DATE AS month, name, conversation_count FROM tag_volume WHERE month_began_at >= TIMESTAMP '2026-09-01'
         ORDER BY month_began_at, name";
    "tag_volume, whole" whole
        "SELECT * FROM tag_volume ORDER BY month_began_at, conversation_count DESC, tag_id",
        sqlite
        "SELECT strftime('%Y-%m-01', c.created_at) AS month, tag.value AS name, count(*) AS n
         FROM conversations c, json_each(c.tags) tag GROUP BY month, name ORDER BY month, name"
        same as
        "SELECT month_began_at::DATE AS month, name, conversation_count FROM tag_volume ORDER BY month_began_at, name";
    "csat, 90 days" typical
        "SELECT * FROM csat WHERE day >= DATE '2026-08-23' ORDER BY day";
    "csat, whole" whole
        "SELECT * FROM csat ORDER BY day";
    "sla, 90 days" typical
        "SELECT * FROM sla WHERE day >= DATE '2026-08-23' ORDER BY sla_name, day";
    "sla, whole" whole
        "SELECT * FROM sla ORDER BY sla_name, day";
    "fin_performance, 90 days" typical
        "SELECT * FROM fin_performance WHERE day >= DATE '2026-08-23' ORDER BY day";
    "fin_performance, whole" whole
        "SELECT * FROM fin_performance ORDER BY day";
    "backlog, 50 longest" typical
        "SELECT * FROM backlog ORDER BY waiting_seconds DESC NULLS LAST, conversation_id LIMIT 50";
    "busy_hours" typical
        "SELECT * FROM busy_hours ORDER BY weekday_number, hour_of_day";
    "contact_activity, 50 busiest" typical
        "SELECT * FROM contact_activity ORDER BY conversation_count DESC, contact_id LIMIT 50",
        sqlite
        "SELECT customer_email, count(*) AS n FROM conversations WHERE customer_email IS NOT NULL
         GROUP BY customer_email ORDER BY n DESC, customer_email LIMIT 50"
        same as
        "SELECT contact_email, count(*) AS n FROM conversation_metrics WHERE contact_email IS NOT NULL
         GROUP BY contact_email ORDER BY n DESC, contact_email LIMIT 50";
    "company_activity, 50 busiest" typical
        "SELECT * FROM company_activity ORDER BY conversation_count DESC, company_id LIMIT 50";
    "message_timeline, 1 conversation" typical
        "SELECT * FROM message_timeline WHERE conversation_id = '{conversation}' ORDER BY position",
        sqlite
        "SELECT author_type, created_at, body FROM messages
         WHERE conversation_id = '{conversation}' ORDER BY sequence_number"
        same as
        "SELECT CASE author_class WHEN 'teammate' THEN 'admin' ELSE 'user' END AS author_type,
             strftime(created_at, '%Y-%m-%d %H:%M:%S'), body_text
         FROM message_timeline
         WHERE conversation_id = '{conversation}' AND author_class IN ('customer', 'teammate')
             AND (position = 0 OR is_visible OR is_note)
         ORDER BY position";
    "message_timeline by author, 90 days" whole
        "SELECT author_class, count(*) AS message_count FROM message_timeline
         WHERE created_at >= TIMESTAMP '2026-08-23' GROUP BY author_class ORDER BY author_class",
        sqlite
        "SELECT author_type, count(*) AS n FROM messages
         WHERE created_at >= '2026-08-23' GROUP BY author_type ORDER BY author_type"
        same as
        "SELECT CASE author_class WHEN 'teammate' THEN 'admin' ELSE 'user' END AS author_type, count(*) AS n
         FROM message_timeline
         WHERE created_at >= TIMESTAMP '2026-08-23' AND author_class IN ('customer', 'teammate')
             AND (position = 0 OR is_visible OR is_note)
         GROUP BY author_type ORDER BY author_type";
    "messages by length, whole" whole
        "SELECT author_class, count(*) AS message_count, avg(length(body_text)) AS length_avg FROM messages
         GROUP BY author_class ORDER BY author_class";
];

/// A question to `fi analyze`.
pub(crate) struct Analysis {
    pub(crate) name: &'static str,
    pub(crate) metrics: &'static [&'static str],
    pub(crate) group_by: &'static [&'static str],
    pub(crate) timeframe: &'static str,
    pub(crate) compare_to: Option<&'static str>,
}

/// Every question to it.
pub(crate) const ANALYSES: &[Analysis] = &[
    Analysis {
        name: "analyze by week, 90 days",
        metrics: &["conversations", "first_response_seconds:p50,p90", "response_rate", "csat"],
        group_by: &["week"],
        timeframe: "last 90 days",
        compare_to: None,
    },
    Analysis {
        name: "analyze by team, compared",
        metrics: &["csat", "resolution_seconds"],
        group_by: &["team"],
        timeframe: "last 60 days",
        compare_to: Some("previous"),
    },
    Analysis {
        name: "analyze by assignee, quarter",
        metrics: &["conversations", "first_response_seconds", "resolution_rate"],
        group_by: &["assignee"],
        timeframe: "this quarter",
        compare_to: None,
    },
    Analysis {
        name: "analyze by tag, 90 days",
        metrics: &["conversations", "first_response_seconds"],
        group_by: &["tag"],
        timeframe: "last 90 days",
        compare_to: None,
    },
    Analysis {
        name: "analyze by weekday and hour, 90 days",
        metrics: &["conversations"],
        group_by: &["weekday", "hour_of_day"],
        timeframe: "last 90 days",
        compare_to: None,
    },
    Analysis {
        name: "analyze by month, whole",
        metrics: &["conversations", "first_response_seconds:p50,p90", "resolution_rate"],
        group_by: &["month"],
        timeframe: "all time",
        compare_to: None,
    },
];
