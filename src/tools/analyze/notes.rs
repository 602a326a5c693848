//! What to keep in mind when reading the figures of an answer: what counts twice, and what is not there, and why.

use super::answer::Figure;
use super::dimension::By;
use super::measured::Measured;
use super::question::Question;
use crate::tools::Clock;

/// The notes of an answer.
pub(super) fn notes(question: &Question, now: &Measured) -> Vec<String> {
    let mut notes = Vec::new();
    for by in question.group_by.iter().filter(|by| by.is_many()) {
        notes.push(format!(
            "A conversation counts once for each {}: the sum over groups can exceed the total.",
            by.name
        ));
    }
    if question.clock == Clock::Closed {
        notes.push("Conversations closed in the period and not opened again since.".to_owned());
    }
    if now.total.size == 0 {
        notes.push("There are no such conversations in this period.".to_owned());
        return notes;
    }
    for (place, by) in question.group_by.iter().enumerate() {
        if !by.is_time() && now.groups.iter().all(|row| row.size == 0 || row.ids[place].is_none()) {
            notes.push(format!(
                "Nothing is known of {} for any of these conversations: {}",
                by.name,
                why_none(by)
            ));
        }
    }
    for (asked, figure) in question.metrics.iter().zip(&now.total.figures) {
        if matches!(figure, Figure::Rate { denominator: 0, .. } | Figure::Spread { n: 0, .. }) {
            notes.push(format!(
                "{} has no value: none of these conversations is one it is of.",
                asked.metric.name
            ));
        }
    }
    notes
}

/// Where the values of a dimension come from, for whoever misses them.
fn why_none(by: &By) -> &'static str {
    match by.name.as_str() {
        "assignee" | "team" => "none is assigned to one now.",
        "replier" => "no teammate replied, or their messages are not all held yet.",
        "closer" => "none was ever closed.",
        "rated_teammate" | "rating" => "none was rated.",
        "tag" => "none is tagged.",
        "topic" => "Intercom recognises topics only where the workspace has Topics switched on.",
        "sla" | "sla_status" => "no service level agreement was applied to one.",
        "fin_resolution_state" => "Fin took part in none.",
        "company" => "Intercom shows a company only for contacts that belong to one.",
        "contact" => "Intercom delivered none with them.",
        "country" => {
            "it comes from contacts, which are fetched unless the setting `contacts` is none, and is known only of \
             those Intercom has located."
        }
        name if name.starts_with("attribute:") => {
            "check its name in the view conversation_attributes; upper and lower case differ."
        }
        _ => "Intercom delivered none.",
    }
}
