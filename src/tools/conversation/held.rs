//! Where a conversation comes from: the lake, else Intercom if the caller can ask it, else the reason why not.

use std::error::Error as StdError;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::names::Names;
use super::{Conversations, Reading};
use crate::lake::State;
use crate::model::{Conversation, ConversationId, DeletedConversation, Message, Timestamp};
use crate::sync::SyncState;
use crate::tools::error::ToolError;

/// The columns of a conversation that reading it needs, beside those that always have a value.
const HEADER: &[&str] = &[
    "state",
    "priority",
    "title",
    "source_type",
    "source_subject",
    "contact_id",
    "contact_ids",
    "contact_name",
    "contact_email",
    "company_id",
    "company_name",
    "admin_assignee_id",
    "team_assignee_id",
    "tags",
    "topics",
    "rating",
    "rating_remark",
    "rating_requested_at",
    "rated_teammate_id",
    "rated_teammate_type",
    "waiting_since_at",
    "snoozed_until_at",
    "part_count",
];
/// And of its messages.
pub(in crate::tools) const MESSAGE: &[&str] = &[
    "author_type",
    "author_id",
    "author_name",
    "body_text",
    "attachments",
    "assigned_to_type",
    "assigned_to_id",
    "redacted",
    "event_details",
];

/// Fetches single conversations from Intercom into the lake.
pub trait Fetch {
    /// Fetches one, and stores it.
    ///
    /// # Errors
    /// When Intercom cannot be asked, or the lake cannot be written just now.
    fn fetch(&self, id: &ConversationId) -> Result<Fetched, Box<dyn StdError + Send + Sync>>;
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fetched {
    /// It is in the lake.
    Stored,
    /// Intercom has no such conversation.
    NoSuch,
}

/// Why a conversation cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum NotHeld {
    /// It was deleted in Intercom.
    #[error("conversation {id} was deleted in Intercom{}", on(*.deleted_at))]
    Deleted {
        /// The conversation.
        id: ConversationId,
        /// When, if Intercom says.
        deleted_at: Option<DateTime<Utc>>,
    },
    /// Somebody who takes part in it was forgotten, and it with them.
    #[error("conversation {id} is kept out of this copy: somebody who takes part in it was forgotten")]
    Forgotten {
        /// The conversation.
        id: ConversationId,
    },
    /// Intercom was asked and has none.
    #[error("Intercom has no conversation {id}")]
    NoSuch {
        /// The conversation.
        id: ConversationId,
    },
    /// It is not in the lake, and nobody can ask Intercom.
    #[error("conversation {id} is not held here")]
    Unknown {
        /// The conversation.
        id: ConversationId,
    },
    /// It was not found in a lake that changed all the while.
    #[error("conversation {id} was not found, but the copy was being changed while it was looked for")]
    Unsettled {
        /// The conversation.
        id: ConversationId,
    },
    /// It is not in the lake, and Intercom could not be asked.
    #[error("conversation {id} is not held here, and could not be fetched")]
    NotFetched {
        /// The conversation.
        id: ConversationId,
        /// Why.
        #[source]
        source: Box<dyn StdError + Send + Sync>,
    },
}

impl NotHeld {
    /// What can be done about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Deleted { .. } => "its messages are gone from the copy too, as they are from Intercom",
            Self::Forgotten { .. } => {
                "it is not fetched again either; what Intercom still has of it is in its inbox"
            }
            Self::NoSuch { .. } => {
                "check the number: it is the last part of the conversation's address in the inbox"
            }
            Self::Unknown { .. } => {
                "it began before what was synced, is newer than the last sync, or never was: sync again, or fetch it \
                 alone with `fi sync --conversation ID`"
            }
            Self::Unsettled { .. } => {
                "try again when the sync is done; `fi sync` mends what one that broke off left behind"
            }
            Self::NotFetched { .. } => "try again when a sync that runs is done and Intercom can be reached",
        }
    }
}

fn on(deleted_at: Option<DateTime<Utc>>) -> String {
    deleted_at.map_or(String::new(), |at| format!(" on {}", at.format("%Y-%m-%d at %H:%M UTC")))
}

/// Of one that was not found: in a lake that moves it may be all the same.
fn nowhere(id: &ConversationId, is_steady: bool) -> NotHeld {
    match is_steady {
        true => NotHeld::Unknown { id: id.clone() },
        false => NotHeld::Unsettled { id: id.clone() },
    }
}

/// Which columns of a conversation are read; none for all.
type Columns = Option<&'static [&'static str]>;

/// A conversation as it is held.
pub(super) struct Held {
    pub(super) conversation: Conversation,
    pub(super) messages: Vec<Message>,
    pub(super) known: Arc<Known>,
    /// Whether all of it is of one version of the lake.
    pub(super) is_steady: bool,
    pub(super) fetched_now: bool,
    /// Why its messages could not be fetched, if that was tried.
    pub(super) failure: Option<Failure>,
}

/// Why messages could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    #[error("Intercom has no such conversation any more")]
    NoSuch,
    #[error(transparent)]
    NotFetched(Box<dyn StdError + Send + Sync>),
}

/// What is known beside conversations, as of a state of the lake.
pub(in crate::tools) struct Known {
    state: Arc<State>,
    pub(in crate::tools) names: Names,
    pub(in crate::tools) sync: SyncState,
}

impl Held {
    /// Up to when changes of it are known.
    pub(super) fn data_as_of(&self) -> Timestamp {
        let began = self.conversation.created_at.seconds();
        let spans = self.known.sync.coverage.spans().iter();
        let mut listed = spans.filter(|span| span.from_seconds <= began && began < span.to_seconds);
        let listed = listed.next().map(|span| Timestamp::from_seconds(span.as_of_seconds));
        self.conversation.synced_at.max(listed.unwrap_or_default())
    }

    /// Whether it has changed since its messages were read: a list said so, and those read before are kept until then.
    pub(super) fn has_earlier_messages(&self) -> bool {
        !self.conversation.has_thread && self.messages.iter().any(|message| message.position > 0)
    }
}

impl Conversations {
    /// A conversation, with all its columns if `is_whole`, else with those that reading it needs; fetched if it or its
    /// messages are not held and the caller can fetch.
    pub(super) fn held(
        &self,
        id: &ConversationId,
        reading: &Reading<'_>,
        is_whole: bool,
    ) -> Result<Held, ToolError> {
        let columns = if is_whole { None } else { Some(HEADER) };
        let (found, is_steady) = self.find(id, columns)?;
        if found.is_none() {
            self.refuse(id)?;
        }
        let has_thread = found.as_ref().is_some_and(|held| held.conversation.has_thread);
        match (found, reading.fetch) {
            (Some(held), fetch) if has_thread || fetch.is_none() => Ok(held),
            (found, Some(fetch)) => self.fetched(id, found, fetch, columns),
            (_, None) => Err(nowhere(id, is_steady).into()),
        }
    }

    /// Refuses what is known to be gone, and what must not come back.
    fn refuse(&self, id: &ConversationId) -> Result<(), ToolError> {
        let state = self.lookup.state()?;
        let known = state.map(|state| self.known(&state)).transpose()?;
        if known.is_some_and(|known| known.sync.forgotten.has_conversation(id.as_str())) {
            return Err(NotHeld::Forgotten { id: id.clone() }.into());
        }
        match self.lookup.row::<DeletedConversation>(id.as_str())? {
            Some(deleted) => {
                let deleted_at = deleted.deleted_at.map(Timestamp::to_utc);
                Err(NotHeld::Deleted { id: id.clone(), deleted_at }.into())
            }
            None => Ok(()),
        }
    }

    fn fetched(
        &self,
        id: &ConversationId,
        found: Option<Held>,
        fetch: &dyn Fetch,
        columns: Columns,
    ) -> Result<Held, ToolError> {
        let outcome = fetch.fetch(id);
        if let Ok(Fetched::NoSuch) = outcome {
            let held = found.map(|held| Held { failure: Some(Failure::NoSuch), ..held });
            return held.ok_or_else(|| NotHeld::NoSuch { id: id.clone() }.into());
        }
        // Also after a failure: a sync that ran meanwhile may have brought it, or somebody may have been forgotten.
        let (now, is_steady) = self.find(id, columns)?;
        if now.is_none() {
            self.refuse(id)?;
        }
        match (outcome, now) {
            (Ok(_), Some(held)) => Ok(Held { fetched_now: true, ..held }),
            (Ok(_), None) => Err(nowhere(id, is_steady).into()),
            (Err(_), Some(held)) if held.conversation.has_thread => Ok(held),
            // What is there is better than nothing.
            (Err(source), now) => match now.or(found) {
                Some(held) => Ok(Held { failure: Some(Failure::NotFetched(source)), ..held }),
                None => Err(NotHeld::NotFetched { id: id.clone(), source }.into()),
            },
        }
    }

    /// A conversation in the lake, and whether it was looked for in one version of it.
    fn find(&self, id: &ConversationId, columns: Columns) -> Result<(Option<Held>, bool), ToolError> {
        let (found, is_steady) = self.lookup.steadily(|| self.find_once(id, columns))?;
        Ok((found.map(|held| Held { is_steady, ..held }), is_steady))
    }

    fn find_once(&self, id: &ConversationId, columns: Columns) -> Result<Option<Held>, ToolError> {
        let Some(state) = self.lookup.state()? else { return Ok(None) };
        let (partitioning, lookup) = (state.partitioning, &self.lookup);
        let Some(began) = lookup.created_at(&state, id.as_str())? else { return Ok(None) };
        let conversation = lookup.conversation_row(partitioning, began, id.as_str(), columns)?;
        let Some(conversation) = conversation else { return Ok(None) };
        let messages = lookup.message_rows(partitioning, began, id.as_str(), Some(MESSAGE))?;
        let known = self.known(&state)?;
        let (is_steady, fetched_now, failure) = (true, false, None);
        Ok(Some(Held { conversation, messages, known, is_steady, fetched_now, failure }))
    }

    /// What is known beside conversations; read again only when the state has changed.
    pub(in crate::tools) fn known(&self, state: &Arc<State>) -> Result<Arc<Known>, ToolError> {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = known.as_ref().filter(|known| Arc::ptr_eq(&known.state, state)) {
            return Ok(Arc::clone(known));
        }
        let sync = SyncState::from_value(&state.sync).map_err(ToolError::State)?;
        let names = Names::load(&self.lookup)?;
        let fresh = Arc::new(Known { state: Arc::clone(state), names, sync });
        *known = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}
