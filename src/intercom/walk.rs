//! Walks the pages of a list to its end: one pager for searches, cursor lists and numbered lists.
//! Notices circles and a list that moves while it is read; keeps the page size that works.

use std::collections::HashSet;

use futures::stream;

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::{Error, Place};
use super::outcome::BodyFault;
use super::page::{self, Cursor, Page, PageStream};
use super::query::{Query, Sort};
use super::request::{Call, PageSize};

/// A list to be walked.
#[derive(Clone, Debug)]
pub(super) struct List {
    /// The call without a cursor.
    pub(super) call: Call,
    /// Where the items are.
    pub(super) key: &'static str,
    /// The search, for lists that are one.
    pub(super) search: Option<(Query, Sort)>,
    /// How many items to ask for, where that can be said.
    pub(super) per_page: Option<u32>,
}

impl List {
    pub(super) fn search(
        endpoint: &'static Endpoint,
        key: &'static str,
        query: Query,
        sort: Sort,
        per_page: u32,
    ) -> Self {
        Self { call: Call::new(endpoint), key, search: Some((query, sort)), per_page: Some(per_page) }
    }

    pub(super) fn get(call: Call, key: &'static str, per_page: u32) -> Self {
        Self { call, key, search: None, per_page: Some(per_page) }
    }

    /// A list that comes in one answer; should it have pages after all, they are followed.
    pub(super) fn unpaged(call: Call, key: &'static str) -> Self {
        Self { call, key, search: None, per_page: None }
    }

    fn call_from(&self, cursor: Option<&Cursor>) -> Call {
        let call = self.call.clone();
        if let Some((query, sort)) = &self.search {
            let after = match cursor {
                Some(Cursor::After(after)) => Some(after.clone()),
                _ => None,
            };
            return call.search(query.clone(), sort.clone(), after);
        }
        match cursor {
            Some(Cursor::After(after)) => call.param("starting_after", after),
            Some(Cursor::Page(number)) => call.param("page", number),
            None => call,
        }
    }

    fn read(&self, text: &str) -> Result<Page, BodyFault> {
        let page = page::read(text, self.key)?;
        if self.search.is_some() && matches!(page.next, Some(Cursor::Page(_))) {
            // A search goes on behind an item; by number it would start over for ever.
            return Err(BodyFault::NextPage);
        }
        Ok(page)
    }
}

/// A walk under way.
pub(super) struct Walk {
    client: Client,
    list: List,
    size: Option<PageSize>,
    next: Option<Cursor>,
    seen: HashSet<Cursor>,
    first_total: Option<u64>,
    number: u32,
    done: bool,
}

impl Walk {
    pub(super) fn new(client: Client, list: List, from: Option<Cursor>) -> Self {
        let size = list.per_page.map(PageSize::new);
        let seen = from.iter().cloned().collect();
        Self { client, list, size, next: from, seen, first_total: None, number: 0, done: false }
    }

    /// The next page, or `None` behind the last one.
    pub(super) async fn next_page(&mut self) -> Result<Option<Page>, Error> {
        if self.done {
            return Ok(None);
        }
        let call = self.list.call_from(self.next.as_ref());
        let read = |text: &str| self.list.read(text);
        let mut page = self.client.call_sized(&call, self.size.as_mut(), read).await?;
        self.number += 1;
        if self.number == 1 {
            self.first_total = page.total_count;
        }
        (page.number, page.first_total) = (self.number, self.first_total);
        self.next.clone_from(&page.next);
        match &page.next {
            Some(next) if !self.seen.insert(next.clone()) => {
                let place = Place { endpoint: call.endpoint, request_id: None };
                return Err(Error::CursorLoop { place, page: self.number });
            }
            next => self.done = next.is_none(),
        }
        Ok(Some(page))
    }

    /// The walk as a stream that ends at the first error.
    pub(super) fn stream(self) -> PageStream {
        Box::pin(stream::unfold(Some(self), |walk| async move {
            let mut walk = walk?;
            match walk.next_page().await {
                Ok(Some(page)) => Some((Ok(page), Some(walk))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        }))
    }
}
