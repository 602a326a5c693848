//! One question that came over the network: its id, the trace it is part of, and what is noted about it on the way to
//! its answer. It goes along with the work, so that whoever answers need not be told.

use std::fmt::Write;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rand::RngExt;
use tracing::{Instrument, Span};

tokio::task_local! {
    static CURRENT: Asked;
}

/// Characters of an id from outside at most.
const MOST_ID_CHARS: usize = 128;

/// A question. Copies are the same one.
#[derive(Debug, Clone)]
pub(super) struct Asked(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    id: String,
    trace: Option<Trace>,
    noted: Mutex<Noted>,
}

/// A trace of W3C's Trace Context that a question is part of.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Trace {
    id: String,
    parent: String,
}

/// What is known of a question once it is answered: names and numbers, never what was asked or answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Noted {
    /// The name of the key it came with.
    pub(super) key: Option<Arc<str>>,
    /// Whether that is an administrator's.
    pub(super) is_admin: bool,
    /// The tool that was called.
    pub(super) tool: Option<&'static str>,
    /// The names of arguments, those that the tool has.
    pub(super) arguments: Vec<String>,
    /// Whether it was answered, refused or broke off.
    pub(super) outcome: Option<&'static str>,
    /// Rows, conversations or groups of the answer.
    pub(super) row_count: Option<u64>,
}

impl Asked {
    /// With the id and the trace that headers name, if they are sane.
    pub(super) fn new(id: Option<&str>, traceparent: Option<&str>) -> Self {
        let is_sane = |id: &&str| {
            (1..=MOST_ID_CHARS).contains(&id.len())
                // It goes into the log, where no key belongs.
                && !id.starts_with("fi_")
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let id = id.filter(is_sane).map_or_else(made_id, str::to_owned);
        Self(Arc::new(Inner { id, trace: traceparent.and_then(Trace::parse), noted: Mutex::default() }))
    }

    /// Its id.
    pub(super) fn id(&self) -> &str {
        &self.0.id
    }

    /// The question that is being answered, of those that came over the network.
    pub(super) fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Notes which tool the question that is being answered is for.
    pub(super) fn note_tool(tool: &'static str) {
        if let Some(asked) = Self::current() {
            asked.noted().tool = Some(tool);
        }
    }

    /// What is noted so far, to read or to add to.
    pub(super) fn noted(&self) -> MutexGuard<'_, Noted> {
        self.0.noted.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Work that is done for it; lines of the log say so.
    pub(super) fn within<F: Future>(&self, work: F) -> impl Future<Output = F::Output> + use<F> {
        CURRENT.scope(self.clone(), work.instrument(self.span()))
    }

    /// What lines of the log say to be of it.
    pub(super) fn span(&self) -> Span {
        let request_id = self.id();
        match &self.0.trace {
            None => tracing::error_span!("request", request_id),
            Some(Trace { id, parent }) => {
                tracing::error_span!("request", request_id, trace_id = id, parent_id = parent)
            }
        }
    }
}

impl Trace {
    /// Of a `traceparent`, as the recommendation has it: version, trace, parent and flags.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let [version, id, parent, flags] = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
        let is_hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_set = |text: &str| text.bytes().any(|byte| byte != b'0');
        let is_known = match version {
            "00" => parts.next().is_none(),
            later => is_hex(later, 2) && later != "ff",
        };
        let is_sane = is_known && is_hex(id, 32) && is_hex(parent, 16) && is_hex(flags, 2);
        (is_sane && is_set(id) && is_set(parent))
            .then(|| Self { id: id.to_owned(), parent: parent.to_owned() })
    }
}

/// An id by chance.
fn made_id() -> String {
    rand::rng().random::<[u8; 16]>().iter().fold(String::with_capacity(32), |mut id, byte| {
        // Writing to a String cannot fail.
        let _ = write!(id, "{byte:02x}");
        id
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_over_if_it_is_sane_and_made_otherwise() {
        let id = |given: Option<&str>| Asked::new(given, None).id().to_owned();
        assert_eq!(id(Some("web-7f3a.1_2")), "web-7f3a.1_2");
        let made = id(None);
        assert!(made.len() == 32 && made != id(None));
        for bad in ["", "two words", "a\u{1b}[0m", "\"}", "ü", "fi_Z29uZQ", &"x".repeat(129)] {
            assert_eq!(id(Some(bad)).len(), 32, "{bad}");
        }
    }

    #[test]
    fn a_trace_is_read_as_the_recommendation_has_it() {
        let trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        let read = |text: &str| Trace::parse(text).map(|trace| (trace.id, trace.parent));
        let parent = "00f067aa0ba902b7".to_owned();
        let expected = Some((trace.to_owned(), parent));
        assert_eq!(read(&format!("00-{trace}-00f067aa0ba902b7-01")), expected);
        assert_eq!(read(&format!("cc-{trace}-00f067aa0ba902b7-01-what-comes")), expected);
        for bad in [
            "",
            trace,
            &format!("ff-{trace}-00f067aa0ba902b7-01"),
            &format!("00-{trace}-00f067aa0ba902b7-01-more"),
            &format!("00-{}-00f067aa0ba902b7-01", trace.to_uppercase()),
            &format!("00-{}-00f067aa0ba902b7-01", "0".repeat(32)),
            &format!("00-{trace}-0000000000000000-01"),
            &format!("00-{trace}-00f067aa0ba902b7"),
        ] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[tokio::test]
    async fn it_goes_along_with_the_work() {
        assert!(Asked::current().is_none());
        let asked = Asked::new(Some("one"), None);
        asked.within(async { Asked::current().unwrap().noted().tool = Some("query") }).await;
        assert_eq!(asked.noted().tool, Some("query"));
    }
}
