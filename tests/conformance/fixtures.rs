//! What the suite asks for by name: `fixtures.json`, as types.

use rmcp::model::{
    CallToolResult, ClientCapabilities, GetPromptResult, InputRequest, InputRequests, JsonObject, Prompt,
    Resource, ResourceContents, ResourceTemplate, Tool,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const JSON: &str = include_str!("fixtures.json");

/// All of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fixtures {
    pub(crate) tools: Vec<ToolFixture>,
    pub(crate) resources: Vec<ResourceFixture>,
    pub(crate) templates: Vec<TemplateFixture>,
    pub(crate) prompts: Vec<PromptFixture>,
}

/// A tool and what happens when it is called, in this order.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToolFixture {
    pub(crate) tool: Tool,
    /// What a client has to be capable of.
    pub(crate) needs: Option<ClientCapabilities>,
    /// What is asked before there is a result.
    #[serde(flatten)]
    pub(crate) input: Input,
    /// The list that is said to have changed.
    pub(crate) triggers: Option<List>,
    #[serde(default)]
    pub(crate) log: Vec<String>,
    /// How far it is, of 100.
    #[serde(default)]
    pub(crate) progress: Vec<f64>,
    /// What the client is asked meanwhile, in the era when that was possible.
    pub(crate) asks: Option<InputRequest>,
    pub(crate) result: CallToolResult,
}

/// What is asked of who called, in one round after another; the call comes again with each round's answers.
#[derive(Clone, Default, Deserialize)]
pub(crate) struct Input {
    #[serde(default)]
    pub(crate) rounds: Vec<InputRequests>,
    /// Whether a state that cannot be forged goes back and forth with it.
    #[serde(default)]
    pub(crate) is_sealed: bool,
    /// Whether only what the client can do is asked.
    #[serde(default)]
    pub(crate) is_only_declared: bool,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum List {
    Tools,
    Prompts,
}

#[derive(Deserialize)]
pub(crate) struct ResourceFixture {
    pub(crate) resource: Resource,
    pub(crate) contents: ResourceContents,
}

#[derive(Deserialize)]
pub(crate) struct TemplateFixture {
    pub(crate) template: ResourceTemplate,
    pub(crate) contents: ResourceContents,
}

#[derive(Clone, Deserialize)]
pub(crate) struct PromptFixture {
    pub(crate) prompt: Prompt,
    #[serde(flatten)]
    pub(crate) input: Input,
    pub(crate) result: GetPromptResult,
}

impl Fixtures {
    pub(crate) fn load() -> Result<Self, serde_json::Error> {
        serde_json::from_str(JSON)
    }

    /// The contents of a resource, by its own address or by one made of a template's.
    pub(crate) fn contents(&self, uri: &str) -> Option<ResourceContents> {
        let fixed = self.resources.iter().find(|fixture| fixture.resource.uri == uri);
        fixed.map(|fixture| fixture.contents.clone()).or_else(|| {
            self.templates.iter().find_map(|fixture| {
                let (before, after) = fixture.template.uri_template.split_once("{id}")?;
                let id = uri.strip_prefix(before)?.strip_suffix(after)?;
                let given = JsonObject::from_iter([("id".to_owned(), Value::from(id))]);
                Some(filled(&fixture.contents, &given))
            })
        })
    }
}

/// A value with what was given in the place of names in braces.
pub(crate) fn filled<T: Serialize + DeserializeOwned + Clone>(value: &T, given: &JsonObject) -> T {
    let Ok(mut json) = serde_json::to_value(value) else { return value.clone() };
    fill(&mut json, given);
    serde_json::from_value(json).unwrap_or_else(|_| value.clone())
}

fn fill(value: &mut Value, given: &JsonObject) {
    match value {
        Value::String(text) => {
            for (name, value) in given {
                let words = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                *text = text.replace(&format!("{{{name}}}"), &words);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, given)),
        Value::Object(map) => map.values_mut().for_each(|item| fill(item, given)),
        _ => {}
    }
}
