//! What a search tells in words: what was mended, what is missing, and why nothing was found.

use super::request::Request;
use crate::index::{Expr, Leaf, Match, Scope, Standing, TextIndex, Updated, Wait, keeper};
use crate::tools::ToolError;

/// Words named one by one at most.
const NAMED: usize = 12;
/// Letters a word needs to be looked for with a slip.
const LETTERS_FOR_SLIP: usize = 4;

/// How the index stood to the data, if that is worth a word.
pub(super) fn standing(standing: &Standing) -> Option<String> {
    match standing {
        Standing::Current | Standing::Mended { updated: Updated { written: 0, removed: 0, .. }, .. } => None,
        Standing::Mended { why, updated: Updated { written, removed, .. } } => Some(format!(
            "Before answering, the search index was brought up to date, since {why}: {written} conversations were put in, \
             {removed} taken out."
        )),
        Standing::Behind { holder, indexed, conversations } => Some(format!(
            "The search index lacks the latest changes, which {} is putting in: it has {indexed} of \
             {conversations} conversations, so more may fit than are counted here.",
            keeper(holder.as_ref())
        )),
    }
}

/// Why nothing was found: how often each word is found by itself, and words that are nearly the same.
pub(super) fn nothing_found(
    request: &Request,
    index: &TextIndex,
    is_filtered: bool,
    wait: &Wait<'_>,
) -> Result<Vec<String>, ToolError> {
    let leaves: Vec<&Leaf> = request.expr.wanted().into_iter().take(NAMED).collect();
    if leaves.is_empty() {
        return Ok(vec!["No conversation fits the filters and the timeframe.".to_owned()]);
    }
    let alone: Vec<Expr> = leaves.iter().map(|leaf| Expr::Leaf((*leaf).clone())).collect();
    let mut parts = alone.clone();
    parts.push(request.expr.clone());
    let mut counts = index.counts(&request.query, &parts, wait)?;
    let unfiltered = counts.pop().unwrap_or_default();
    let mut notes = Vec::new();
    if is_filtered && unfiltered > 0 {
        notes.push(format!(
            "{unfiltered} conversations have these words, but none of them fits the filters and the timeframe."
        ));
        return Ok(notes);
    }
    let named = leaves.iter().zip(&counts).map(|(leaf, count)| format!("{} {count}", shown(leaf)));
    notes.push(match leaves.len() {
        1 => format!("No conversation has {}.", shown(leaves[0])),
        _ => format!(
            "No conversation has all of this together. By itself each is found in so many: {}. OR between words finds \
             either.",
            named.collect::<Vec<_>>().join(", ")
        ),
    });
    let missing = leaves.iter().zip(&counts).filter(|(leaf, count)| **count == 0 && may_slip(leaf));
    let missing: Vec<&Leaf> = missing.map(|(leaf, _)| *leaf).collect();
    let slips: Vec<Expr> =
        missing.iter().map(|leaf| Expr::Leaf(Leaf { matching: Match::Typo(1), ..(*leaf).clone() })).collect();
    if !slips.is_empty() {
        let found = index.counts(&request.query, &slips, wait)?;
        let near = missing.iter().zip(found).filter(|(_, count)| *count > 0);
        notes.extend(near.map(|(leaf, count)| {
            format!("{}~ would find {count} conversations with words that differ by one letter.", leaf.typed)
        }));
    }
    Ok(notes)
}

fn may_slip(leaf: &Leaf) -> bool {
    let is_word = leaf.scope == Scope::Anywhere && leaf.matching == Match::Exact && leaf.words.len() == 1;
    is_word && leaf.words[0].1.chars().count() >= LETTERS_FOR_SLIP
}

fn shown(leaf: &Leaf) -> String {
    let typed: String = leaf.typed.chars().take(40).collect();
    match leaf.matching {
        Match::Exact => format!("\"{typed}\""),
        Match::Prefix => format!("\"{typed}*\""),
        Match::Typo(slips) => format!("\"{typed}~{slips}\""),
    }
}
