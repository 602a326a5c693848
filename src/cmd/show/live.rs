//! Fetches a conversation that is not held, the way `fi sync --conversation` does.

use std::error::Error;

use crate::cli::SyncScope;
use crate::cmd::sync::{Job, perform, preflight};
use crate::cmd::{Context, assemble};
use crate::error::CommandError;
use crate::model::ConversationId;
use crate::sync::Missing;
use crate::tools::conversation::{Fetch, Fetched};

/// What the lock's file says about this command.
const PURPOSE: &str = "fi show";

/// Asks Intercom with the token of the settings.
pub(in crate::cmd) struct Live<'a> {
    pub(in crate::cmd) context: &'a Context,
}

impl Fetch for Live<'_> {
    fn fetch(&self, id: &ConversationId) -> Result<Fetched, Box<dyn Error + Send + Sync>> {
        Ok(self.stored(id)?)
    }
}

impl Live<'_> {
    fn stored(&self, id: &ConversationId) -> Result<Fetched, CommandError> {
        let context = self.context;
        let client = assemble::quick_client(&context.config, assemble::token(&context.config)?.clone())?;
        assemble::check_unlocked(&context.config.home, PURPOSE)?;
        context.printer.note(format!("Fetching conversation {id} from Intercom"));
        let runtime = assemble::runtime()?;
        if assemble::lake_state(&context.config.home)?.is_none() {
            // What cannot work leaves nothing behind.
            runtime.block_on(preflight(context))?;
        }
        let lock = assemble::lock(context, PURPOSE, false)?;
        let scope = SyncScope::Conversations(vec![id.to_string()]);
        let job = Job { again: PURPOSE, ..Job::new(context, client, &scope) };
        let done = perform(context, &runtime, job, lock)?;
        let is_gone = |missing: &Missing| {
            matches!(missing, Missing::Conversation { conversation_id, reason }
                if conversation_id == id.as_str() && reason.starts_with("Intercom answers 404"))
        };
        match done.failure {
            _ if done.report.missing.iter().any(is_gone) => Ok(Fetched::NoSuch),
            Some(failure) => Err(failure),
            None => Ok(Fetched::Stored),
        }
    }
}
