//! The arguments of `fi sync`, and the scope they mean.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::Args;
use clap::builder::PossibleValuesParser;

use super::when::{self, When};
use crate::config::{Contacts, Flags};
use crate::error::CommandError;
use crate::model::ConversationId;

/// Fetch what is new from Intercom
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "With --json it prints one document: run_id, kind (full, range, incremental, conversations), outcome \
                  (completed, incomplete, stopped, failed), is_first, started_at, started_at_seconds, finished_at, \
                  finished_at_seconds, seconds, listed_count, changed_count, thread_count, message_count, \
                  contact_count, deleted_count, forgotten_count, erased (contacts, conversations, messages, tickets that were \
                  held and turned out to be of somebody forgotten), missing, skipped, request_count, retry_count, \
                  rate_limited_count, written_bytes, held (workspace, conversations, messages, contacts, without_thread, lake_bytes, \
                  data_as_of), error. With --daemon it prints one document a sync, each on a line: job_id, outcome, \
                  started_at_seconds, finished_at_seconds, changed_count, message_count, deleted_count, missing_count, \
                  request_count, error.\n\nExamples:\n  fi sync\n  fi sync --days 7\n  \
                  fi sync --since 2026-11-01 --until 2026-11-15\n  fi sync --conversation 215470001234567\n  \
                  fi sync --full --wait\n  fi sync --daemon"
)]
pub struct SyncArgs {
    /// List the whole history again, and fetch what is missing or changed
    #[arg(long, visible_short_alias = 'f', alias = "force", group = "scope")]
    pub full: bool,
    /// Fetch what was created or changed in the last N days, from 1
    #[arg(short, long, value_name = "N", value_parser = when::days, group = "scope")]
    pub days: Option<u32>,
    /// Fetch what was created from this date or time on, such as 2026-11-01 or 2026-11-01T09:30:00Z
    #[arg(long, value_name = "DATE", alias = "start-date", group = "scope")]
    pub since: Option<When>,
    /// Fetch what was created up to this date, included, or up to this time [default: now]
    #[arg(long, value_name = "DATE", alias = "end-date", requires = "since", conflicts_with_all = ["full", "days"])]
    pub until: Option<When>,
    /// Fetch this conversation, by its id or its address in the inbox; may be repeated
    #[arg(long = "conversation", value_name = "ID", group = "scope")]
    pub conversations: Vec<String>,
    /// Go on syncing now and then until Ctrl-C, so that servers over stdin and stdout answer from fresh data
    #[arg(long, conflicts_with_all = ["scope", "wait"])]
    pub daemon: bool,
    /// Wait for a sync that is running instead of failing
    #[arg(long)]
    pub wait: bool,
    /// Which contacts to fetch [default: the setting contacts, referenced]
    #[arg(long, value_name = "WHICH", value_parser = PossibleValuesParser::new(Contacts::NAMES))]
    pub contacts: Option<String>,
}

/// What to fetch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncScope {
    /// What changed since the last sync; at the first, as far back as the setting says.
    New,
    /// Everything again.
    Full,
    /// What was created or changed in the last days.
    Days(u32),
    /// What was created in a period, and what changed since the last sync; the end is not included.
    Period {
        /// Its start.
        since: DateTime<Utc>,
        /// Its end.
        until: DateTime<Utc>,
    },
    /// These conversations.
    Conversations(Vec<String>),
}

impl SyncArgs {
    /// The settings these flags override.
    pub fn flags(&self) -> Flags {
        Flags::none().with("contacts", "--contacts", self.contacts.as_ref())
    }

    /// What is meant, at this time and in this zone.
    pub fn meaning(&self, now: DateTime<Utc>, zone: Tz) -> Result<SyncScope, CommandError> {
        if !self.conversations.is_empty() {
            let ids: Result<_, _> = self.conversations.iter().map(|typed| conversation(typed)).collect();
            return Ok(SyncScope::Conversations(ids?));
        }
        if let Some(days) = self.days {
            return Ok(SyncScope::Days(days));
        }
        match self.since {
            Some(since) => period(since, self.until, now, zone),
            None if self.full => Ok(SyncScope::Full),
            None => Ok(SyncScope::New),
        }
    }
}

/// The id of a conversation, typed as such or as the address of the conversation in the inbox.
fn conversation(typed: &str) -> Result<String, CommandError> {
    let typed = typed.trim();
    let path = typed.split(['?', '#']).next().unwrap_or_default();
    let id = if typed.contains("://") { path.trim_end_matches('/').rsplit('/').next() } else { Some(typed) };
    let id = id.filter(|id| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit()));
    id.and_then(|id| ConversationId::parse(id).ok()).map(|id| id.to_string()).ok_or_else(|| {
        CommandError::usage(format!("{typed:?} is not the id of a conversation"))
            .because("an id is a number such as 215470001234567")
            .hint("it is the last part of the conversation's address in the inbox")
    })
}

fn period(since: When, until: Option<When>, now: DateTime<Utc>, zone: Tz) -> Result<SyncScope, CommandError> {
    let start = since.start(zone);
    // Nothing changed after now, so a period that ends later ends now.
    let end = until.map_or(now, |until| until.end(zone));
    if start >= now {
        return Err(CommandError::usage(format!("--since {} lies in the future", when::shown(start, zone)))
            .because(format!("it is {} now", when::shown(now, zone)))
            .hint("for the last week write: fi sync --days 7"));
    }
    if start >= end {
        return Err(CommandError::usage("--since must lie before --until")
            .because(format!("the period would start at {start} and end at {end}"))
            .hint("for example: fi sync --since 2026-11-01 --until 2026-11-15"));
    }
    Ok(SyncScope::Period { since: start, until: end.min(now) })
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use super::*;

    fn args(line: &str) -> SyncArgs {
        match typed(line).unwrap() {
            Cli { command: Some(Command::Sync(args)), .. } => args,
            other => panic!("{other:?}"),
        }
    }

    fn meaning(line: &str) -> Result<SyncScope, CommandError> {
        args(line).meaning("2026-11-21T12:00:00Z".parse().unwrap(), Tz::UTC)
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn each_way_to_say_it_has_one_meaning() {
        assert_eq!(meaning("fi sync").unwrap(), SyncScope::New);
        assert_eq!(meaning("fi sync --full").unwrap(), SyncScope::Full);
        assert_eq!(meaning("fi sync --force").unwrap(), SyncScope::Full);
        assert_eq!(meaning("fi sync -d 7").unwrap(), SyncScope::Days(7));
        let days = SyncScope::Period { since: at("2026-11-01T00:00:00Z"), until: at("2026-11-03T00:00:00Z") };
        assert_eq!(meaning("fi sync --since 2026-11-01 --until 2026-11-02").unwrap(), days);
        assert_eq!(meaning("fi sync --start-date 2026-11-01 --end-date 2026-11-02").unwrap(), days);
        let today =
            SyncScope::Period { since: at("2026-11-21T00:00:00Z"), until: at("2026-11-21T12:00:00Z") };
        assert_eq!(meaning("fi sync --since 2026-11-21 --until 2026-11-21").unwrap(), today);
        let two = SyncScope::Conversations(vec![String::from("1"), String::from("2")]);
        assert_eq!(meaning("fi sync --conversation 1 --conversation 2").unwrap(), two);
    }

    #[test]
    fn a_conversation_is_named_by_id_or_address() {
        let url =
            "https://app.intercom.com/a/inbox/abc/inbox/shared/all/conversation/215470001234567?view=List";
        for typed in ["215470001234567", url] {
            let one = SyncScope::Conversations(vec![String::from("215470001234567")]);
            assert_eq!(meaning(&format!("fi sync --conversation {typed}")).unwrap(), one);
        }
        for bad in ["12/34", "abc", "https://app.intercom.com/a/inbox/abc"] {
            assert!(meaning(&format!("fi sync --conversation {bad}")).is_err(), "{bad}");
        }
    }

    #[test]
    fn scopes_exclude_each_other() {
        for line in [
            "fi sync --full --days 7",
            "fi sync --days 7 --since 2026-11-01",
            "fi sync --full --conversation 1",
            "fi sync --until 2026-11-01",
            "fi sync --days 7 --until 2026-11-01",
        ] {
            assert!(typed(line).is_err(), "{line}");
        }
    }

    #[test]
    fn periods_that_cannot_be_are_refused() {
        let why = |line| meaning(line).unwrap_err().to_string();
        assert_eq!(why("fi sync --since 2026-11-22"), "--since 2026-11-22 lies in the future");
        assert_eq!(why("fi sync --since 2026-11-05 --until 2026-11-04"), "--since must lie before --until");
        for line in
            ["fi sync --days 0", "fi sync --days -1", "fi sync --since 2026-02-30", "fi sync --contacts some"]
        {
            assert!(typed(line).is_err(), "{line}");
        }
    }
}
