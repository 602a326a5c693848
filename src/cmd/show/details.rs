//! Everything known of a conversation, as sections of names and values.

use serde_json::{Map, Value};

use super::text::Page;
use crate::cmd::wrap::wrap;
use crate::format::visible;
use crate::printer::Paint;
use crate::tools::conversation::Details;

/// The widest a name is shown.
const WIDEST_NAME: usize = 40;

/// The sections that are there.
pub(super) fn sections(page: &Page<'_>, details: &Details) -> Vec<String> {
    let mut lines = Vec::new();
    for contact in &details.contacts {
        lines.extend(section(page, "Customer", contact));
    }
    if !details.teammates.is_empty() {
        let names: Vec<&str> = details.teammates.iter().map(|one| one.name.as_str()).collect();
        lines.extend([String::new(), page.printer.paint(Paint::Bold, "Teammates")]);
        let room = page.width().saturating_sub(2).max(20);
        lines.extend(wrap(&names.join(", "), room).iter().map(|line| format!("  {line}")));
    }
    let sections = [
        ("Company", &details.company),
        ("Figures", &details.metrics),
        ("Intercom's statistics", &details.statistics),
        ("Service level agreement", &details.sla),
        ("Rating", &details.rating),
        ("AI agent", &details.ai_agent),
        ("Custom attributes", &details.untrusted_custom_attributes),
        ("Labels", &details.labels),
        ("Other attributes", &details.attributes),
        ("Other fields", &details.untrusted_extra),
    ];
    for (title, values) in sections {
        lines.extend(section(page, title, values));
    }
    if !details.events.is_empty() {
        lines.extend([String::new(), page.printer.paint(Paint::Bold, "Events")]);
        let line = |at, what: &str| format!("  {}  {}", page.time(at), visible(what));
        lines.extend(details.events.iter().map(|event| line(event.at, event.untrusted_what.as_str())));
    }
    if !details.left_out.is_empty() {
        let left_out = format!("Left out: {}.", details.left_out.join(", "));
        lines.push(String::new());
        lines.extend(wrap(&left_out, page.width()).iter().map(|line| page.printer.paint(Paint::Dim, line)));
    }
    lines
}

fn section(page: &Page<'_>, title: &str, values: &Map<String, Value>) -> Vec<String> {
    if values.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new(), page.printer.paint(Paint::Bold, title)];
    let names: Vec<String> = values.keys().map(|name| name_of(name)).collect();
    let longest = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(WIDEST_NAME);
    let room = page.width().saturating_sub(longest + 4).max(20);
    for (name, value) in names.iter().zip(values.values()) {
        for (number, line) in wrap(&shown(value), room).into_iter().enumerate() {
            let name = if number == 0 { name } else { "" };
            let name = page.printer.paint(Paint::Dim, format!("{name:longest$}"));
            lines.push(format!("  {name}  {line}"));
        }
    }
    lines
}

fn name_of(name: &str) -> String {
    visible(name.strip_prefix("untrusted_").unwrap_or(name)).into_owned()
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
