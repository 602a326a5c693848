//! The arguments of `fi show`.

use clap::Args;

use crate::tools::conversation::{GetConversationDetailsParams, GetConversationParams, MessageOrder};

/// Messages shown if nobody says how many.
const MESSAGES: usize = 200;

/// Show one conversation: what it is about, who wrote what, and what happened
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "It is read from the copy on this machine. What is not held there yet is fetched from Intercom, if there is a \
                  token; --offline never asks. On a terminal a long conversation opens in PAGER (less, if there is one).\n\n\
                  With --json it prints one document, which is as long as a model can read unless --all is given; \
                  next_cursor is there when messages are left: id, created_at, customer_email, tags, conversation (id, \
                  untrusted_title, state, priority, source, created_at, updated_at, snoozed_until_at, waiting_since_at, \
                  contact, contact_count, company, assignee, team, tags, more_tag_count, topics, more_topic_count, rating, \
                  part_count, is_ticket, url), messages (each with id, position, created_at, kind: message, note or event, \
                  author_class, author_type, author_name, part_type, is_untrusted, event, body, continues_at_character, \
                  left_out_characters, attachments, more_attachment_count, is_redacted), message_count, returned, \
                  is_truncated, next_cursor, freshness (synced_at, data_as_of, has_thread, has_earlier_messages, \
                  parts_truncated, fetched_now, fetch_failure, is_gone, is_mixed), notes, and with --details also details \
                  (contacts, company, teammates, metrics, statistics, sla, rating, ai_agent, untrusted_custom_attributes, \
                  labels, attributes, events, untrusted_extra, left_out).\n\n\
                  Examples:\n  fi show 215470001234567\n  \
                  fi show https://app.intercom.com/a/inbox/abc123/inbox/conversation/215470001234567\n  \
                  fi show 215470001234567 --no-events --newest -n 10\n  fi show 215470001234567 --details --json\n  \
                  open \"$(fi show 215470001234567 --open)\""
)]
pub struct ShowArgs {
    /// The conversation: its id, or its address in the inbox
    #[arg(value_name = "ID")]
    pub conversation: String,
    /// Show at most N messages, notes and events [default: 200; with --json, as many as fit]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_000))]
    pub messages: Option<u16>,
    /// Show all of them
    #[arg(long, conflicts_with = "messages")]
    pub all: bool,
    /// Begin with the latest
    #[arg(long)]
    pub newest: bool,
    /// Leave out assignments and other events
    #[arg(long)]
    pub no_events: bool,
    /// Leave out internal notes
    #[arg(long)]
    pub no_notes: bool,
    /// Show also all that is known: customer, company, figures, agreements, attributes
    #[arg(long, conflicts_with_all = ["newest", "no_events", "no_notes"])]
    pub details: bool,
    /// Go on where an earlier answer ended: its next_cursor
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
    /// Print only the conversation's address in the inbox
    #[arg(long, conflicts_with_all = ["details", "messages", "all", "newest", "no_events", "no_notes", "cursor"])]
    pub open: bool,
    /// Never ask Intercom
    #[arg(long)]
    pub offline: bool,
    /// Show times of this time zone [default: the workspace's]
    #[arg(long, value_name = "ZONE")]
    pub tz: Option<String>,
}

impl ShowArgs {
    /// What is to be read.
    pub fn params(&self, is_for_people: bool) -> GetConversationParams {
        GetConversationParams {
            include_messages: !self.open,
            include_notes: !self.no_notes,
            include_events: !self.no_events,
            order: self.newest.then_some(MessageOrder::Newest),
            limit: self.limit(is_for_people),
            cursor: self.cursor.clone(),
            ..GetConversationParams::of(&self.conversation)
        }
    }

    /// What is to be read with everything that is known.
    pub fn details_params(&self, is_for_people: bool) -> GetConversationDetailsParams {
        GetConversationDetailsParams {
            limit: self.limit(is_for_people),
            cursor: self.cursor.clone(),
            ..GetConversationDetailsParams::of(&self.conversation)
        }
    }

    /// Messages at most; programs get as many as fit.
    fn limit(&self, is_for_people: bool) -> Option<usize> {
        let usual = (is_for_people && !self.all).then_some(MESSAGES);
        self.messages.map(usize::from).or(usual)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use super::*;

    fn args(line: &str) -> ShowArgs {
        match typed(line).unwrap() {
            Cli { command: Some(Command::Show(args)), .. } => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_flag_means_something_of_the_question() {
        let params = args("fi show 12 --no-notes --newest -n 3").params(true);
        let expected = GetConversationParams {
            include_notes: false,
            order: Some(MessageOrder::Newest),
            limit: Some(3),
            ..GetConversationParams::of("12")
        };
        assert_eq!(params, expected);
        assert_eq!(args("fi show 12").params(true).limit, Some(200));
        assert_eq!(args("fi show 12 --all").params(true).limit, None);
        assert_eq!(args("fi show 12").params(false), GetConversationParams::of("12"));
        assert!(!args("fi show 12 --open").params(true).include_messages);
    }

    #[test]
    fn flags_that_contradict_each_other_are_refused() {
        for line in [
            "fi show",
            "fi show 12 -n 0",
            "fi show 12 --all -n 5",
            "fi show 12 --open --details",
            "fi show 1 2",
        ] {
            assert!(typed(line).is_err(), "{line}");
        }
    }
}
