//! What goes back to a caller: the answer as structure and as the same in text, each complete; or what went wrong, in
//! one block.

use std::error::Error;

use rmcp::model::{CallToolResult, ContentBlock};

use super::cache::Given;
use crate::program;
use crate::tools::ToolError;
use crate::tools::conversation::NotHeld;
use crate::worker::{self, Failed, FailedKind};
use crate::{engine, index};

/// Characters of an answer at most: what clients take without cutting.
const MOST_CHARS: usize = 50_000;
/// Characters of an error at most.
const MOST_ERROR_CHARS: usize = 2_000;

/// The reply with an answer.
pub(super) fn answered(tool: &str, given: Given) -> CallToolResult {
    let text = given.text.to_string();
    let chars = text.chars().count();
    if chars > MOST_CHARS {
        tracing::warn!(tool, chars, "an answer was too long");
        return failed(&format!(
            "the answer would have {chars} characters, and at most {MOST_CHARS} are possible: ask for less with a \
             smaller limit, fewer groups or metrics, or a shorter timeframe"
        ));
    }
    let mut result = CallToolResult::success(vec![ContentBlock::text(text)]);
    result.structured_content = Some(given.into_value());
    result
}

/// The reply with what went wrong, in words.
pub(super) fn failed(words: &str) -> CallToolResult {
    let words = program::typed(words);
    let mut short: String = words.chars().take(MOST_ERROR_CHARS).collect();
    if short.len() < words.len() {
        short.push('…');
    }
    CallToolResult::error(vec![ContentBlock::text(short)])
}

/// What went wrong, why, and what to do.
pub(super) fn explained(error: &ToolError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let why = next.to_string();
        if !words.contains(&why) {
            words.push_str(": ");
            words.push_str(&why);
        }
        cause = next.source();
    }
    if let Some(hint) = hint(error) {
        words.push('\n');
        words.push_str(&hint);
    }
    words
}

/// What to do about it, with the means a caller of tools has.
fn hint(error: &ToolError) -> Option<String> {
    const FIRST_SYNC: &str =
        "sync_conversations starts the first sync, if there is a token; get_sync_status tells how far it is";
    const NOT_HELD: &str = "it began before what was synced, is newer than the last sync, or never was: check_coverage tells \
                            which periods are held, get_sync_status whether and when new ones come";
    const NARROWER: &str = "ask for a shorter timeframe, or less at once";
    match error {
        ToolError::Engine(engine::Error::NoLake(_))
        | ToolError::Index(index::Error::NoLake(_))
        | ToolError::Sql(worker::Error::Failed(Failed { kind: FailedKind::NoLake, .. })) => {
            Some(FIRST_SYNC.to_owned())
        }
        ToolError::Engine(engine::Error::TimedOut(_)) => Some(NARROWER.to_owned()),
        ToolError::Engine(engine::Error::Sql(error)) => {
            let meant = error.hint().map_or(String::new(), |hint| format!("{hint} "));
            Some(format!("{meant}describe_data lists the views and their columns"))
        }
        ToolError::Sql(worker::Error::Failed(failed)) if lacks_directions(failed) => {
            Some("describe_data lists the views and their columns".to_owned())
        }
        ToolError::Engine(engine::Error::Refused(_)) => {
            Some("query takes one SELECT over the views that describe_data lists".to_owned())
        }
        ToolError::Index(index::Error::BeingMade { .. }) => Some("try again in a moment".to_owned()),
        ToolError::NotHeld(NotHeld::Unknown { .. }) => Some(NOT_HELD.to_owned()),
        ToolError::NotHeld(error) => Some(error.hint().to_owned()),
        _ => None,
    }
}

/// Whether SQL is wrong in a way that does not say where to look up what would be right.
fn lacks_directions(failed: &Failed) -> bool {
    let is_told = failed.hint.as_deref().is_some_and(|hint| hint.contains("describe_data"));
    failed.kind == FailedKind::InTheSql && !is_told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(kind: FailedKind, hint: Option<&str>) -> String {
        let failed = Failed { kind, message: "no".to_owned(), hint: hint.map(str::to_owned) };
        explained(&ToolError::Sql(worker::Error::Failed(failed)))
    }

    #[test]
    fn a_failed_query_is_told_once_where_to_go_on() {
        let directions = "describe_data lists the views and their columns";
        assert_eq!(told(FailedKind::InTheSql, None), format!("no\n{directions}"));
        assert_eq!(told(FailedKind::InTheSql, Some("try b")), format!("no\nhint: try b\n{directions}"));
        assert_eq!(told(FailedKind::InTheSql, Some("see describe_data")), "no\nhint: see describe_data");
        assert!(told(FailedKind::TooLarge, None).starts_with("no\nhint: aggregate in SQL"));
        assert!(told(FailedKind::NoLake, None).starts_with("no\nsync_conversations starts the first sync"));
    }
}
