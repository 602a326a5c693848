//! Decides whether a document matches a query.

use super::field::{Context, Datum, Document, Kind};
use super::query::{Filter, Op, Operand, Query, Target};
use serde_json::Value;
use std::borrow::Cow;

/// Whether a document matches.
pub(crate) fn matches<D: Document>(context: &Context<'_>, document: &D, query: &Query<D>) -> bool {
    match query {
        Query::All(children) => children.iter().all(|child| matches(context, document, child)),
        Query::Any(children) => children.iter().any(|child| matches(context, document, child)),
        Query::Test(filter) => test(context, document, filter),
        Query::Nothing => false,
    }
}

fn test<D: Document>(context: &Context<'_>, document: &D, filter: &Filter<D>) -> bool {
    match &filter.target {
        Target::Known(field) if field.kind == Kind::Words => {
            words((field.get)(context, document), &filter.op)
        }
        Target::Known(field) => compare(&(field.get)(context, document), &filter.op),
        Target::Custom(name) => compare(&custom(document.custom(name)), &filter.op),
    }
}

fn custom(value: Option<&Value>) -> Datum<'_> {
    match value {
        Some(Value::String(text)) => Datum::Text(Cow::Borrowed(text)),
        Some(Value::Bool(value)) => Datum::Bool(*value),
        Some(Value::Number(number)) => Datum::int(number.as_i64()),
        _ => Datum::Null,
    }
}

fn compare(datum: &Datum<'_>, op: &Op) -> bool {
    match op {
        Op::Equal(operand) => equals(datum, operand),
        Op::NotEqual(operand) => !equals(datum, operand),
        Op::In(operands) => operands.iter().any(|operand| equals(datum, operand)),
        Op::NotIn(operands) => !operands.iter().any(|operand| equals(datum, operand)),
        Op::Between(low, high) => matches!(datum, Datum::Int(value) if low <= value && value <= high),
        Op::Contains(part) => any_text(datum, |text| text.contains(part)),
        Op::NotContains(part) => !any_text(datum, |text| text.contains(part)),
        Op::StartsWith(part) => any_text(datum, |text| text.starts_with(part)),
        Op::EndsWith(part) => any_text(datum, |text| text.ends_with(part)),
    }
}

fn equals(datum: &Datum<'_>, operand: &Operand) -> bool {
    match (datum, operand) {
        (Datum::Null, Operand::Null) => true,
        (Datum::Many(values), Operand::Null) => values.is_empty(),
        (Datum::Int(a), Operand::Int(b)) => a == b,
        (Datum::Bool(a), Operand::Bool(b)) => a == b,
        (Datum::Text(a), Operand::Text(b)) => same(a, b),
        (Datum::Many(values), Operand::Text(b)) => values.iter().any(|value| same(value, b)),
        _ => false,
    }
}

/// `lower` is in lower case already.
fn same(text: &str, lower: &str) -> bool {
    text == lower || text.to_lowercase() == lower
}

fn any_text(datum: &Datum<'_>, test: impl Fn(&str) -> bool) -> bool {
    match datum {
        Datum::Text(text) => test(&text.to_lowercase()),
        Datum::Many(values) => values.iter().any(|value| test(&value.to_lowercase())),
        _ => false,
    }
}

/// Bodies are found by their words, one at a time: two words together find nothing.
fn words(datum: Datum<'_>, op: &Op) -> bool {
    let Datum::Text(html) = datum else {
        return matches!(op, Op::Equal(Operand::Null) | Op::NotEqual(Operand::Text(_)));
    };
    let text = crate::demo::wire::plaintext(&html).to_lowercase();
    let words: Vec<String> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect();
    compare(&Datum::Many(words), op)
}
