//! Timeframes with two sides, one of which may be open: `since X`, `before X`, `X to Y`, `X/P7D`.

use super::calendar::Whole;
use super::duration;
use super::edge::Edge;
use super::error::TimeframeError;
use super::point::{self, Point};
use super::{Context, Timeframe, date, relative};

/// Reads a range; none if nothing in it says that it is one.
pub(super) fn parse(words: &[&str], context: Context) -> Result<Option<Timeframe>, TimeframeError> {
    if let ["until" | "till", rest @ ..] = words {
        return until(rest, context).map(Some);
    }
    if let ["before", rest @ ..] = words {
        return before(rest, context).map(Some);
    }
    if let ["after", rest @ ..] = words {
        return after(rest, context).map(Some);
    }
    if let Some((left, right)) = split_at(words, "/") {
        return interval(left, right, context).map(Some);
    }
    if let ["between", rest @ ..] = words {
        let (left, right) = split_at(rest, "and").ok_or_else(|| unknown(words))?;
        return closed(left, right, context).map(Some);
    }
    let separators = ["..", "-", "to", "through", "thru", "until", "till"];
    if let Some((left, right)) = separators.iter().find_map(|separator| split_at(words, separator)) {
        let open_sides_are_allowed = words.contains(&"..");
        return match (without_from(left), right) {
            ([], []) => Err(unknown(words)),
            ([], right) if open_sides_are_allowed => until(right, context),
            (left, []) if open_sides_are_allowed => since(left, context),
            (left, right) => closed(left, right, context),
        }
        .map(Some);
    }
    match without_from(words) {
        rest if rest.len() < words.len() => since(rest, context).map(Some),
        _ => Ok(None),
    }
}

fn without_from<'a, 'b>(words: &'a [&'b str]) -> &'a [&'b str] {
    match words {
        ["from" | "since", rest @ ..] => rest,
        _ => words,
    }
}

fn split_at<'a, 'b>(words: &'a [&'b str], separator: &str) -> Option<(&'a [&'b str], &'a [&'b str])> {
    let at = words.iter().position(|word| *word == separator)?;
    Some((&words[..at], &words[at + 1..]))
}

/// From the start of something until now.
pub(super) fn since(words: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    if let Some(window) = relative::window(words, context)? {
        return Ok(window);
    }
    let edge = edge(words, context)?;
    edge.until_now(format!("since {}, until now", edge.label(context)), context)
}

/// From the end of something until now.
fn after(words: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    let label = |edge: Edge| format!("after {}, until now", edge.label(context));
    match edge(words, context)? {
        edge @ Edge::Whole(whole) => {
            Edge::Whole(Whole { first: whole.after(), ..whole }).until_now(label(edge), context)
        }
        edge @ Edge::Moment(_) => edge.until_now(label(edge), context),
        Edge::ToDate(_) | Edge::Now => {
            Err(TimeframeError::Future { what: format!("after {}", words.join(" ")) })
        }
    }
}

/// From the beginning to the end of something.
pub(super) fn until(words: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    let edge = edge(words, context)?;
    let included = if edge.has_length() { ", included" } else { "" };
    let words = format!("everything until {}{included}", edge.label(context));
    Ok(Timeframe::open(edge.end(context), edge.is_now(), words, context))
}

/// From the beginning to the start of something.
fn before(words: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    let edge = edge(words, context)?;
    let words = format!("everything before {}", edge.label(context));
    Ok(Timeframe::open(edge.start(context), edge == Edge::Now, words, context))
}

/// From the start of something to the end of something else. A side without year takes it from the other.
pub(super) fn closed(left: &[&str], right: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    let (from, to) = (point(left, context)?, point(right, context)?);
    let from_edge = match (from, to) {
        (Point::Recurring(recurring), Point::Fixed(Edge::Whole(end))) => {
            recurring.latest(end.last()).map(Edge::Whole).ok_or_else(|| not_an_edge(left))?
        }
        _ => from.fixed(context)?,
    };
    let to_edge = match to {
        Point::Recurring(recurring) => {
            let start = from_edge.start(context).with_timezone(&context.zone).date_naive();
            recurring.earliest(start).map(Edge::Whole).ok_or_else(|| not_an_edge(right))?
        }
        Point::Fixed(edge) => edge,
    };
    from_edge.to(to_edge, context)
}

/// An ISO 8601 interval: either side may be a duration, or `..` if it is open.
fn interval(left: &[&str], right: &[&str], context: Context) -> Result<Timeframe, TimeframeError> {
    if let ([left], [right]) = (left, right) {
        date::refuse_other_forms(&format!("{left}/{right}"))?;
    }
    if let [text] = right
        && let Some(duration) = duration::parse(text)?
    {
        return duration.after(edge(left, context)?, text, context);
    }
    if let [text] = left
        && let Some(duration) = duration::parse(text)?
    {
        return duration.before(edge(right, context)?, text, context);
    }
    match (left, right) {
        ([".."], right) => until(right, context),
        (left, [".."]) => since(left, context),
        _ => closed(left, right, context),
    }
}

fn edge(words: &[&str], context: Context) -> Result<Edge, TimeframeError> {
    point(words, context)?.fixed(context)
}

fn point(words: &[&str], context: Context) -> Result<Point, TimeframeError> {
    point::parse(words, context)?.ok_or_else(|| not_an_edge(words))
}

fn not_an_edge(words: &[&str]) -> TimeframeError {
    TimeframeError::Edge { text: words.join(" ") }
}

fn unknown(words: &[&str]) -> TimeframeError {
    TimeframeError::Unknown { text: words.join(" ") }
}
