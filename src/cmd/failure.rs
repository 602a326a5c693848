//! How failures of the modules below are put to the user: which kind it is, what failed, why, and what to do next.

use crate::error::{CommandError, Kind};
use crate::tools::ToolError;
use crate::{engine, index, intercom, lake, sync};

impl From<intercom::OptionsError> for CommandError {
    fn from(error: intercom::OptionsError) -> Self {
        Self::usage(error.to_string()).because(error)
    }
}

impl From<intercom::Error> for CommandError {
    fn from(error: intercom::Error) -> Self {
        let kind = match &error {
            intercom::Error::Unauthorized { .. } | intercom::Error::MissingScope { .. } => Kind::Auth,
            _ => Kind::Failed,
        };
        let hint = error.hint();
        let explained = Self::new(kind, error.to_string()).because(error);
        hint.into_iter().fold(explained, Self::hint)
    }
}

impl From<lake::Error> for CommandError {
    fn from(error: lake::Error) -> Self {
        let hint = lake_hint(&error);
        let explained = Self::failed(error.to_string()).because(error);
        hint.into_iter().fold(explained, Self::hint)
    }
}

fn lake_hint(error: &lake::Error) -> Option<&'static str> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    match error {
        error if error.is_disk_full() => {
            Some("free some disk space and run it again; what was committed is kept")
        }
        lake::Error::Io { source, .. } if matches!(source.kind(), PermissionDenied | ReadOnlyFilesystem) => {
            Some("give yourself the right to write there, or name another home: --home DIR")
        }
        lake::Error::ReadOnly(_) => {
            Some("run it where the home can be written, or name another home: --home DIR")
        }
        lake::Error::Newer { .. } => Some("install the newest fi"),
        lake::Error::Older { .. } => Some("`fi reset` removes the lake, `fi sync` fetches it again"),
        lake::Error::Damaged { .. } => {
            Some("`fi verify` says what is left; `fi reset` and `fi sync` fetch everything again")
        }
        lake::Error::Parquet { .. } | lake::Error::Arrow { .. } | lake::Error::Row { .. } => {
            Some("`fi verify` says which files are damaged; `fi reset` and `fi sync` fetch everything again")
        }
        lake::Error::Locked { .. } | lake::Error::NeedsRecovery => Some("try again when that is done"),
        lake::Error::Io { .. } => None,
    }
}

impl From<sync::Error> for CommandError {
    fn from(error: sync::Error) -> Self {
        match error {
            sync::Error::Intercom(error) => error.into(),
            sync::Error::Lake(error) => error.into(),
            error @ sync::Error::OtherWorkspace { .. } => Self::usage(error.to_string())
                .hint("keep each workspace in a home of its own: --home DIR")
                .hint("or drop the data held here with `fi reset`"),
            error @ sync::Error::State(_) => Self::failed(error.to_string())
                .because(error)
                .hint("`fi reset` and `fi sync` fetch everything again"),
            error @ (sync::Error::Query(_) | sync::Error::Hints(_) | sync::Error::Broken(_)) => {
                Self::failed(error.to_string()).because(error).hint("`fi logs` may tell more")
            }
        }
    }
}

/// A query of a command's own that failed.
pub(super) fn of_query(error: engine::Error) -> CommandError {
    let kind = match &error {
        engine::Error::NoLake(_) => Kind::NothingFound,
        engine::Error::Cancelled => Kind::Incomplete,
        _ => Kind::Failed,
    };
    let hint = error.hint();
    let explained = CommandError::new(kind, error.to_string()).because(error);
    hint.into_iter().fold(explained, CommandError::hint)
}

/// The search index that could not be asked.
pub(super) fn of_index(error: index::Error) -> CommandError {
    match error {
        index::Error::Lake(error) => error.into(),
        error @ index::Error::NoLake(_) => {
            CommandError::nothing_found(error.to_string()).hint("fetch something with: fi sync")
        }
        error @ index::Error::Syntax(_) => {
            CommandError::usage(error.to_string()).hint(explained_by("search"))
        }
        error @ index::Error::Cancelled => CommandError::incomplete(error.to_string()),
        error @ index::Error::BeingMade { .. } => CommandError::incomplete(error.to_string())
            .hint("try again when it is done; `fi status` tells how far it is"),
        error @ (index::Error::Index { .. } | index::Error::Io { .. }) => {
            CommandError::failed(error.to_string()).because(error).hint("`fi reindex` makes it anew")
        }
    }
}

/// A tool that has no answer.
pub(super) fn of_tool(error: ToolError) -> CommandError {
    match error {
        ToolError::Engine(error) => of_query(error),
        ToolError::Index(error) => of_index(error),
        ToolError::Lake(error) => error.into(),
        error if error.is_in_the_parameters() => {
            let refused = CommandError::usage(error.to_string());
            topic_of(&error).map(explained_by).into_iter().fold(refused, CommandError::hint)
        }
        error => CommandError::failed(error.to_string()).because(error),
    }
}

/// The topic of `fi help` that tells what would be right.
fn topic_of(error: &ToolError) -> Option<&'static str> {
    match error {
        ToolError::Timeframe(_) => Some("timeframes"),
        ToolError::Query(_) => Some("search"),
        ToolError::Unknown { kind: "metric" | "dimension" | "aggregate", .. } => Some("metrics"),
        ToolError::Unknown { kind: "teammate" | "team" | "tag" | "state" | "priority", .. } => {
            Some("filters")
        }
        _ => None,
    }
}

fn explained_by(topic: &str) -> String {
    format!("`fi help {topic}` tells what can be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intercom::{ENDPOINTS, Place};

    fn place() -> Place {
        Place { endpoint: ENDPOINTS[0], request_id: None }
    }

    #[test]
    fn a_refused_token_is_an_auth_failure_with_a_hint() {
        let refused = intercom::Error::Unauthorized { place: place(), code: "unauthorized".into() };
        let error = CommandError::from(refused);
        assert_eq!(error.kind(), Kind::Auth);
        assert!(error.causes().is_empty() && error.hints()[0].contains("check the token"), "{error:?}");
        let unscoped =
            intercom::Error::MissingScope { place: place(), code: "forbidden".into(), scope: None };
        assert_eq!(CommandError::from(sync::Error::from(unscoped)).kind(), Kind::Auth);
    }

    #[test]
    fn a_full_disk_says_what_to_do() {
        let source = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let error = CommandError::from(lake::Error::Io { action: "write", path: "/x".into(), source });
        assert_eq!((error.message(), error.kind()), ("cannot write /x", Kind::Failed));
        assert!(error.hints()[0].starts_with("free some disk space"));
    }

    #[test]
    fn a_tool_fails_as_what_it_needed_did_and_only_what_was_asked_is_misuse() {
        let source = || std::io::Error::from(std::io::ErrorKind::StorageFull);
        let full = || lake::Error::Io { action: "write", path: "/x".into(), source: source() };
        for (error, kind, hints) in [
            (ToolError::Lake(full()), Kind::Failed, 1),
            (ToolError::Index(index::Error::Lake(full())), Kind::Failed, 1),
            (ToolError::Engine(engine::Error::Cancelled), Kind::Incomplete, 0),
            (ToolError::Refused("limit is too large".to_owned()), Kind::Usage, 0),
        ] {
            let error = of_tool(error);
            assert_eq!((error.kind(), error.hints().len()), (kind, hints), "{error:?}");
        }
    }

    #[test]
    fn what_was_asked_wrongly_leads_to_a_topic_that_there_is() {
        let timeframe = ToolError::Timeframe(crate::tools::timeframe::TimeframeError::Empty);
        let query = ToolError::Query(index::Expr::parse("\"unclosed").unwrap_err());
        let unknown =
            |kind| ToolError::Unknown { kind, name: "x".to_owned(), meant: None, known: Vec::new() };
        let (metric, team) = (unknown("metric"), unknown("team"));
        for error in [timeframe, query, metric, team] {
            let topic = topic_of(&error).unwrap();
            assert!(crate::cli::topic::Topic::named(topic).is_some(), "{topic}");
            assert_eq!(of_tool(error).hints(), [explained_by(topic)]);
        }
    }

    #[test]
    fn another_workspace_is_refused_with_both_ways_out() {
        let error = sync::Error::OtherWorkspace { held: "a1".to_owned(), found: "b2".to_owned() };
        let error = CommandError::from(error);
        assert_eq!((error.kind(), error.hints().len()), (Kind::Usage, 2));
    }
}
