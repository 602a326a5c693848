//! What a tool is to a server: its name and description, its schemas, and the function that answers.

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::arguments;
use super::call::Call;
use crate::tools::ToolError;

/// What calling a tool does to the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It answers from all that is held here, and is of no use when that is too old.
    Answers,
    /// It reads something of what is held here.
    Reads,
    /// It reads what is held here, and asks Intercom for one conversation that is not.
    Fetches,
    /// It fetches from Intercom into the lake; nothing is changed in Intercom.
    Syncs,
}

/// A tool.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The name callers use.
    pub name: &'static str,
    /// The name people see.
    pub title: &'static str,
    /// What it does, what it does not do, and which tool does that.
    pub description: &'static str,
    /// What calling it does.
    pub effect: Effect,
    pub(super) input: fn() -> Map<String, Value>,
    pub(super) output: fn() -> Map<String, Value>,
    /// The whole schemas of arguments and answers, with what they refer to left in a generator.
    pub(super) whole_input: fn(&mut SchemaGenerator) -> Schema,
    pub(super) whole_output: fn(&mut SchemaGenerator) -> Schema,
    pub(super) run: fn(&Call<'_>, Map<String, Value>) -> Result<Value, ToolError>,
}

impl Tool {
    /// The schema of its arguments.
    pub fn input_schema(&self) -> Map<String, Value> {
        (self.input)()
    }

    /// The schema of its answers.
    pub fn output_schema(&self) -> Map<String, Value> {
        (self.output)()
    }
}

/// Its parts, from a function of typed parameters to a typed answer.
macro_rules! tool {
    ($name:literal, $title:literal, $effect:ident, $params:ty => $answer:ty, $function:path, $description:expr $(,)?) => {
        $crate::server::tool::Tool {
            name: $name,
            title: $title,
            description: $description,
            effect: $crate::server::tool::Effect::$effect,
            input: $crate::server::schema::input_schema::<$params>,
            output: $crate::server::schema::output_schema::<$answer>,
            whole_input: |generator| generator.subschema_for::<$params>(),
            whole_output: |generator| generator.subschema_for::<$answer>(),
            run: |call, arguments| {
                // Each call looks at it, and it never changes.
                static SCHEMA: std::sync::LazyLock<serde_json::Value> = std::sync::LazyLock::new(|| {
                    serde_json::Value::Object($crate::server::schema::input_schema::<$params>())
                });
                $crate::server::tool::run::<$params, $answer>($name, call, arguments, &SCHEMA, $function)
            },
        }
    };
}
pub(super) use tool;

/// Reads the arguments, runs the function, writes the answer.
pub(super) fn run<P, A>(
    name: &str,
    call: &Call<'_>,
    arguments: Map<String, Value>,
    schema: &Value,
    function: fn(&Call<'_>, &P) -> Result<A, ToolError>,
) -> Result<Value, ToolError>
where
    P: DeserializeOwned,
    A: Serialize,
{
    let params = arguments::read(name, arguments, schema)?;
    let answer = function(call, &params)?;
    serde_json::to_value(answer)
        .map_err(|error| ToolError::Refused(format!("the answer cannot be written: {error}")))
}
