//! An answer as comma-separated values: one row for each group, numbers without units.

use crate::format::csv_line;
use crate::tools::analyze::{Answer, Figure, Group, Value};

/// The groups, or the total if nothing was grouped; `other` stands last.
pub(super) fn write(answer: &Answer) -> String {
    let mut header: Vec<String> = Vec::new();
    for by in &answer.group_by {
        header.extend([by.name.clone(), format!("{}_id", by.name)]);
    }
    header.push("conversation_count".to_owned());
    for (name, value) in asked(answer) {
        header.extend(columns(&value.now).into_iter().map(|(suffix, _)| format!("{name}{suffix}")));
        if value.before.is_some() {
            header.extend([format!("{name}_before"), format!("{name}_change")]);
        }
    }
    let mut text = line(&header);
    let alone = answer.group_by.is_empty().then_some(&answer.total);
    for group in answer.groups.iter().chain(&answer.other).chain(alone) {
        text.push_str(&line(&row(answer, group)));
    }
    text
}

fn row(answer: &Answer, group: &Group) -> Vec<String> {
    let mut cells = Vec::new();
    for place in 0..answer.group_by.len() {
        match group.keys.get(place) {
            Some(key) => cells.extend([key.name.clone(), key.id.clone().unwrap_or_default()]),
            None => cells.extend(["(others)".to_owned(), String::new()]),
        }
    }
    cells.push(group.conversation_count.to_string());
    for (name, of_total) in asked(answer) {
        let Some(value) = group.values.get(name) else { continue };
        let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
        cells.extend(columns(&value.now).into_iter().map(|(_, text)| text));
        if of_total.before.is_some() {
            let first = answer_first(&value.now);
            cells.push(number(value.before.as_ref().and_then(|before| before.first(first))));
            cells.push(number(value.change));
        }
    }
    cells
}

/// The metrics in the order asked for, with their figures in all.
fn asked(answer: &Answer) -> impl Iterator<Item = (&str, &Value)> {
    let names = answer.metrics.iter().map(|metric| metric.name.as_str());
    names.filter_map(|name| Some((name, answer.total.values.get(name)?)))
}

fn answer_first(figure: &Figure) -> Option<&'static str> {
    match figure {
        Figure::Spread { values, .. } => values.first().map(|(name, _)| *name),
        _ => None,
    }
}

/// The columns of a figure: what follows the metric's name, and the value.
fn columns(figure: &Figure) -> Vec<(String, String)> {
    let number = |number: &Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    match figure {
        Figure::Count { value } => vec![(String::new(), value.to_string())],
        Figure::Rate { value, numerator, denominator } => vec![
            (String::new(), number(value)),
            ("_numerator".to_owned(), numerator.to_string()),
            ("_denominator".to_owned(), denominator.to_string()),
        ],
        Figure::Spread { n, values } => {
            let values = values.iter().map(|(name, value)| (format!("_{name}"), number(value)));
            std::iter::once(("_n".to_owned(), n.to_string())).chain(values).collect()
        }
    }
}

fn line(cells: &[String]) -> String {
    csv_line(cells.iter().map(|cell| (!cell.is_empty()).then_some(cell)))
}
