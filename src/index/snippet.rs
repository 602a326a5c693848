//! Excerpts: the piece of a text that shows best why it was found, with the places marked.

use std::collections::BTreeSet;
use std::ops::Range;

use super::syntax::{Leaf, Scope};
use super::words::{Word, words};

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The piece, in one line; what was cut off shows as an ellipsis.
    pub text: String,
    /// Where in it what was looked for is, in bytes.
    pub marks: Vec<Range<usize>>,
    /// How many different things that were looked for it shows.
    pub found: usize,
}

/// Characters of a text that can be shown, each where it came from.
struct Line {
    text: String,
    /// For each byte of `text` that begins a character: its place in the original.
    origins: Vec<(usize, usize)>,
}

/// The best piece of a text of about so many characters; none where nothing of it is found.
pub fn snippet(text: &str, wanted: &[&Leaf], most_chars: usize, is_note: bool) -> Option<Snippet> {
    let all = words(text);
    let is_here = |leaf: &&&Leaf| match leaf.scope {
        Scope::Anywhere => true,
        Scope::Note => is_note,
        Scope::Title | Scope::From | Scope::Tag | Scope::Assignee | Scope::Has => false,
    };
    let mut places: Vec<(Range<usize>, usize)> = Vec::new();
    for (number, leaf) in wanted.iter().enumerate().filter(|(_, leaf)| is_here(leaf)) {
        let found = leaf.places(&all).into_iter();
        places.extend(found.map(|place| (all[place.start].start..end_of(&all, &place), number)));
    }
    places.sort_by_key(|(place, _)| (place.start, place.end));
    let (window, found) = best_window(text, &places, most_chars)?;
    let line = Line::of(text, window);
    let marks = line.marks(places.iter().map(|(place, _)| place.clone()));
    Some(Snippet { text: line.text, marks, found })
}

/// The beginning of a text as a piece without marks.
pub fn beginning(text: &str, most_chars: usize) -> Snippet {
    let end = text.char_indices().nth(most_chars).map_or(text.len(), |(at, _)| at);
    Snippet { text: Line::of(text, 0..end).text, marks: Vec::new(), found: 0 }
}

/// Where the last of some words ends; the second character of an open pair is part of what follows.
fn end_of(all: &[Word], place: &Range<usize>) -> usize {
    all.get(place.end.saturating_sub(1)).map_or(0, |word| word.end)
}

/// The stretch of about so many characters with the most different things, the earliest of several.
fn best_window(
    text: &str,
    places: &[(Range<usize>, usize)],
    most_chars: usize,
) -> Option<(Range<usize>, usize)> {
    let mut best: Option<(usize, usize, Range<usize>)> = None;
    for (first, (place, _)) in places.iter().enumerate() {
        let reach = place.start + most_chars;
        let inside = places[first..].iter().take_while(|(other, _)| other.end <= reach.max(place.end));
        let (mut kinds, mut count, mut end) = (BTreeSet::new(), 0, place.end);
        for (other, kind) in inside {
            kinds.insert(*kind);
            count += 1;
            end = end.max(other.end);
        }
        let is_better = best.as_ref().is_none_or(|(most, many, _)| (kinds.len(), count) > (*most, *many));
        if is_better {
            best = Some((kinds.len(), count, place.start..end));
        }
    }
    let (kinds, _, core) = best?;
    Some((widened(text, core, most_chars), kinds))
}

/// The stretch with what stands around it, from the beginning of a word to the end of one.
fn widened(text: &str, core: Range<usize>, most_chars: usize) -> Range<usize> {
    let room = most_chars.saturating_sub(text[core.clone()].chars().count());
    let before = room / 3;
    let mut start =
        text[..core.start].char_indices().rev().take(before).last().map_or(core.start, |(at, _)| at);
    let used = text[start..core.start].chars().count();
    let after = room - used;
    let mut end = text[core.end..].char_indices().nth(after).map_or(text.len(), |(at, _)| core.end + at);
    if end == text.len() {
        // What is not needed behind can be shown before.
        let spare = after - text[core.end..].chars().count().min(after);
        start = text[..start].char_indices().rev().take(spare).last().map_or(start, |(at, _)| at);
    }
    if start > 0 {
        let next = text[start..core.start].find(char::is_whitespace);
        start = next.map_or(start, |at| start + at);
    }
    if end < text.len() {
        let last = text[core.end..end].rfind(char::is_whitespace);
        end = last.map_or(end, |at| core.end + at);
    }
    start..end
}

impl Line {
    /// A stretch of a text in one line: white space becomes single spaces.
    fn of(text: &str, window: Range<usize>) -> Self {
        let mut line = Self { text: String::new(), origins: Vec::new() };
        if window.start > 0 && !text[..window.start].trim().is_empty() {
            line.text.push('…');
        }
        let mut is_gap = false;
        let lead = line.text.len();
        for (offset, char) in text[window.clone()].char_indices() {
            if char.is_whitespace() || char.is_control() {
                is_gap = line.text.len() > lead;
                continue;
            }
            if is_gap {
                line.text.push(' ');
                is_gap = false;
            }
            line.origins.push((line.text.len(), window.start + offset));
            line.text.push(char);
        }
        if !text[window.end..].trim().is_empty() {
            line.text.push('…');
        }
        line
    }

    /// Places of the original, where they are in the line; those that touch become one.
    fn marks(&self, places: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
        let mut marks: Vec<Range<usize>> = Vec::new();
        for place in places {
            let from = self.origins.partition_point(|(_, origin)| *origin < place.start);
            let to = self.origins.partition_point(|(_, origin)| *origin < place.end);
            let (Some((start, _)), Some((last, _))) =
                (self.origins.get(from), self.origins.get(to.wrapping_sub(1)))
            else {
                continue;
            };
            if from >= to {
                continue;
            }
            let end = last + self.text[*last..].chars().next().map_or(0, char::len_utf8);
            match marks.last_mut() {
                Some(before) if *start <= before.end => before.end = before.end.max(end),
                _ => marks.push(*start..end),
            }
        }
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::syntax::Expr;

    fn marked(query: &str, text: &str, most: usize) -> Option<String> {
        let expr = Expr::parse(query).unwrap();
        let mut snippet = snippet(text, &expr.wanted(), most, false)?;
        for mark in snippet.marks.iter().rev() {
            snippet.text.insert(mark.end, ']');
            snippet.text.insert(mark.start, '[');
        }
        Some(snippet.text)
    }

    #[test]
    fn the_piece_with_most_of_what_was_looked_for_is_shown() {
        let text = "The refund.\n\nFar away from that we talk about other things for a while, and then about the \
                    refund of the shipping costs, which came late. The end is not near yet, as you will see.";
        assert_eq!(
            marked("refund shipping", text, 60).unwrap(),
            "…about the [refund] of the [shipping] costs, which came late.…"
        );
        assert_eq!(marked("refund", "My refund", 60).unwrap(), "My [refund]");
        assert_eq!(marked("\"the refund\"", text, 30).unwrap(), "[The refund]. Far away from…");
        assert_eq!(marked("parcel", text, 60), None);
        assert_eq!(marked("from:refund", text, 60), None);
    }

    #[test]
    fn marks_are_right_where_characters_are_wide_or_white_space_goes() {
        assert_eq!(marked("返金", "昨日 返金を\n依頼", 40).unwrap(), "昨日 [返金]を 依頼");
        assert_eq!(marked("grüße", "  Viele\t\tGRÜSSE!  ", 40).unwrap(), "Viele [GRÜSSE]!");
        assert_eq!(marked("a b", "a b", 40).unwrap(), "[a] [b]");
        assert_eq!(marked("\"a b\" b", "a b", 40).unwrap(), "[a b]");
        assert_eq!(marked("x", &format!("{} x", "é".repeat(300)), 20).unwrap(), "…[x]");
    }

    #[test]
    fn a_beginning_has_no_marks() {
        assert_eq!(beginning("Hello\n\nworld", 7).text, "Hello…");
        assert_eq!(beginning("Hello", 7).text, "Hello");
    }
}
