//! What is asked, by how it is asked: the same few questions by everybody, or one that nobody asked before.

use serde_json::{Value, json};

/// Words of the made-up company's customers, from rare to frequent.
const WORDS: &[&str] = &[
    "refund", "invoice", "delivery", "broken", "password", "cancel", "upgrade", "shipping", "charged",
    "login", "export", "team", "error", "address", "order", "email", "account", "payment", "late", "price",
    "plan", "return", "trial", "app", "update", "missing", "size", "help", "thanks", "please",
];

/// A kind of question.
#[derive(Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    /// The address and the body of the question of a number.
    pub(crate) question: fn(u64) -> (&'static str, Value),
}

pub(crate) const KINDS: &[Kind] = &[
    Kind { name: "search, one of 20 asked before", question: |number| search(number % 20, 10) },
    Kind { name: "search, asked by nobody before", question: |number| search(1_000 + number, 10) },
    Kind {
        name: "search of ask-intercom, one of 20",
        question: |number| ("/tools/search_conversations", as_older(number % 20)),
    },
    Kind {
        name: "search of ask-intercom, asked by nobody",
        question: |number| ("/tools/search_conversations", as_older(1_000 + number)),
    },
    Kind {
        name: "analyze, one of 5 asked before",
        question: |number| ("/api/v1/analyze", figures(number % 5)),
    },
    Kind {
        name: "analyze, asked by nobody before",
        question: |number| ("/api/v1/analyze", figures(5 + number)),
    },
    Kind {
        name: "query",
        question: |number| {
            let sql =
                format!("SELECT state, count(*) AS n FROM conversations WHERE {number} >= 0 GROUP BY state");
            ("/api/v1/query", json!({ "sql": sql }))
        },
    },
    Kind { name: "get_data_info", question: |_| ("/tools/get_data_info", json!({})) },
];

/// Two words and a place to begin: another question for every number.
fn search(number: u64, limit: u64) -> (&'static str, Value) {
    let of = WORDS.len() as u64;
    let word = |place: u64| WORDS[(place % of) as usize];
    let (one, other, offset) = (word(number), word(number / of + number + 1), number / (of * of));
    ("/api/v1/search", json!({"query": format!("{one} OR {other}"), "offset": offset, "limit": limit}))
}

/// A month that begins at another second for every number, as ask-intercom asks for it.
fn as_older(number: u64) -> Value {
    let (minute, second) = (number / 60 % 60, number % 60);
    let day = 1 + number / 3_600 % 28;
    json!({
        "created_after": format!("2026-10-{day:02}T00:{minute:02}:{second:02}"),
        "created_before": "2026-11-20T23:59:59",
        "limit": 50,
    })
}

fn figures(number: u64) -> Value {
    let (minute, second) = (number / 60 % 60, number % 60);
    json!({
        "metrics": ["conversations", "first_response_seconds:p50"],
        "group_by": ["week"],
        "timeframe": {"start": format!("2026-06-01T00:{minute:02}:{second:02}"), "end": "2026-11-20"},
    })
}
