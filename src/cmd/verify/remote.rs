//! The comparison with Intercom: a count for each day, and where the counts differ, the ids.
//!
//! Once somebody was forgotten, equal counts prove nothing: of those that Intercom counts, one that is forgotten here
//! may stand for another that is held and gone there. Then the ids of every day are compared.

use std::collections::BTreeSet;
use std::future::Future;

use futures::stream::{self, StreamExt, TryStreamExt};

use super::days::{self, Stretch};
use super::finding::{Day, Finding};
use super::local::stopped;
use crate::cmd::{Context, assemble, words};
use crate::error::CommandError;
use crate::intercom::{Client, Query, QueryError, SearchRequest, Sort, peek_id_times};
use crate::lake::State;
use crate::sync::{Error, SyncState};

/// Counts asked for at the same time.
const AT_ONCE: usize = 4;
/// Ids that are named for one day.
const NAMED: usize = 20;

/// What came of it.
pub(super) struct Compared {
    /// Days that were compared.
    pub(super) days: u64,
    /// Days that differ.
    pub(super) findings: Vec<Finding>,
    /// What could not be compared, and why.
    pub(super) not_compared: Vec<String>,
}

/// Compares what is held completely with what Intercom has now.
pub(super) fn compare(context: &Context, state: &State, sync: &SyncState) -> Result<Compared, CommandError> {
    let client = assemble::client(&context.config)?;
    let layout = assemble::layout(&context.config.home);
    let first = state.files_of("conversations").filter_map(|(_, entry)| entry.first_created_at).min();
    let stretches = days::stretches(&sync.coverage, first.map(|micros| micros.div_euclid(1_000_000)));
    let held = days::counts(&layout, state, &stretches)?;
    let runtime = assemble::runtime()?;
    let counted = of_each(context, "Comparing days", &stretches, |stretch| counted(&client, stretch));
    let mut doubtful = Vec::new();
    for (stretch, there) in runtime.block_on(counted)? {
        let here = held.get(&stretch).copied().unwrap_or(0);
        if here != there || there > 0 && !sync.forgotten.is_empty() {
            doubtful.push(stretch);
        }
    }
    let mut held = days::ids(&layout, state, &doubtful)?;
    let listed = of_each(context, "Comparing conversations", &doubtful, |stretch| listed(&client, stretch));
    let mut findings = Vec::new();
    let mut forgotten = 0;
    for (stretch, mut there) in runtime.block_on(listed)? {
        let listed = there.len();
        there.retain(|id| !sync.forgotten.has_conversation(id));
        forgotten += listed - there.len();
        let here = held.remove(&stretch).unwrap_or_default();
        findings.extend(difference(stretch, &here, &there).map(Finding::Day));
    }
    let days: BTreeSet<i64> = stretches.iter().map(|stretch| stretch.from.div_euclid(86_400)).collect();
    let mut not_compared = days::left_out(&sync.coverage);
    if forgotten > 0 {
        let forgotten = words::many(forgotten as u64, "conversation");
        not_compared.push(format!("{forgotten} that Intercom lists: forgotten here with `fi forget`"));
    }
    Ok(Compared { days: days.len() as u64, findings, not_compared })
}

/// Asks Intercom about each stretch, until Ctrl-C.
async fn of_each<T, F>(
    context: &Context,
    title: &'static str,
    stretches: &[Stretch],
    ask: impl Fn(Stretch) -> F,
) -> Result<Vec<(Stretch, T)>, CommandError>
where
    F: Future<Output = Result<T, CommandError>>,
{
    let bar = context.printer.progress(Some(stretches.len() as u64), title);
    let answers = stream::iter(stretches.iter().copied()).map(|stretch| {
        let (bar, answer) = (bar.clone(), ask(stretch));
        async move {
            let answer = answer.await?;
            bar.inc(1);
            Ok((stretch, answer))
        }
    });
    let answers = tokio::select! {
        answers = answers.buffered(AT_ONCE).try_collect() => answers,
        () = context.cancel.cancelled() => Err(stopped()),
    };
    bar.finish_and_clear();
    answers
}

/// How many conversations Intercom counts in a stretch.
async fn counted(client: &Client, stretch: Stretch) -> Result<u64, CommandError> {
    let query = window(stretch).map_err(Error::from)?;
    Ok(client.count_conversations(&query).await?)
}

/// The ids Intercom lists in a stretch.
async fn listed(client: &Client, stretch: Stretch) -> Result<BTreeSet<String>, CommandError> {
    let query = window(stretch).map_err(Error::from)?;
    let request = SearchRequest::new(query, Sort::ascending("created_at"));
    let mut pages = client.search_conversations(&request);
    let mut ids = BTreeSet::new();
    while let Some(page) = pages.try_next().await? {
        ids.extend(page.items.iter().filter_map(|item| peek_id_times(item).id));
    }
    Ok(ids)
}

fn window(stretch: Stretch) -> Result<Query, QueryError> {
    Query::closed_window("created_at", stretch.from, stretch.to - 1)
}

/// How two sets of ids differ, if they do: counts alone may be off by themselves.
fn difference(stretch: Stretch, here: &BTreeSet<String>, there: &BTreeSet<String>) -> Option<Day> {
    let named = |ids: &mut dyn Iterator<Item = &String>| ids.take(NAMED).cloned().collect::<Vec<_>>();
    let missing = there.difference(here).count() as u64;
    let only = here.difference(there).count() as u64;
    (missing + only > 0).then(|| Day {
        day: words::day(stretch.from),
        here: here.len() as u64,
        there: there.len() as u64,
        missing_here: named(&mut there.difference(here)),
        missing_here_count: missing,
        only_here: named(&mut here.difference(there)),
        only_here_count: only,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> BTreeSet<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[test]
    fn days_differ_by_their_ids() {
        let stretch = Stretch { from: 1_795_176_000, to: 1_795_180_000 };
        let day = difference(stretch, &ids(&["1", "2"]), &ids(&["2", "3", "4"])).unwrap();
        assert_eq!(
            Finding::Day(day).to_string(),
            "2026-11-20: 2 held, Intercom lists 3; missing here: 3, 4; only here: 1"
        );
        assert_eq!(difference(stretch, &ids(&["1"]), &ids(&["1"])), None);
    }
}
