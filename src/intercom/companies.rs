//! Companies: the scroll, which is the only way to all of them, and its moods. It dies after a minute
//! without a request, so it is drained by a task of its own, whatever the reader does meanwhile; it
//! cannot be resumed, so a break begins it again; there can be only one.

use std::hash::{DefaultHasher, Hash, Hasher};

use futures::StreamExt;
use futures::channel::mpsc::{UnboundedSender, unbounded};
use serde_json::value::RawValue;
use tokio::time::sleep;

use super::client::Client;
use super::conversations::own_object;
use super::endpoint;
use super::error::{Error, Place};
use super::outcome::BodyFault;
use super::page::{self, Item, Page, PageStream};
use super::request::{Call, Replay};
use super::retry;

/// How often the same page may come again before the scroll is given up.
const SAME_PAGE: u32 = 2;

/// How a scroll ended.
enum End {
    /// All companies were seen.
    Complete,
    /// The reader left.
    Abandoned,
    /// It broke and has to be begun again.
    Broken(Error),
    /// Nothing more to be done.
    Failed(Error),
}

/// One page of a scroll.
struct ScrollPage {
    page: Page,
    param: Option<String>,
}

fn read(text: &str) -> Result<ScrollPage, BodyFault> {
    let page = page::read(text, "data")?;
    let fields = page::object(text)?;
    let param =
        fields.get("scroll_param").and_then(|raw| serde_json::from_str::<Option<String>>(raw.get()).ok());
    Ok(ScrollPage { page, param: param.flatten().filter(|param| !param.is_empty()) })
}

impl Client {
    /// All companies, page by page. A break begins again from the first page, so a company can come more
    /// than once; the stream never ends without an error before every company came at least once.
    ///
    /// Must be called within a tokio runtime: the scroll is read ahead, all of it if the reader is slow.
    #[must_use]
    pub fn companies_scroll(&self) -> PageStream {
        let (sender, receiver) = unbounded();
        let client = self.clone();
        tokio::spawn(async move {
            // One scroll at a time, also within this process.
            let _only = client.inner.scroll.lock().await;
            if let Err(error) = client.scroll_until_complete(&sender).await {
                // Nobody is left to tell when this fails.
                let _ = sender.unbounded_send(Err(error));
            }
        });
        receiver.boxed()
    }

    /// One company.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is deleted, and any other outcome.
    pub async fn company(&self, id: &str) -> Result<Item, Error> {
        let call = Call::with_id(&endpoint::COMPANY, id)?;
        self.call(&call, |text| own_object(text, id)).await
    }

    async fn scroll_until_complete(&self, out: &UnboundedSender<Result<Page, Error>>) -> Result<(), Error> {
        let policy = &self.inner.options.retry;
        let mut breaks = 0;
        loop {
            match self.scroll_once(out).await {
                End::Complete | End::Abandoned => return Ok(()),
                End::Failed(error) => return Err(error),
                End::Broken(error) if breaks >= policy.scroll_restarts => {
                    return Err(Error::ScrollInterrupted { breaks: breaks + 1, source: Box::new(error) });
                }
                End::Broken(_) => {
                    breaks += 1;
                    tracing::debug!(breaks, "companies scroll broke, beginning again");
                    sleep(retry::pause(policy, breaks)).await;
                }
            }
        }
    }

    async fn scroll_once(&self, out: &UnboundedSender<Result<Page, Error>>) -> End {
        let mut next = match self.open_scroll().await {
            Ok(first) => first,
            Err(error) => return End::Failed(error),
        };
        let (mut number, mut previous, mut same, mut largest) = (0, None, 0, 0);
        loop {
            let ScrollPage { mut page, param } = next;
            if page.items.is_empty() && page.malformed == 0 {
                return End::Complete;
            }
            let fingerprint = fingerprint(&page.items);
            same = if previous == Some(fingerprint) { same + 1 } else { 0 };
            previous = Some(fingerprint);
            number += 1;
            if same >= SAME_PAGE {
                let place = Place { endpoint: &endpoint::COMPANIES_SCROLL, request_id: None };
                return End::Failed(Error::CursorLoop { place, page: number });
            }
            page.number = number;
            let short = page.items.len() < largest;
            largest = largest.max(page.items.len());
            if out.unbounded_send(Ok(page)).is_err() {
                return End::Abandoned;
            }
            let Some(param) = param else { return End::Complete };
            next = match self.continue_scroll(&param).await {
                Ok(page) => page,
                // The end is an empty page; without one, only a page cut short makes this the end.
                Err(Error::NotFound { .. }) if short => return End::Complete,
                Err(error) if error.is_retryable() || error.is_gone() => return End::Broken(error),
                Err(error) => return End::Failed(error),
            };
        }
    }

    /// The first page, waiting while another scroll is open.
    async fn open_scroll(&self) -> Result<ScrollPage, Error> {
        let policy = &self.inner.options.retry;
        let call = Call::new(&endpoint::COMPANIES_SCROLL);
        let mut tries = 1;
        loop {
            match self.call(&call, read).await {
                Err(Error::ScrollExists { .. }) if tries < policy.scroll_exists_tries => {
                    tries += 1;
                    sleep(policy.scroll_exists_wait).await;
                }
                Err(Error::ScrollExists { place, .. }) => return Err(Error::ScrollExists { place, tries }),
                answer => return answer,
            }
        }
    }

    /// The page behind this one. Never asked for twice: the scroll may have moved on although its answer
    /// was lost, and the page would be missing.
    async fn continue_scroll(&self, param: &str) -> Result<ScrollPage, Error> {
        let mut call = Call::new(&endpoint::COMPANIES_SCROLL).param("scroll_param", param);
        call.replay = Replay::IfNeverArrived;
        self.call(&call, read).await
    }
}

fn fingerprint(items: &[Box<RawValue>]) -> u64 {
    let mut hasher = DefaultHasher::new();
    for item in items {
        item.get().hash(&mut hasher);
    }
    hasher.finish()
}
