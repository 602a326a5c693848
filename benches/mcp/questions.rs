//! What clients of a server ask, in turn.

use serde_json::{Value, json};

/// Tools, with arguments.
pub(crate) fn questions() -> Vec<(&'static str, Value)> {
    vec![
        ("search_conversations", json!({"query": "refund", "limit": 10})),
        ("search_conversations", json!({"query": "delivery late", "timeframe": "last 90 days"})),
        ("search_conversations", json!({"filters": {"unanswered": true}, "sort": "longest_wait"})),
        (
            "analyze_conversations",
            json!({"metrics": ["conversations", "first_response_seconds:p50"], "group_by": ["week"], "timeframe": "last 90 days"}),
        ),
        ("analyze_conversations", json!({"metrics": ["csat"], "group_by": ["team"]})),
        ("query", json!({"sql": "SELECT state, count(*) AS n FROM conversations GROUP BY state ORDER BY n"})),
        ("query", json!({"sql": "SELECT conversation_id FROM conversations ORDER BY created_at LIMIT 1"})),
        ("get_data_info", json!({})),
        ("describe_data", json!({"views": ["response_times"]})),
    ]
}
