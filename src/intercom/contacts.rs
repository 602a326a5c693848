//! Contacts: by id, all of them, those changed lately, and the lists inside them that are cut off at ten.
//! Knows that contact search thinks in days, and that contacts are merged into one another.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, stream};
use reqwest::Url;

use super::client::Client;
use super::conversations::own_object;
use super::endpoint;
use super::error::{Error, Place};
use super::page::{Item, Page, PageStream};
use super::peek::peek_id_times;
use super::query::{Filter, Query, QueryError, Sort};
use super::request::{Call, is_id};
use super::walk::{List, Walk};

/// Ids per search.
const IDS_PER_SEARCH: usize = 100;
/// Contacts retrieved one by one at the same time.
const SINGLES_AT_ONCE: usize = 8;
/// How often a merged contact may point to another one.
const MERGE_HOPS: usize = 3;
/// The largest page of a contact, a search or a list of them.
const PER_PAGE: u32 = 150;
/// The largest page of a list inside a contact.
const SUBLIST_PER_PAGE: u32 = 60;

/// What became of one id.
#[derive(Clone, Debug)]
pub struct ContactLookup {
    /// The id asked for.
    pub requested: String,
    /// What became of it.
    pub outcome: ContactOutcome,
}

/// What a contact's id leads to.
#[derive(Clone, Debug)]
pub enum ContactOutcome {
    /// The contact.
    Found(Item),
    /// Another contact, into which it was merged.
    Merged {
        /// The surviving contact's id.
        canonical: String,
        /// The surviving contact.
        contact: Item,
    },
    /// Nothing any more.
    Gone,
}

impl Client {
    /// Looks up contacts, a hundred per search; those no search finds are asked for one by one.
    /// Answers are in the order of the ids.
    ///
    /// # Errors
    /// Any outcome but found, merged or gone.
    pub async fn contacts_by_id(&self, ids: &[String]) -> Result<Vec<ContactLookup>, Error> {
        let mut found = HashMap::new();
        for chunk in ids.chunks(IDS_PER_SEARCH) {
            match self.search_by_id(chunk).await {
                Ok(items) => {
                    let named = items.into_iter().filter_map(|item| Some((peek_id_times(&item).id?, item)));
                    found.extend(named);
                }
                // Should a version refuse the list of ids, each is asked for by itself.
                Err(Error::BadRequest { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        let lookups = ids.iter().map(|id| {
            let known = found.get(id).cloned();
            async move {
                let outcome = match known {
                    Some(contact) => ContactOutcome::Found(contact),
                    None => self.contact(id).await?,
                };
                Ok(ContactLookup { requested: id.clone(), outcome })
            }
        });
        let lookups: Vec<_> = lookups.collect();
        stream::iter(lookups).buffered(SINGLES_AT_ONCE).try_collect().await
    }

    async fn search_by_id(&self, ids: &[String]) -> Result<Vec<Item>, Error> {
        let query = Filter::one_of("id", ids.iter().map(String::as_str)).into();
        let sort = Sort::ascending("created_at");
        self.collect(List::search(&endpoint::CONTACTS_SEARCH, "data", query, sort, PER_PAGE)).await
    }

    /// One contact, followed through mergers.
    ///
    /// # Errors
    /// Any outcome but found, merged or gone.
    pub async fn contact(&self, id: &str) -> Result<ContactOutcome, Error> {
        let mut current = id.to_owned();
        for _ in 0..=MERGE_HOPS {
            let call = Call::with_id(&endpoint::CONTACT, &current)?;
            match self.call(&call, |text| own_object(text, &current)).await {
                Ok(contact) if current == id => return Ok(ContactOutcome::Found(contact)),
                Ok(contact) => return Ok(ContactOutcome::Merged { canonical: current, contact }),
                Err(Error::ContactMerged { canonical: Some(next), .. }) => current = next.into(),
                Err(error) if error.is_gone() => return Ok(ContactOutcome::Gone),
                Err(error) => return Err(error),
            }
        }
        Ok(ContactOutcome::Gone)
    }

    /// All contacts of the workspace.
    #[must_use]
    pub fn contacts(&self) -> PageStream {
        let list = List::get(Call::new(&endpoint::CONTACTS), "data", PER_PAGE);
        Walk::new(self.clone(), list, None).stream()
    }

    /// Contacts changed at this unix second or later, newest first.
    ///
    /// Up to version 2.16 the search only knows days in the workspace's zone, so whole days are asked for
    /// and what is older is left out here. The totals of the pages count whole days too.
    ///
    /// # Errors
    /// When the time looks like milliseconds.
    pub fn contacts_updated_since(&self, since: i64) -> Result<PageStream, QueryError> {
        let query = Query::since("updated_at", since)?;
        let sort = Sort::descending("updated_at");
        let list = List::search(&endpoint::CONTACTS_SEARCH, "data", query, sort, PER_PAGE);
        let walk = Some((Walk::new(self.clone(), list, None), i64::MAX));
        Ok(Box::pin(stream::unfold(walk, move |state| async move {
            let (mut walk, newest) = state?;
            match walk.next_page().await {
                Ok(Some(mut page)) => {
                    let (reached, oldest) = keep_since(&mut page, since, newest);
                    if reached {
                        page.next = None;
                    }
                    Some((Ok(page), (!reached).then_some((walk, oldest))))
                }
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })))
    }

    /// A whole list of which an object embeds only ten entries; `url` is the one in the object, such as
    /// `/contacts/{id}/tags`.
    ///
    /// # Errors
    /// [`Error::ForeignHost`] when the URL leads anywhere but to such a list; and any other outcome.
    pub async fn contact_sublist(&self, url: &str) -> Result<Vec<Item>, Error> {
        let place = Place { endpoint: &endpoint::SUBLIST, request_id: None };
        let segments =
            sublist_segments(&self.inner.options.base_url, url).ok_or(Error::ForeignHost { place })?;
        let call = Call::at_path(&endpoint::SUBLIST, segments);
        self.collect(List::get(call, "data", SUBLIST_PER_PAGE)).await
    }
}

/// Drops what is older than `since`. Tells whether the rest of the list must be older too, which only
/// holds while the list really is in descending order, and the oldest time seen so far.
fn keep_since(page: &mut Page, since: i64, newest: i64) -> (bool, i64) {
    let (mut oldest, mut sorted, mut reached) = (newest, true, false);
    page.items.retain(|item| {
        // What has no time is kept: better once too often than not at all.
        let Some(updated_at) = peek_id_times(item).updated_at else { return true };
        sorted &= updated_at <= oldest;
        oldest = oldest.min(updated_at);
        reached |= updated_at < since;
        updated_at >= since
    });
    // Once out of order, `oldest` stays at the bottom, so no later page looks sorted either.
    (reached && sorted, if sorted { oldest } else { i64::MIN })
}

/// The path of `/{object}/{id}/{list}` on the base's host; `None` for anything else.
fn sublist_segments(base: &Url, url: &str) -> Option<Vec<String>> {
    let resolved = base.join(url).ok()?;
    if resolved.origin() != base.origin() || !resolved.username().is_empty() {
        return None;
    }
    let path = resolved.path().strip_prefix(base.path().trim_end_matches('/')).unwrap_or(resolved.path());
    let segments: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match segments.as_slice() {
        [object @ ("contacts" | "companies" | "conversations" | "tickets"), id, list]
            if is_id(id) && is_id(list) =>
        {
            Some(vec![(*object).to_owned(), (*id).to_owned(), (*list).to_owned()])
        }
        _ => None,
    }
}
