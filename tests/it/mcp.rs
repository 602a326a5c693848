//! The server as its clients meet it: what it says of itself, its lists, its answers and its refusals, in both eras.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::support::company::company;
use crate::support::little_lake::LittleLake;
use crate::support::served::{Client, Era, Still, app};
use crate::support::tree::in_tree;
use fastintercom::lake::Partitioning;
use fastintercom::server::TOOLS;

fn now() -> DateTime<Utc> {
    "2026-04-10T12:00:00Z".parse().unwrap()
}

fn client(era: Era) -> (LittleLake, Client) {
    let (lake, _) = company();
    let client = Client::of(app(&lake.home(), now(), Arc::new(Still::default())), era);
    (lake, client)
}

/// A call of each tool that it can answer.
const CALLS: &[(&str, &str)] = &[
    ("search_conversations", r#"{"query": "refund"}"#),
    ("get_conversation", r#"{"conversation_id": "1"}"#),
    ("get_conversation_details", r#"{"conversation_id": "1"}"#),
    ("analyze_conversations", r#"{"metrics": ["conversations"], "group_by": ["team"]}"#),
    ("query", r#"{"sql": "SELECT state, count(*) AS n FROM conversations GROUP BY state ORDER BY n"}"#),
    ("describe_data", r#"{"views": ["csat"]}"#),
    ("get_data_info", "{}"),
    ("check_coverage", r#"{"start_date": "2026-03-01", "end_date": "2026-03-31"}"#),
    ("get_sync_status", "{}"),
    ("sync_conversations", "{}"),
    ("force_sync", r#"{"days": 3}"#),
    ("get_server_status", "{}"),
];

#[test]
fn it_introduces_itself_in_both_eras_on_one_connection() {
    let (_lake, mut client) = client(Era::Modern);
    let discovered = client.request("server/discover", json!({}));
    assert!(
        discovered["supportedVersions"].as_array().unwrap().contains(&json!("2026-07-28")),
        "{discovered}"
    );
    assert_eq!(discovered["cacheScope"], "public");
    let introduced = client.initialize();
    assert_eq!(introduced["protocolVersion"], "2025-11-25");
    assert_eq!(introduced["serverInfo"]["name"], "fastintercom");
    let instructions = introduced["instructions"].as_str().unwrap();
    assert_eq!(discovered["instructions"], instructions);
    assert!(instructions.chars().count() <= 2_048, "{}", instructions.chars().count());
    for tool in TOOLS {
        assert!(instructions.contains(tool.name) || tool.name == "get_server_status", "{}", tool.name);
    }
}

#[test]
fn the_tools_are_those_of_the_design_and_small_enough_to_be_read_before_every_question() {
    let (_lake, mut client) = client(Era::Legacy);
    let list = client.request("tools/list", json!({}));
    let tools = list["tools"].as_array().unwrap();
    let names: Vec<&str> = tools.iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(names, CALLS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let description = tool["description"].as_str().unwrap();
        assert!(description.chars().count() <= 2_048, "{name}");
        assert!(tool["title"].is_string(), "{name}");
        let hints = &tool["annotations"];
        for hint in ["readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"] {
            assert!(hints[hint].is_boolean(), "{name} {hint}");
        }
        assert_eq!(
            hints["readOnlyHint"],
            json!(!name.contains("sync_conversations") && name != "force_sync"),
            "{name}"
        );
        assert_eq!(tool["inputSchema"]["additionalProperties"], false, "{name}");
        assert_eq!(tool["outputSchema"]["type"], "object", "{name}");
    }
    // Four characters are a token, or less than one.
    let chars = list["tools"].to_string().chars().count();
    assert!(chars <= 24_000, "the list of tools has {chars} characters");
    assert_eq!(client.request("tools/list", json!({})), list);
    insta::with_settings!({ snapshot_path => in_tree("tests/snapshots"), sort_maps => true }, { insta::assert_json_snapshot!("mcp_tools", list["tools"]) });
}

#[test]
fn every_tool_answers_the_same_twice_over_in_structure_and_text_as_its_schema_says() {
    for era in [Era::Legacy, Era::Modern] {
        let (_lake, mut client) = client(era);
        let list = client.request("tools/list", json!({}));
        assert_eq!(list["ttlMs"], 3_600_000);
        for (tool, (name, arguments)) in list["tools"].as_array().unwrap().iter().zip(CALLS) {
            let result = client.call(name, serde_json::from_str(arguments).unwrap());
            assert_ne!(result["isError"], json!(true), "{name}: {result}");
            let text = result["content"][0]["text"].as_str().unwrap();
            let structured = &result["structuredContent"];
            assert_eq!(&serde_json::from_str::<Value>(text).unwrap(), structured, "{name}");
            let known = tool["outputSchema"]["properties"].as_object().unwrap();
            for (key, value) in structured.as_object().unwrap() {
                let schema = known.get(key).unwrap_or_else(|| panic!("the schema of {name} lacks {key}"));
                assert!(fits(value, schema), "{name} {key}: {value} is not {schema}");
            }
        }
    }
}

/// Whether a value is of a type that a schema without depth allows. Clients in other languages check it in whole.
fn fits(value: &Value, schema: &Value) -> bool {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let is_one = |allowed: &Value| allowed == kind || (allowed == "number" && kind == "integer");
    let is_kind = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().any(is_one),
        Value::Null => true,
        one => is_one(one),
    };
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    is_kind && items.iter().all(|item| fits(item, &schema["items"]))
}

#[test]
fn answers_are_those_of_the_tools() {
    let (_lake, mut client) = client(Era::Modern);
    let found = client.answer("search_conversations", json!({"query": "refund"}));
    assert_eq!((&found["total"], &found["conversations"][0]["id"]), (&json!(1), &json!("1")));
    let read = client.answer("get_conversation", json!({"id": 1}));
    assert_eq!(read["messages"][0]["body"], "Refund?");
    let counted = client.answer("analyze_conversations", json!({"metrics": "conversations"}));
    assert_eq!(counted["total"]["values"]["conversations"]["value"], 5);
    let asked = client.answer("query", json!({"sql": "SELECT count(*) AS n FROM conversations"}));
    assert_eq!(asked["rows"], json!([[5]]));
    let held = client.answer("get_data_info", json!({}));
    assert_eq!((&held["has_data"], &held["total_conversations"]), (&json!(true), &json!(5)));
}

#[test]
fn mistakes_are_answers_that_say_what_is_right() {
    let (_lake, mut client) = client(Era::Modern);
    let cases = [
        ("search_conversations", json!({"limt": 3}), "did you mean limit?"),
        ("search_conversations", json!({"query": "\"open"}), "cannot be read"),
        ("search_conversations", json!({"timeframe": "last 7 dyas"}), "last 7 days"),
        (
            "analyze_conversations",
            json!({"metrics": ["first_respons_seconds"]}),
            "did you mean first_response_seconds?",
        ),
        ("get_conversation", json!({}), "needs the argument conversation_id"),
        ("get_conversation", json!({"conversation_id": "999"}), "not held here"),
        ("query", json!({"sql": "SELECT stat FROM conversations"}), "did you mean state"),
        ("query", json!({"sql": "SELECT * FROM conversatoins"}), "conversations"),
        ("query", json!({"sql": "DROP VIEW conversations"}), "only queries may"),
        ("describe_data", json!({"views": "cast"}), "did you mean csat?"),
        ("get_sync_status", json!({"job_id": "nothing"}), "nothing"),
        ("get_data_info", json!({"x": 1}), "takes no arguments"),
    ];
    for (tool, arguments, words) in cases {
        let mistake = client.mistake(tool, arguments);
        assert!(mistake.contains(words), "{tool}: {mistake}");
        assert!(mistake.len() < 2_100 && !mistake.contains("--unsafe"), "{tool}: {mistake}");
    }
}

#[test]
fn what_is_no_tool_prompt_or_resource_is_refused_with_what_there_is() {
    let (_lake, mut client) = client(Era::Modern);
    let tool = client.refusal("tools/call", json!({"name": "serch_conversations"}));
    assert_eq!(tool["code"], -32602);
    assert!(tool["message"].as_str().unwrap().contains("did you mean search_conversations?"), "{tool}");
    let prompt = client.refusal("prompts/get", json!({"name": "what_chnged"}));
    assert!(prompt["message"].as_str().unwrap().contains("did you mean what_changed?"), "{prompt}");
    let blank = client.refusal("prompts/get", json!({"name": "escalation_brief"}));
    assert!(blank["message"].as_str().unwrap().contains("needs the argument customer"), "{blank}");
    for uri in [
        "fi://schema/cast",
        "fi://schemas",
        "fi://conversation/999",
        "fi://conversation/../x",
        "file:///etc/passwd",
    ] {
        let refused = client.refusal("resources/read", json!({"uri": uri}));
        assert_eq!(refused["code"], -32602, "{uri}: {refused}");
    }
    assert!(client.refusal("nothing/like", json!({}))["code"].is_number());
}

#[test]
fn resources_are_the_views_and_conversations_and_nobody_else_may_keep_them() {
    let (_lake, mut client) = client(Era::Modern);
    let list = client.request("resources/list", json!({}));
    let uris: Vec<&str> =
        list["resources"].as_array().unwrap().iter().map(|one| one["uri"].as_str().unwrap()).collect();
    assert_eq!(uris.len(), 1 + fastintercom::engine::VIEWS.len());
    for uri in uris.into_iter().chain(["fi://conversation/1"]) {
        let read = client.request("resources/read", json!({"uri": uri}));
        assert_eq!(read["cacheScope"], "private", "{uri}");
        let text = read["contents"][0]["text"].as_str().unwrap();
        assert!(serde_json::from_str::<Value>(text).unwrap().is_object(), "{uri}");
        assert!(text.chars().count() <= 50_000, "{uri}: {}", text.chars().count());
    }
    let templates = client.request("resources/templates/list", json!({}));
    assert_eq!(templates["resourceTemplates"].as_array().unwrap().len(), 2);
}

#[test]
fn prompts_fill_their_blanks_and_blanks_are_completed() {
    let (_lake, mut client) = client(Era::Modern);
    let list = client.request("prompts/list", json!({}));
    for prompt in list["prompts"].as_array().unwrap() {
        let arguments: serde_json::Map<String, Value> = prompt["arguments"]
            .as_array()
            .unwrap()
            .iter()
            .map(|argument| (argument["name"].as_str().unwrap().to_owned(), json!("Zanzibar")))
            .collect();
        let names = arguments.len();
        let filled = client.request("prompts/get", json!({"name": prompt["name"], "arguments": arguments}));
        let text = filled["messages"][0]["content"]["text"].as_str().unwrap();
        assert!(text.matches("Zanzibar").count() >= names && !text.contains('{'), "{text}");
        let tools: Vec<&str> = text
            .split(|c: char| !c.is_ascii_lowercase() && c != '_')
            .filter(|word| word.contains("_conversation") || word.starts_with("check_"))
            .collect();
        assert!(
            !tools.is_empty() && tools.iter().all(|word| TOOLS.iter().any(|tool| tool.name == *word)),
            "{tools:?}"
        );
    }
    let mut completed = |reference: Value, name: &str, value: &str| {
        let params = json!({"ref": reference, "argument": {"name": name, "value": value}});
        client.request("completion/complete", params)["completion"]["values"].clone()
    };
    let prompt = json!({"type": "ref/prompt", "name": "what_changed"});
    assert_eq!(completed(prompt.clone(), "team", "SUP"), json!(["Support"]));
    assert_eq!(completed(prompt.clone(), "team", "zz"), json!([]));
    assert_eq!(completed(prompt, "timeframe", "last 9"), json!(["last 90 days"]));
    let view = json!({"type": "ref/resource", "uri": "fi://schema/{view}"});
    assert_eq!(completed(view, "view", "csat"), json!(["csat"]));
}

#[test]
fn without_a_lake_it_says_how_to_get_one() {
    let lake = LittleLake::empty(Partitioning::Month);
    let empty = tempfile::tempdir().unwrap();
    let mut client = Client::of(app(empty.path(), now(), Arc::new(Still::default())), Era::Legacy);
    drop(lake);
    for (name, arguments) in &CALLS[..6] {
        let mistake = client.mistake(name, serde_json::from_str(arguments).unwrap());
        assert!(mistake.contains("sync"), "{name}: {mistake}");
    }
    let info = client.answer("get_data_info", json!({}));
    assert_eq!(info["has_data"], false);
    let files = std::fs::read_dir(empty.path()).unwrap().count();
    assert_eq!(files, 0, "a server without a lake leaves nothing behind");
}

#[test]
fn that_nothing_new_can_arrive_is_said_once() {
    let (_lake, mut client) = client(Era::Legacy);
    let search = |client: &mut Client| client.answer("search_conversations", json!({}))["notes"].to_string();
    assert!(search(&mut client).contains("there is no access token"));
    assert!(!search(&mut client).contains("there is no access token"));
}

#[test]
fn questions_are_told_to_who_keeps_the_lake_fresh() {
    let (lake, _) = company();
    let still = Arc::new(Still::default());
    let mut client = Client::of(app(&lake.home(), now(), still.clone()), Era::Legacy);
    client.answer("search_conversations", json!({"timeframe": "2026-03"}));
    client.answer("analyze_conversations", json!({"timeframe": "this month"}));
    client.answer("get_data_info", json!({}));
    let end: DateTime<Utc> = "2026-04-01T00:00:00Z".parse().unwrap();
    assert_eq!(*still.questions.lock().unwrap(), [end, now()]);
}

#[test]
fn a_call_that_is_cancelled_is_not_answered_and_others_are() {
    let (_lake, mut client) = client(Era::Legacy);
    let slow = "SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 3";
    let id = client
        .post("tools/call", json!({"name": "query", "arguments": {"sql": slow, "timeout_seconds": 60}}));
    client.send(&json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}}));
    let rows = client.answer("query", json!({"sql": "SELECT 1 AS one"}))["rows"].clone();
    assert_eq!(rows, json!([[1]]));
    assert!(client.notices.iter().all(|notice| notice["id"] != json!(id)), "{:?}", client.notices);
}

#[test]
fn who_gives_a_token_hears_how_a_long_call_is_getting_on() {
    let (_lake, mut client) = client(Era::Legacy);
    let slow = "SELECT count(*) FROM range(1000000000000) t(i) WHERE i % 7 = 3";
    let arguments = json!({"sql": slow, "timeout_seconds": 3});
    let params = json!({"name": "query", "arguments": arguments, "_meta": {"progressToken": "p1"}});
    client.request("tools/call", params);
    let told: Vec<f64> = client
        .notices
        .iter()
        .filter(|notice| {
            notice["method"] == "notifications/progress" && notice["params"]["progressToken"] == "p1"
        })
        .map(|notice| notice["params"]["progress"].as_f64().unwrap())
        .collect();
    assert!(!told.is_empty() && told.windows(2).all(|pair| pair[0] < pair[1]), "{told:?}");
}

#[test]
fn every_example_that_is_shown_can_be_asked() {
    let (_lake, mut client) = client(Era::Legacy);
    for view in fastintercom::engine::VIEWS {
        let described = client.answer("describe_data", json!({"views": view.name}));
        assert!(!described["views"][0]["columns"].as_array().unwrap().is_empty(), "{}", view.name);
        for example in described["examples"].as_array().unwrap() {
            client.answer("query", json!({"sql": example["sql"]}));
        }
    }
}
