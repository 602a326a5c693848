//! Conversations and tickets: search, retrieve, count, and the list of deleted ones.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::client::Client;
use super::endpoint;
use super::error::Error;
use super::outcome::BodyFault;
use super::page::{self, Cursor, Item, Page, PageStream};
use super::peek::LenientId;
use super::query::{Query, Sort};
use super::request::Call;
use super::walk::{List, Walk};

/// What to search for, in which order, in pages of which size.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchRequest {
    /// The filters.
    pub query: Query,
    /// The order; a cursor is worthless without one.
    pub sort: Sort,
    /// Items per page, at most 150.
    pub per_page: u32,
}

impl SearchRequest {
    /// The largest page there is, for conversations and contacts.
    pub const PER_PAGE: u32 = 150;
    /// A page of tickets, which come with all their parts.
    pub const TICKETS_PER_PAGE: u32 = 20;

    /// A search in the largest pages.
    #[must_use]
    pub fn new(query: Query, sort: Sort) -> Self {
        Self { query, sort, per_page: Self::PER_PAGE }
    }

    /// A search in pages fit for tickets.
    #[must_use]
    pub fn tickets(query: Query, sort: Sort) -> Self {
        Self { query, sort, per_page: Self::TICKETS_PER_PAGE }
    }
}

fn conversations(request: &SearchRequest) -> List {
    let SearchRequest { query, sort, per_page } = request.clone();
    List::search(&endpoint::CONVERSATIONS_SEARCH, "conversations", query, sort, per_page)
}

impl Client {
    /// All pages of a search for conversations: everything but their parts.
    #[must_use]
    pub fn search_conversations(&self, request: &SearchRequest) -> PageStream {
        Walk::new(self.clone(), conversations(request), None).stream()
    }

    /// One page of a search for conversations.
    ///
    /// # Errors
    /// Any outcome but a page; [`Error::InvalidCursor`] when the cursor is no longer accepted.
    pub async fn search_conversations_page(
        &self,
        request: &SearchRequest,
        starting_after: Option<&Cursor>,
    ) -> Result<Page, Error> {
        let mut walk = Walk::new(self.clone(), conversations(request), starting_after.cloned());
        Ok(walk.next_page().await?.unwrap_or_default())
    }

    /// How many conversations a query matches.
    ///
    /// # Errors
    /// Any outcome but a count.
    pub async fn count_conversations(&self, query: &Query) -> Result<u64, Error> {
        let mut call = Call::new(&endpoint::CONVERSATIONS_SEARCH);
        call = call.search(query.clone(), Sort::ascending("updated_at"), None);
        let mut one = super::request::PageSize::new(1);
        let read = |text: &str| {
            let page = page::read(text, "conversations")?;
            page.total_count.ok_or(BodyFault::Lacks("total_count"))
        };
        self.call_sized(&call, Some(&mut one), read).await
    }

    /// One conversation with its parts, exactly as it came.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is deleted, and any other outcome.
    pub async fn conversation(&self, id: &str) -> Result<Item, Error> {
        let call = Call::with_id(&endpoint::CONVERSATION, id)?;
        self.call(&call, |text| own_object(text, id)).await
    }

    /// Ids of deleted conversations, newest first.
    #[must_use]
    pub fn deleted_conversations(&self) -> PageStream {
        let call = Call::new(&endpoint::CONVERSATIONS_DELETED).param("order", "desc");
        Walk::new(self.clone(), List::get(call, "conversations", 60), None).stream()
    }

    /// All pages of a search for tickets, with their parts.
    #[must_use]
    pub fn tickets_search(&self, request: &SearchRequest) -> PageStream {
        let SearchRequest { query, sort, per_page } = request.clone();
        let list = List::search(&endpoint::TICKETS_SEARCH, "tickets", query, sort, per_page);
        Walk::new(self.clone(), list, None).stream()
    }
}

/// A whole object with the id that was asked for.
pub(super) fn own_object(text: &str, id: &str) -> Result<Item, BodyFault> {
    #[derive(Deserialize)]
    struct Head {
        #[serde(default)]
        id: LenientId,
    }
    page::object(text)?;
    let head: Head = serde_json::from_str(text).map_err(BodyFault::NotJson)?;
    match head.id.0 {
        None => Err(BodyFault::Lacks("id")),
        Some(found) if found != id => Err(BodyFault::OtherObject),
        Some(_) => whole(text),
    }
}

/// The text as raw JSON.
pub(super) fn whole(text: &str) -> Result<Item, BodyFault> {
    RawValue::from_string(text.trim().to_owned()).map_err(BodyFault::NotJson)
}
