//! Parses the `query` of a search: groups of groups of filters, each checked against the type of its field.

use super::field::{Document, Field, Kind};
use super::request::Rules;
use crate::demo::server::error::{Answer, ApiError};
use serde_json::Value;

/// Groups may hold groups once.
const MOST_LEVELS: usize = 2;
/// Filters of one group.
const MOST_FILTERS: usize = 15;
/// No timestamp in seconds is this large; one in milliseconds is.
const MILLISECONDS: i64 = 100_000_000_000;

/// A parsed query.
pub(crate) enum Query<D: 'static> {
    All(Vec<Query<D>>),
    Any(Vec<Query<D>>),
    Test(Filter<D>),
    /// What a timestamp in milliseconds finds.
    Nothing,
}

/// A field and what it is compared with.
pub(crate) struct Filter<D: 'static> {
    pub(crate) target: Target<D>,
    pub(crate) op: Op,
}

/// A field of the table, or one the workspace named.
pub(crate) enum Target<D: 'static> {
    Known(&'static Field<D>),
    Custom(String),
}

impl<D> Target<D> {
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Known(field) => Some(field.kind),
            Self::Custom(_) => None,
        }
    }
}

/// A comparison, with the meaning already settled: `>` may have become `>=`, a date a whole day.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Op {
    Equal(Operand),
    NotEqual(Operand),
    In(Vec<Operand>),
    NotIn(Vec<Operand>),
    /// From the first to the second, both included.
    Between(i64, i64),
    Contains(String),
    NotContains(String),
    StartsWith(String),
    EndsWith(String),
}

/// A value of a filter. Texts are in lower case: search does not care.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Operand {
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
}

/// Parses a query.
pub(crate) fn parse<D: Document>(value: &Value, rules: &Rules) -> Answer<Query<D>> {
    node(value, rules, 0)
}

fn node<D: Document>(value: &Value, rules: &Rules, level: usize) -> Answer<Query<D>> {
    let Some(object) = value.as_object() else {
        return Err(ApiError::bad("parameter_invalid", "query must be an object"));
    };
    let operator = object.get("operator").and_then(Value::as_str).unwrap_or("");
    if object.contains_key("field") {
        return filter(object, operator, rules);
    }
    let children = object.get("value").and_then(Value::as_array);
    let (Some(children), "AND" | "OR") = (children, operator) else {
        return Err(ApiError::bad(
            "parameter_invalid",
            "query must be a filter or a group with operator AND or OR",
        ));
    };
    if level >= MOST_LEVELS {
        return Err(ApiError::bad("parameter_invalid", "queries can be nested 2 levels deep at most"));
    }
    if children.is_empty() || children.len() > MOST_FILTERS {
        return Err(ApiError::bad("parameter_invalid", "a group must have 1 to 15 filters"));
    }
    let children = children.iter().map(|child| node(child, rules, level + 1)).collect::<Answer<Vec<_>>>()?;
    Ok(if operator == "AND" { Query::All(children) } else { Query::Any(children) })
}

fn filter<D: Document>(
    object: &serde_json::Map<String, Value>,
    operator: &str,
    rules: &Rules,
) -> Answer<Query<D>> {
    let name = object.get("field").and_then(Value::as_str).unwrap_or("");
    let target = target::<D>(name)?;
    let value = object.get("value").unwrap_or(&Value::Null);
    let Some(kind) = target.kind() else {
        return Ok(Query::Test(Filter { op: custom_op(name, operator, value)?, target }));
    };
    check_operator(name, kind, operator, rules)?;
    let op = match kind {
        Kind::Date if rules.days.is_some() => match date_of_day(name, operator, value, rules)? {
            Some(op) => op,
            None => return Ok(Query::Nothing),
        },
        _ => op(name, kind, operator, value, rules)?,
    };
    if kind == Kind::Date && in_milliseconds(&op) {
        return Ok(Query::Nothing);
    }
    Ok(Query::Test(Filter { target, op }))
}

/// The field of a name.
pub(crate) fn target<D: Document>(name: &str) -> Answer<Target<D>> {
    if let Some(field) = D::FIELDS.iter().find(|field| field.name == name) {
        return Ok(Target::Known(field));
    }
    if let Some(custom) = name.strip_prefix(D::CUSTOM_PREFIX) {
        return Ok(Target::Custom(custom.to_owned()));
    }
    let message = format!("{name} is not a valid search field");
    Err(ApiError { field: Some(name.to_owned()), ..ApiError::bad("invalid_field", message) })
}

fn check_operator(name: &str, kind: Kind, operator: &str, rules: &Rules) -> Answer<()> {
    let known = match kind {
        Kind::Text | Kind::Words => &["=", "!=", "IN", "NIN", "~", "!~", "^", "$"][..],
        Kind::Exact => &["=", "!="],
        Kind::Bool => &["=", "!=", "IN", "NIN"],
        Kind::Date if rules.days.is_some() => &["=", "<", ">"],
        Kind::Integer | Kind::Assignee | Kind::Date => &["=", "!=", "IN", "NIN", "<", ">", "<=", ">="],
    };
    if known.contains(&operator) {
        return Ok(());
    }
    Err(ApiError::bad("parameter_invalid", format!("The operator {operator} is not supported for {name}")))
}

fn op(name: &str, kind: Kind, operator: &str, value: &Value, rules: &Rules) -> Answer<Op> {
    let single = || operand(name, kind, value);
    Ok(match operator {
        "=" => Op::Equal(single()?),
        "!=" => Op::NotEqual(single()?),
        "IN" => Op::In(operands(name, kind, value)?),
        "NIN" => Op::NotIn(operands(name, kind, value)?),
        "~" => Op::Contains(text(name, kind, value)?),
        "!~" => Op::NotContains(text(name, kind, value)?),
        "^" => Op::StartsWith(text(name, kind, value)?),
        "$" => Op::EndsWith(text(name, kind, value)?),
        _ => range(operator, number(name, kind, value)?, rules),
    })
}

fn range(operator: &str, value: i64, rules: &Rules) -> Op {
    let strict = i64::from(!rules.inclusive);
    match operator {
        ">" => Op::Between(value.saturating_add(strict), i64::MAX),
        ">=" => Op::Between(value, i64::MAX),
        "<" => Op::Between(i64::MIN, value.saturating_sub(strict)),
        _ => Op::Between(i64::MIN, value),
    }
}

/// Contact search up to 2.16 knows days of the workspace only.
fn date_of_day(name: &str, operator: &str, value: &Value, rules: &Rules) -> Answer<Option<Op>> {
    let at = number(name, Kind::Date, value)?;
    let Some(days) = rules.days.filter(|_| at.abs() < MILLISECONDS) else { return Ok(None) };
    let (start, next) = days.around(at);
    Ok(Some(match operator {
        ">" => Op::Between(next, i64::MAX),
        "<" => Op::Between(i64::MIN, start - 1),
        _ => Op::Between(start, next - 1),
    }))
}

fn in_milliseconds(op: &Op) -> bool {
    let large = |operand: &Operand| matches!(operand, Operand::Int(value) if value.abs() >= MILLISECONDS);
    let bound = |value: i64| value != i64::MAX && value != i64::MIN && value.abs() >= MILLISECONDS;
    match op {
        Op::Equal(operand) | Op::NotEqual(operand) => large(operand),
        Op::In(operands) | Op::NotIn(operands) => operands.iter().any(large),
        Op::Between(low, high) => bound(*low) || bound(*high),
        _ => false,
    }
}

fn number(name: &str, kind: Kind, value: &Value) -> Answer<i64> {
    let parsed = match value {
        Value::Number(number) => number.as_i64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    };
    parsed.ok_or_else(|| ApiError::wrong_type(name, kind.wanted()))
}

fn text(name: &str, kind: Kind, value: &Value) -> Answer<String> {
    value.as_str().map(str::to_lowercase).ok_or_else(|| ApiError::wrong_type(name, kind.wanted()))
}

fn operand(name: &str, kind: Kind, value: &Value) -> Answer<Operand> {
    Ok(match (kind, value) {
        (Kind::Assignee, Value::Null) => Operand::Int(0),
        (_, Value::Null) => Operand::Null,
        (Kind::Text | Kind::Words | Kind::Exact, _) => Operand::Text(text(name, kind, value)?),
        (Kind::Bool, Value::Bool(value)) => Operand::Bool(*value),
        (Kind::Bool, _) => return Err(ApiError::wrong_type(name, kind.wanted())),
        (Kind::Integer | Kind::Assignee | Kind::Date, _) => Operand::Int(number(name, kind, value)?),
    })
}

fn operands(name: &str, kind: Kind, value: &Value) -> Answer<Vec<Operand>> {
    let Some(values) = value.as_array() else { return Err(ApiError::wrong_type(name, "an array")) };
    values.iter().map(|value| operand(name, kind, value)).collect()
}

/// Custom attributes have the type of their value.
fn custom_op(name: &str, operator: &str, value: &Value) -> Answer<Op> {
    let kind = match value {
        Value::Bool(_) => Kind::Bool,
        Value::Number(_) => Kind::Integer,
        Value::Array(values) if values.iter().all(Value::is_number) => Kind::Integer,
        _ => Kind::Text,
    };
    check_operator(name, kind, operator, &Rules::plain())?;
    op(name, kind, operator, value, &Rules::plain())
}
