//! What happened in a part that is no message, or beside one: in one line, as a person would say it.

use serde_json::Value;

use super::names::Names;
use crate::model::Message;
use crate::tools::untrusted::Untrusted;

/// Characters of a name or value in a line at most.
const NAME_CHARS: usize = 100;

/// What a part says happened; `None` for plain messages and notes.
pub(super) fn line(message: &Message, names: &Names) -> Option<String> {
    let event = Event { message, names, details: details(message) };
    let by = event.by();
    Some(match message.part_type.as_str() {
        "source" | "comment" | "note" | "quick_reply" => return None,
        "close" => format!("closed{by}"),
        "open" => format!("reopened{by}"),
        "snoozed" => format!("snoozed{}{by}", event.detail(" until ", &["until"])),
        "unsnoozed" => format!("unsnoozed{by}"),
        "timer_unsnooze" => "snooze ended".to_owned(),
        "note_and_reopen" => format!("reopened with a note{by}"),
        "note_and_unsnooze" => format!("unsnoozed with a note{by}"),
        "participant_added" => format!("participant added{by}"),
        "participant_removed" => format!("participant removed{by}"),
        "conversation_rating_changed" => format!("rating changed{by}"),
        "conversation_rating_remark_added" => format!("remark added to the rating{by}"),
        "conversation_tags_updated" => format!("tags changed{}{by}", event.tags()),
        "title_changed" => format!("title changed{by}"),
        "priority_changed" | "priority_changed_by_rule" => event.priority(&by),
        "operator_workflow_event" => event.workflow(),
        "custom_action_started" => format!("action{} started", event.detail(" ", &["action", "name"])),
        "custom_action_finished" => format!(
            "action{} finished{}",
            event.detail(" ", &["action", "name"]),
            event.detail(": ", &["action", "result"])
        ),
        "user_became_idle" => "the customer became idle".to_owned(),
        "resolution_bot_found_no_answer" => "the bot found no answer".to_owned(),
        "language_detection_details" => "language detected".to_owned(),
        "merged_primary_conversation" => format!("another conversation was merged into this one{by}"),
        "call_summary" => "call summary".to_owned(),
        part_type => event.of_family(part_type, &by),
    })
}

/// A part, and what it says it changed.
struct Event<'a> {
    message: &'a Message,
    names: &'a Names,
    details: Value,
}

impl Event<'_> {
    /// Parts whose types begin or end alike; unknown ones are called what Intercom calls them.
    fn of_family(&self, part_type: &str, by: &str) -> String {
        if part_type.starts_with("conversation_attribute_updated_by_") {
            return self.attribute(by);
        }
        if let Some(rest) = part_type.strip_prefix("conversation_sla_") {
            let name = self.detail(": ", &["sla_name"]);
            return format!("SLA {}{name}", rest.replace('_', " "));
        }
        if part_type == "assignment"
            || part_type.ends_with("_assignment")
            || part_type.starts_with("assign_and_")
        {
            return self.assignment(part_type, by);
        }
        format!("{}{by}", Untrusted::new(part_type, NAME_CHARS).as_str())
    }

    fn assignment(&self, part_type: &str, by: &str) -> String {
        let how = match part_type {
            "away_mode_assignment" => ", since the teammate is away",
            "default_assignment" => ", by default",
            "workflow_assignment" => ", by a workflow",
            "balanced_assignment" => ", to balance the load",
            "assign_and_reopen" => " and reopened",
            "assign_and_unsnooze" => " and unsnoozed",
            _ => "",
        };
        match self.assigned_to() {
            Some(to) => format!("assigned to {to}{how}{by}"),
            None => format!("unassigned{how}{by}"),
        }
    }

    /// Whom it was assigned to; nobody is `None`.
    fn assigned_to(&self) -> Option<String> {
        let id = self.message.assigned_to_id.as_deref().filter(|id| *id != "0")?;
        let kind = self.message.assigned_to_type.as_deref();
        let name = match kind {
            Some("team") => self.names.team(id),
            Some("nobody_admin") => return None,
            _ => self.names.admin(id),
        };
        let name = name.map(|name| Untrusted::new(name, NAME_CHARS).as_str().to_owned());
        Some(name.unwrap_or_else(|| format!("{} {id}", kind.unwrap_or("admin").replace("admin", "teammate"))))
    }

    fn attribute(&self, by: &str) -> String {
        let name = self.text(&["attribute", "name"]).unwrap_or_else(|| "an attribute".to_owned());
        let change = match self.text(&["value", "name"]) {
            Some(value) => format!("{name} set to '{value}'"),
            None => format!("{name} changed"),
        };
        let before = self.text(&["value", "previous"]).map_or(String::new(), |old| format!(" (was '{old}')"));
        match self.text(&["workflow", "name"]) {
            Some(workflow) => format!("{change}{before} by the workflow {workflow}"),
            None => format!("{change}{before}{by}"),
        }
    }

    fn priority(&self, by: &str) -> String {
        let by = if self.message.part_type.ends_with("_by_rule") { " by a rule" } else { by };
        let from = self.detail(" from ", &["previous_priority"]);
        format!("priority changed{from}{}{by}", self.detail(" to ", &["current_priority"]))
    }

    fn workflow(&self) -> String {
        let event = self.detail(": ", &["event", "type"]);
        let result = self.detail(", ", &["event", "result"]);
        format!("workflow{}{event}{result}", self.detail(" ", &["workflow", "name"]))
    }

    fn tags(&self) -> String {
        let names = |key: &str, sign: &str| -> Vec<String> {
            let tags = self.details.get(key).and_then(Value::as_array);
            let tags = tags.into_iter().flatten().filter_map(Value::as_str).take(10);
            tags.map(|tag| format!("{sign}{}", Untrusted::new(tag, NAME_CHARS).as_str())).collect()
        };
        let changes = [names("tags_added", "+"), names("tags_removed", "-")].concat();
        if changes.is_empty() { String::new() } else { format!(" ({})", changes.join(", ")) }
    }

    /// Who did it.
    fn by(&self) -> String {
        author_name(self.message, self.names)
            .map_or(String::new(), |name| format!(" by {}", Untrusted::new(&name, NAME_CHARS).as_str()))
    }

    fn detail(&self, before: &str, path: &[&str]) -> String {
        self.text(path).map_or(String::new(), |text| format!("{before}{text}"))
    }

    fn text(&self, path: &[&str]) -> Option<String> {
        let value = path.iter().try_fold(&self.details, |value, name| value.get(name))?;
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Null | Value::Object(_) => return None,
            other => other.to_string(),
        };
        Some(Untrusted::new(&text, NAME_CHARS).as_str().to_owned()).filter(|text| !text.is_empty())
    }
}

fn details(message: &Message) -> Value {
    message.event_details.as_ref().map(crate::model::Json::to_value).unwrap_or_default()
}

/// What the author of a message is called: as the message says, else as a teammate of that id is called now.
pub(super) fn author_name(message: &Message, names: &Names) -> Option<String> {
    let own = message.author_name.as_deref().filter(|name| !name.trim().is_empty());
    let known = || match message.author_type.as_deref() {
        Some("team") => names.team(message.author_id.as_deref()?),
        Some("admin" | "bot") => names.admin(message.author_id.as_deref()?),
        _ => None,
    };
    own.or_else(known).map(str::to_owned)
}
