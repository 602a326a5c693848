//! Changes while the server runs: the workspace moves at once, search after a while, webhooks are told.

use super::DemoServer;
use super::state::Inner;
use crate::demo::workspace::{
    Assignee, Change, Contact, HexId, Index, MutationError, NewConversation, Priority, Workspace,
};
use serde_json::Value;
use std::sync::Arc;

type Changed = Result<Change, MutationError>;

impl DemoServer {
    /// Changes the workspace; `edit` gets it and the present in unix seconds. Search sees the change after
    /// the index lag, and the webhook target is told if there is one and the change has a topic.
    ///
    /// # Errors
    /// Whatever `edit` could not do.
    pub fn change(&self, edit: impl FnOnce(&mut Workspace, i64) -> Changed) -> Changed {
        let change = self.inner.change(edit)?;
        self.announce(&change);
        Ok(change)
    }

    /// A customer replies.
    pub fn reply(&self, id: u64, body: &str) -> Changed {
        self.change(|workspace, now| workspace.reply_as_contact(id, body, now))
    }

    /// A teammate replies.
    pub fn reply_as_admin(&self, id: u64, admin: Index, body: &str) -> Changed {
        self.change(|workspace, now| workspace.reply_as_admin(id, admin, body, now))
    }

    /// A teammate leaves a note.
    pub fn note(&self, id: u64, admin: Index, body: &str) -> Changed {
        self.change(|workspace, now| workspace.note(id, admin, body, now))
    }

    /// A teammate closes.
    pub fn close(&self, id: u64, admin: Index, body: Option<&str>) -> Changed {
        self.change(|workspace, now| workspace.close(id, admin, body, now))
    }

    /// A teammate opens again.
    pub fn reopen(&self, id: u64, admin: Index) -> Changed {
        self.change(|workspace, now| workspace.reopen(id, admin, now))
    }

    /// A teammate puts it to sleep.
    pub fn snooze(&self, id: u64, admin: Index, until: i64) -> Changed {
        self.change(|workspace, now| workspace.snooze(id, admin, until, now))
    }

    /// A teammate wakes it up.
    pub fn unsnooze(&self, id: u64, admin: Index) -> Changed {
        self.change(|workspace, now| workspace.unsnooze(id, admin, now))
    }

    /// A teammate assigns.
    pub fn assign(&self, id: u64, by: Index, to: Assignee) -> Changed {
        self.change(|workspace, now| workspace.assign(id, by, to, now))
    }

    /// Somebody has seen the last message.
    pub fn mark_read(&self, id: u64) -> Changed {
        self.change(|workspace, _| workspace.mark_read(id))
    }

    /// The priority changes.
    pub fn set_priority(&self, id: u64, by: Index, priority: Priority) -> Changed {
        self.change(|workspace, now| workspace.set_priority(id, by, priority, now))
    }

    /// Tags the conversation.
    pub fn tag_conversation(&self, id: u64, by: Index, tag: Index) -> Changed {
        self.change(|workspace, now| workspace.tag_conversation(id, by, tag, now))
    }

    /// Tags one part, which does not move the conversation's `updated_at`.
    pub fn tag_part(&self, id: u64, part: u64, tag: Index) -> Changed {
        self.change(|workspace, now| workspace.tag_part(id, part, tag, now))
    }

    /// The customer rates, which does not move the conversation's `updated_at`.
    pub fn rate(&self, id: u64, rating: u8, remark: Option<&str>) -> Changed {
        self.change(|workspace, now| workspace.rate(id, rating, remark, now))
    }

    /// Takes the text of a part away.
    pub fn redact(&self, id: u64, part: u64) -> Changed {
        self.change(|workspace, now| workspace.redact_part(id, part, now))
    }

    /// Sets a custom attribute as the API does, which moves `updated_at`.
    pub fn set_attribute(&self, id: u64, key: &str, value: Value) -> Changed {
        self.change(|workspace, now| workspace.set_attribute(id, key, value, Some(now)))
    }

    /// Sets an attribute as Intercom's own models do some time later, which moves nothing.
    pub fn set_attribute_silently(&self, id: u64, key: &str, value: Value) -> Changed {
        self.change(|workspace, _| workspace.set_attribute(id, key, value, None))
    }

    /// Deletes a conversation for good.
    pub fn delete(&self, id: u64) -> Changed {
        self.change(|workspace, now| workspace.delete(id, true, now))
    }

    /// A customer begins a conversation.
    pub fn create_conversation(&self, contact: HexId, body: &str) -> Changed {
        let new = NewConversation { contact, body: body.to_owned(), title: None };
        self.change(|workspace, now| workspace.create_conversation(&new, now))
    }

    /// Merges one contact into another.
    ///
    /// # Errors
    /// If one of them does not exist.
    pub fn merge_contacts(&self, from: HexId, into: HexId) -> Result<Vec<u64>, MutationError> {
        let ids = {
            let now = self.inner.options.clock.now();
            let world = &mut *self.inner.world_mut();
            world.live.merge_contacts(from, into, now)?
        };
        ids.iter().for_each(|id| self.inner.reindex(*id));
        self.announce_merge(into);
        Ok(ids)
    }

    /// A new contact, which search does not know before the index lag is over.
    pub fn create_contact(&self, contact: Contact) -> HexId {
        let id = contact.id;
        let visible_at = self.inner.visible_at_ms();
        let world = &mut *self.inner.world_mut();
        world.live.add_contact(Arc::new(contact));
        if visible_at > self.inner.options.clock.now_ms() {
            world.unindexed.push_back((visible_at, id));
        }
        id
    }
}

impl Inner {
    /// A change that a request asks for; whoever answers it tells the webhook target.
    pub(crate) fn change_and_tell(&self, edit: impl FnOnce(&mut Workspace, i64) -> Changed) -> Changed {
        let change = self.change(edit)?;
        self.outbox.note(change.clone());
        Ok(change)
    }

    fn change(&self, edit: impl FnOnce(&mut Workspace, i64) -> Changed) -> Changed {
        let now = self.options.clock.now();
        let change = edit(&mut self.world_mut().live, now)?;
        self.reindex(change.conversation);
        Ok(change)
    }

    fn visible_at_ms(&self) -> i64 {
        self.options.clock.now_ms() + i64::from(self.options.index_lag_seconds) * 1_000
    }

    /// Lets search see a conversation as it is now, after the index lag.
    pub(crate) fn reindex(&self, id: u64) {
        let visible_at_ms = self.visible_at_ms();
        let world = &mut *self.world_mut();
        let state = world.live.conversation(id).cloned();
        world.index.note(visible_at_ms, id, state);
    }

    /// What a fault does to a conversation that is being asked for.
    pub(crate) fn delete_for_good(&self, id: &str) {
        let Ok(id) = id.parse::<u64>() else { return };
        // A conversation that is gone already cannot be deleted again, which is as well.
        let _ = self.change(|workspace, now| workspace.delete(id, true, now));
    }
}
