//! What Fin did in a conversation, and the other fields that came with newer versions.

use super::View;
use crate::demo::version::ApiVersion;
use crate::demo::workspace::{AiAgent, Conversation, TOPICS, tables};
use serde::Serialize;
use serde_json::Value;

#[derive(Serialize)]
struct ContentSource {
    content_type: &'static str,
    url: String,
    title: &'static str,
    locale: &'static str,
}

#[derive(Serialize)]
struct ContentSources {
    r#type: &'static str,
    total_count: usize,
    content_sources: Vec<ContentSource>,
}

#[derive(Serialize)]
struct AiAgentWire<'a> {
    source_type: &'static str,
    source_title: Option<&'static str>,
    last_answer_type: Option<&'static str>,
    resolution_state: Option<&'static str>,
    rating: Option<u8>,
    rating_remark: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    created_at: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    updated_at: Option<i64>,
    content_sources: ContentSources,
}

#[derive(Serialize)]
struct SalesAgent {
    outcome: &'static str,
    routing_outcome: Option<&'static str>,
    collected_data: Option<Value>,
}

#[derive(Serialize)]
struct ChannelWire {
    initial: &'static str,
    current: &'static str,
}

/// What came with 2.16.
#[derive(Serialize)]
pub(crate) struct Since216 {
    sales_agent_participated: bool,
    sales_agent: Option<SalesAgent>,
    channel: ChannelWire,
    external_references: [(); 0],
}

#[derive(Serialize)]
pub(crate) struct Fin<'a> {
    ai_agent_participated: bool,
    ai_agent: Option<AiAgentWire<'a>>,
}

#[derive(Serialize)]
pub(crate) struct Monitor {
    monitor_id: &'static str,
    monitor_name: &'static str,
    monitor_type: &'static str,
    result: &'static str,
    explanation: Option<&'static str>,
    evaluated_at: i64,
}
/// What Fin did, from 2.11 on.
pub(crate) fn fin<'a>(view: &View<'_>, c: &'a Conversation) -> Option<Fin<'a>> {
    (view.version >= ApiVersion::V2_11).then(|| Fin {
        ai_agent_participated: c.ai_agent.is_some(),
        ai_agent: c.ai_agent.as_deref().map(|agent| ai_agent(view, agent)),
    })
}

/// The words for resolution states up to 2.14.
fn older_resolution(state: &'static str) -> &'static str {
    match state {
        "escalated" | "procedure_handoff" => "routed_to_team",
        "negative_feedback" => "abandoned",
        same => same,
    }
}

fn ai_agent<'a>(view: &View<'_>, agent: &'a AiAgent) -> AiAgentWire<'a> {
    let dated = view.version >= ApiVersion::V2_14;
    let article = |n: &u8| ContentSource {
        content_type: "article",
        url: format!(
            "https://app.intercom.com/a/apps/{}/articles/articles/{}/show",
            tables::APP_ID,
            500 + u64::from(*n)
        ),
        title: TOPICS[usize::from(*n)].article,
        locale: "en",
    };
    let content_sources: Vec<_> = agent.articles.iter().map(article).collect();
    AiAgentWire {
        source_type: agent.source_type,
        source_title: agent.source_title,
        last_answer_type: agent.last_answer_type,
        resolution_state: agent
            .resolution_state
            .map(|state| if view.version >= ApiVersion::V2_15 { state } else { older_resolution(state) }),
        rating: agent.rating,
        rating_remark: agent.rating_remark.as_deref(),
        created_at: dated.then_some(agent.created_at),
        updated_at: dated.then_some(agent.updated_at),
        content_sources: ContentSources {
            r#type: "content_source.list",
            total_count: content_sources.len(),
            content_sources,
        },
    }
}

pub(crate) fn since_2_16(c: &Conversation) -> Since216 {
    let initial = if c.source.kind == "conversation" { "messenger" } else { c.source.kind };
    Since216 {
        sales_agent_participated: c.sales_outcome.is_some(),
        sales_agent: c.sales_outcome.map(|outcome| SalesAgent {
            outcome,
            routing_outcome: None,
            collected_data: None,
        }),
        channel: ChannelWire { initial, current: c.channel },
        external_references: [],
    }
}

pub(crate) fn ai_topics(c: &Conversation) -> Value {
    let topic = |n: &u8| {
        let topic = &TOPICS[usize::from(*n)];
        serde_json::json!({"topic_name": topic.name, "subtopics": [{"id": format!("st-{n}"), "name": topic.article}]})
    };
    serde_json::json!({"topics": c.topics.iter().map(topic).collect::<Vec<_>>()})
}

/// Quality checks, on one conversation in seven.
pub(crate) fn monitors(c: &Conversation) -> Vec<Monitor> {
    let monitor = Monitor {
        monitor_id: "mon_1",
        monitor_name: "Tone of voice",
        monitor_type: "ai",
        result: "flagged",
        explanation: Some("The answer was curt."),
        evaluated_at: c.updated_at,
    };
    if c.id.is_multiple_of(7) { vec![monitor] } else { Vec::new() }
}

pub(crate) fn scorecards(view: &View<'_>, c: &Conversation) -> Vec<Value> {
    let Some(admin) = c.teammates().first().copied().filter(|_| c.id.is_multiple_of(7)) else {
        return Vec::new();
    };
    vec![serde_json::json!({
        "scorecard_id": "sc_1", "scorecard_version_id": "sc_1_v2", "name": "Quality", "scorecard_type": "teammate",
        "passed": true, "score": 0.8, "ai_score": 0.75, "evaluated_at": c.updated_at,
        "reviewed_teammate": {"type": "admin", "admin_id": view.workspace.admins[admin as usize].id.to_string()},
        "evaluators": [{"evaluator_id": "ev_1", "result": {"value": "yes", "source": "ai", "reasoning": null, "reason_ids": []}}],
    })]
}
