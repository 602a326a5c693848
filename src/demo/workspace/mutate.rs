//! Changes to a workspace after it was generated, with the consequences Intercom draws from each.
//!
//! Owns what a change does to parts, state and `updated_at`. Who is told about it is the server's concern.

use super::entity::*;
use super::{Workspace, statistics};
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// The text that takes the place of a redacted message.
pub(crate) const REDACTED: &str = "<p><i>This message was deleted</i></p>";

/// Why a change could not be made.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MutationError {
    /// No such conversation, or it was deleted.
    #[error("there is no conversation {0}")]
    UnknownConversation(u64),
    /// The conversation has no such part.
    #[error("conversation {conversation} has no part {part}")]
    UnknownPart {
        /// The conversation.
        conversation: u64,
        /// The part that was asked for.
        part: u64,
    },
    /// No such contact, or it was merged into another.
    #[error("there is no contact {0}")]
    UnknownContact(String),
    /// No such teammate, team or tag.
    #[error("there is no {what} at position {position}")]
    UnknownPosition {
        /// What was looked for.
        what: &'static str,
        /// Where.
        position: Index,
    },
}

/// What changed, for those who must be told.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The conversation.
    pub conversation: u64,
    /// The part that was added or touched.
    pub part: Option<u64>,
    /// The webhook topic that announces it; some changes have none.
    pub topic: Option<&'static str>,
}

/// A conversation to be created.
#[derive(Clone, Debug)]
pub struct NewConversation {
    /// Who writes.
    pub contact: HexId,
    /// What, as HTML.
    pub body: String,
    /// What it is called.
    pub title: Option<String>,
}

type Changed = Result<Change, MutationError>;

impl Workspace {
    /// Changes one conversation in place; copies it first if somebody else holds it.
    pub(super) fn edit(&mut self, id: u64) -> Result<&mut Conversation, MutationError> {
        self.conversations.get_mut(&id).map(Arc::make_mut).ok_or(MutationError::UnknownConversation(id))
    }

    fn add_part(
        &mut self,
        id: u64,
        kind: PartKind,
        author: Author,
        body: Option<&str>,
        at: i64,
        finish: impl FnOnce(&mut Conversation, &mut Part),
    ) -> Result<u64, MutationError> {
        let part_id = self.next_part;
        let conversation = self.edit(id)?;
        let state = match kind {
            PartKind::Close => State::Closed,
            PartKind::Snoozed => State::Snoozed,
            PartKind::Open | PartKind::Unsnoozed => State::Open,
            kind if kind.info().reopens => State::Open,
            _ => conversation.state,
        };
        conversation.state = state;
        let mut part = Part {
            id: part_id,
            kind,
            body: body.map(Into::into),
            created_at: at,
            updated_at: at,
            author,
            assigned_to: None,
            state,
            redacted: false,
            from_ai_agent: false,
            is_ai_answer: false,
            extra: None,
        };
        finish(conversation, &mut part);
        conversation.parts.push(part);
        statistics::refresh(conversation);
        self.next_part += 1;
        Ok(part_id)
    }

    fn plain_part(
        &mut self,
        id: u64,
        kind: PartKind,
        author: Author,
        body: Option<&str>,
        at: i64,
        topic: &'static str,
    ) -> Changed {
        let part = self.add_part(id, kind, author, body, at, |_, _| ())?;
        Ok(Change { conversation: id, part: Some(part), topic: Some(topic) })
    }

    /// A customer replies; a closed or sleeping conversation opens.
    pub fn reply_as_contact(&mut self, id: u64, body: &str, at: i64) -> Changed {
        let conversation = self.edit(id)?;
        let author = Author::Contact(conversation.contact());
        conversation.read = false;
        let kind = if conversation.state == State::Open { PartKind::Comment } else { PartKind::Open };
        self.plain_part(id, kind, author, Some(body), at, "conversation.user.replied")
    }

    /// A teammate replies.
    pub fn reply_as_admin(&mut self, id: u64, admin: Index, body: &str, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        self.plain_part(id, PartKind::Comment, author, Some(body), at, "conversation.admin.replied")
    }

    /// A teammate leaves a note.
    pub fn note(&mut self, id: u64, admin: Index, body: &str, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        self.plain_part(id, PartKind::Note, author, Some(body), at, "conversation.admin.noted")
    }

    /// A teammate closes, with or without words.
    pub fn close(&mut self, id: u64, admin: Index, body: Option<&str>, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        self.plain_part(id, PartKind::Close, author, body, at, "conversation.admin.closed")
    }

    /// A teammate opens it again.
    pub fn reopen(&mut self, id: u64, admin: Index, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        self.plain_part(id, PartKind::Open, author, None, at, "conversation.admin.opened")
    }

    /// A teammate puts it to sleep.
    pub fn snooze(&mut self, id: u64, admin: Index, until: i64, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        let wake = |conversation: &mut Conversation, _: &mut Part| conversation.snoozed_until = Some(until);
        let part = self.add_part(id, PartKind::Snoozed, author, None, at, wake)?;
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation.admin.snoozed") })
    }

    /// A teammate wakes it up.
    pub fn unsnooze(&mut self, id: u64, admin: Index, at: i64) -> Changed {
        let author = self.teammate(admin)?;
        self.plain_part(id, PartKind::Unsnoozed, author, None, at, "conversation.admin.unsnoozed")
    }

    /// A teammate assigns it.
    pub fn assign(&mut self, id: u64, by: Index, to: Assignee, at: i64) -> Changed {
        let author = self.teammate(by)?;
        match to {
            Assignee::Admin(admin) => self.teammate(admin).map(|_| ())?,
            Assignee::Team(team) => known("team", team, self.teams.len())?,
            Assignee::Nobody => {}
        }
        let part = self.add_part(id, PartKind::Assignment, author, None, at, |conversation, part| {
            part.assigned_to = Some(to);
            match to {
                Assignee::Admin(admin) => conversation.admin = Some(admin),
                Assignee::Team(team) => conversation.team = Some(team),
                Assignee::Nobody => conversation.admin = None,
            }
        })?;
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation.admin.assigned") })
    }

    /// A teammate or the customer has seen the last message, which moves nothing.
    pub fn mark_read(&mut self, id: u64) -> Changed {
        self.edit(id)?.read = true;
        Ok(Change { conversation: id, part: None, topic: Some("conversation.read") })
    }

    /// The priority changes.
    pub fn set_priority(&mut self, id: u64, by: Index, priority: Priority, at: i64) -> Changed {
        let author = self.teammate(by)?;
        let set = |conversation: &mut Conversation, _: &mut Part| conversation.priority = priority;
        let part = self.add_part(id, PartKind::PriorityChanged, author, None, at, set)?;
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation.priority.updated") })
    }

    /// The title changes; there is no webhook for that.
    pub fn set_title(&mut self, id: u64, by: Index, title: &str, at: i64) -> Changed {
        let author = self.teammate(by)?;
        let set = |conversation: &mut Conversation, _: &mut Part| conversation.title = Some(title.into());
        let part = self.add_part(id, PartKind::TitleChanged, author, None, at, set)?;
        Ok(Change { conversation: id, part: Some(part), topic: None })
    }

    /// Tags the conversation, which leaves a part behind and so moves `updated_at`.
    pub fn tag_conversation(&mut self, id: u64, by: Index, tag: Index, at: i64) -> Changed {
        let author = self.teammate(by)?;
        known("tag", tag, self.tags.len())?;
        let part = self.add_part(id, PartKind::TagsUpdated, author, None, at, |conversation, _| {
            conversation.tags.push(AppliedTag { tag, at, by: author });
        })?;
        Ok(Change { conversation: id, part: Some(part), topic: None })
    }

    /// Takes a tag off again: no part, no topic, no new `updated_at`.
    pub fn untag_conversation(&mut self, id: u64, tag: Index) -> Changed {
        self.edit(id)?.tags.retain(|applied| applied.tag != tag);
        Ok(Change { conversation: id, part: None, topic: None })
    }

    /// Tags one part: the part's `updated_at` moves, the conversation's does not.
    pub fn tag_part(&mut self, id: u64, part: u64, tag: Index, at: i64) -> Changed {
        known("tag", tag, self.tags.len())?;
        let found = self.part(id, part)?;
        found.updated_at = at;
        found.extra.get_or_insert_default().tags.push(tag);
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation_part.tag.created") })
    }

    /// The customer rates the conversation, which does not move `updated_at`.
    pub fn rate(&mut self, id: u64, rating: u8, remark: Option<&str>, at: i64) -> Changed {
        let conversation = self.edit(id)?;
        let contact = conversation.contact();
        let asked = conversation.rating.as_ref().map_or(at, |rating| rating.requested_at);
        let teammate = conversation.admin.or_else(|| conversation.teammates().last().copied());
        let part = self.add_part(
            id,
            PartKind::RatingChanged,
            Author::Contact(contact),
            None,
            at,
            |conversation, _| {
                conversation.rating = Some(Rating {
                    rating: Some(rating),
                    remark: remark.map(Into::into),
                    requested_at: asked,
                    replied_at: Some(at),
                    contact,
                    teammate,
                });
            },
        )?;
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation.rating.added") })
    }

    /// Takes the text of a part away: the part and the conversation both move.
    pub fn redact_part(&mut self, id: u64, part: u64, at: i64) -> Changed {
        let found = self.part(id, part)?;
        found.redacted = true;
        found.updated_at = at;
        found.body = Some(REDACTED.into());
        if let Some(extra) = &mut found.extra {
            extra.attachments.clear();
        }
        statistics::refresh(self.edit(id)?);
        Ok(Change { conversation: id, part: Some(part), topic: Some("conversation_part.redacted") })
    }

    /// Takes the text of the first message away.
    pub fn redact_source(&mut self, id: u64, at: i64) -> Changed {
        let conversation = self.edit(id)?;
        conversation.source.redacted = true;
        conversation.source.body = REDACTED.into();
        conversation.source.attachments.clear();
        conversation.updated_at = conversation.updated_at.max(at);
        Ok(Change { conversation: id, part: None, topic: Some("conversation_part.redacted") })
    }

    /// Sets a custom attribute. Through the API that moves `updated_at`; scores Intercom computes later do not.
    pub fn set_attribute(&mut self, id: u64, key: &str, value: Value, bump_at: Option<i64>) -> Changed {
        let conversation = self.edit(id)?;
        match conversation.custom_attributes.iter_mut().find(|(known, _)| known == key) {
            Some(entry) => entry.1 = value,
            None => conversation.custom_attributes.push((Cow::Owned(key.to_owned()), value)),
        }
        conversation.updated_at = conversation.updated_at.max(bump_at.unwrap_or(0));
        Ok(Change { conversation: id, part: None, topic: None })
    }

    /// Deletes a conversation for good.
    pub fn delete(&mut self, id: u64, retain_metrics: bool, at: i64) -> Changed {
        self.conversations.remove(&id).ok_or(MutationError::UnknownConversation(id))?;
        self.deleted.push(DeletedConversation { id, metrics_retained: retain_metrics, deleted_at: at });
        self.deleted.sort_by_key(|gone| (gone.deleted_at, gone.id));
        self.tickets.retain(|ticket| ticket.conversation != Some(id));
        self.relink_tickets();
        Ok(Change { conversation: id, part: None, topic: Some("conversation.deleted") })
    }

    /// Positions of tickets moved: conversations must point at the new ones.
    fn relink_tickets(&mut self) {
        let moved: Vec<(u64, Option<Index>, Vec<Index>)> = self
            .conversations
            .values()
            .filter(|conversation| conversation.ticket.is_some() || !conversation.linked.is_empty())
            .map(|conversation| {
                let at = |test: &dyn Fn(&Ticket) -> bool| {
                    (0..self.tickets.len() as Index)
                        .filter(|n| test(&self.tickets[*n as usize]))
                        .collect::<Vec<_>>()
                };
                let own = at(&|ticket| ticket.conversation == Some(conversation.id)).first().copied();
                (conversation.id, own, at(&|ticket| ticket.linked.contains(&conversation.id)))
            })
            .collect();
        for (id, ticket, linked) in moved {
            if let Some(conversation) =
                self.conversations.get_mut(&id).filter(|c| c.ticket != ticket || c.linked != linked)
            {
                let conversation = Arc::make_mut(conversation);
                conversation.ticket = ticket;
                conversation.linked = linked;
            }
        }
    }

    /// A customer begins a conversation.
    pub fn create_conversation(&mut self, new: &NewConversation, at: i64) -> Changed {
        let unknown = || MutationError::UnknownContact(new.contact.to_string());
        let position = self.contact_position(new.contact).ok_or_else(unknown)?;
        if self.merged.contains_key(&new.contact) {
            return Err(unknown());
        }
        let id = self.next_conversation;
        self.next_conversation += super::generate::ID_STEP;
        let language = self.contacts[position as usize].language;
        let company = self.contacts[position as usize].companies.first().copied();
        let seed = super::thread::Seed {
            ordinal: id % 1_000_000_007,
            id,
            at,
            topic: 0,
            contact: position,
            special: super::thread::Special::None,
        };
        let mut conversation = super::thread::blank(&seed, language, company);
        conversation.source.body = new.body.as_str().into();
        conversation.title = new.title.as_deref().map(Into::into);
        statistics::refresh(&mut conversation);
        self.conversations.insert(id, Arc::new(conversation));
        Ok(Change { conversation: id, part: None, topic: Some("conversation.user.created") })
    }

    /// Merges one contact into another; conversations follow without moving their `updated_at`.
    /// Returns the conversations that changed hands.
    pub fn merge_contacts(&mut self, from: HexId, into: HexId, at: i64) -> Result<Vec<u64>, MutationError> {
        let position = |workspace: &Self, id: HexId| {
            let known = workspace.contact_position(id).filter(|_| !workspace.merged.contains_key(&id));
            known.ok_or_else(|| MutationError::UnknownContact(id.to_string()))
        };
        let (old, new) = (position(self, from)?, position(self, into)?);
        let role = self.contacts[old as usize].role;
        let survivor = Arc::make_mut(&mut self.contacts[new as usize]);
        survivor.merges.push(Merge { source: from, role, at });
        survivor.updated_at = survivor.updated_at.max(at);
        self.merged.insert(from, into);
        let theirs: Vec<u64> =
            self.conversations.values().filter(|c| c.contacts.contains(&old)).map(|c| c.id).collect();
        for id in &theirs {
            hand_over(self.edit(*id)?, old, new);
        }
        Ok(theirs)
    }

    /// Adds a contact, or puts a new state in the place of one with the same id.
    pub fn add_contact(&mut self, contact: Arc<Contact>) {
        match self.contact_position(contact.id) {
            Some(position) => self.contacts[position as usize] = contact,
            None => {
                self.contact_positions.insert(contact.id, self.contacts.len() as Index);
                self.contacts.push(contact);
            }
        }
    }

    fn part(&mut self, id: u64, part: u64) -> Result<&mut Part, MutationError> {
        let found = self.edit(id)?.parts.iter_mut().find(|known| known.id == part);
        found.ok_or(MutationError::UnknownPart { conversation: id, part })
    }

    fn teammate(&self, admin: Index) -> Result<Author, MutationError> {
        known("admin", admin, self.admins.len())?;
        Ok(if admin == super::tables::BOT { Author::Bot } else { Author::Admin(admin) })
    }
}

fn known(what: &'static str, position: Index, count: usize) -> Result<(), MutationError> {
    if (position as usize) < count { Ok(()) } else { Err(MutationError::UnknownPosition { what, position }) }
}

fn hand_over(conversation: &mut Conversation, old: Index, new: Index) {
    let swap = |author: &mut Author| {
        if *author == Author::Contact(old) {
            *author = Author::Contact(new);
        }
    };
    for contact in &mut conversation.contacts {
        if *contact == old {
            *contact = new;
        }
    }
    conversation.contacts.dedup();
    swap(&mut conversation.source.author);
    conversation.parts.iter_mut().for_each(|part| swap(&mut part.author));
    if let Some(rating) = &mut conversation.rating
        && rating.contact == old
    {
        rating.contact = new;
    }
}
