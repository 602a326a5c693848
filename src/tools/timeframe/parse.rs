//! The order in which the forms are tried, and what a single name means as a timeframe.

use super::edge::Edge;
use super::error::TimeframeError;
use super::point::{self, Point};
use super::{Context, Shape, Timeframe, duration, range, relative, words};

/// Reads a whole timeframe.
pub(super) fn text(text: &str, context: Context) -> Result<Timeframe, TimeframeError> {
    let unknown = || TimeframeError::Unknown { text: text.to_owned() };
    let words = cut(text, unknown)?;
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    if let ["all" | "everything" | "ever"] | ["all", "time"] = words.as_slice() {
        let words = String::from("all time: from the beginning until now");
        return Ok(Timeframe::open(context.now, true, words, context));
    }
    if let [word] = words.as_slice()
        && let Some(duration) = duration::parse(word)?
    {
        return duration.until_now(word, context);
    }
    if let Some(window) = relative::window(&words, context)? {
        return Ok(window);
    }
    if let Some(point) = point::parse(&words, context)? {
        return single(point, &words, text, context);
    }
    range::parse(&words, context)?.ok_or_else(unknown)
}

/// Reads the two sides of a timeframe, at least one of which is there.
pub(super) fn bounds(
    since: Option<&str>,
    until: Option<&str>,
    context: Context,
) -> Result<Timeframe, TimeframeError> {
    let side = |text: &str| cut(text, || TimeframeError::Edge { text: text.to_owned() });
    let (since, until) = (since.map(side).transpose()?, until.map(side).transpose()?);
    let (since, until) = (since.as_deref().map(borrowed), until.as_deref().map(borrowed));
    match (since, until) {
        (Some(since), Some(until)) => range::closed(&since, &until, context),
        (Some(since), None) => range::since(&since, context),
        (None, Some(until)) => range::until(&until, context),
        (None, None) => Err(TimeframeError::NoFields),
    }
}

fn borrowed(words: &[String]) -> Vec<&str> {
    words.iter().map(String::as_str).collect()
}

fn cut(text: &str, unknown: impl Fn() -> TimeframeError) -> Result<Vec<String>, TimeframeError> {
    if text.trim().is_empty() {
        return Err(TimeframeError::Empty);
    }
    words::split(text).filter(|words| !words.is_empty()).ok_or_else(unknown)
}

/// A name by itself.
fn single(point: Point, words: &[&str], text: &str, context: Context) -> Result<Timeframe, TimeframeError> {
    let name = words.join(" ");
    match point.fixed(context)? {
        Edge::Moment(_) | Edge::Now => Err(TimeframeError::Moment { text: text.to_owned() }),
        Edge::ToDate(whole) => {
            let words = format!("{name}: {} from its start until now", whole.label());
            Timeframe::until_now(whole.start(context.zone), Shape::ToDate(whole), words, context)
        }
        Edge::Whole(whole) => {
            let label = whole.label();
            refuse_longer_ago(words, &label)?;
            let words = if name.replace(' ', "-").eq_ignore_ascii_case(&label) {
                label
            } else {
                format!("{name}: {label}")
            };
            Timeframe::whole(whole, words, context)
        }
    }
}

/// `2 weeks ago` could be a day or a week.
fn refuse_longer_ago(words: &[&str], day: &str) -> Result<(), TimeframeError> {
    let [amount @ .., "ago"] = words else { return Ok(()) };
    if relative::amount(amount)?.is_some_and(relative::Amount::is_days) {
        return Ok(());
    }
    let choices = format!("{day} for that day, or since {}", words.join(" "));
    Err(TimeframeError::Ambiguous { text: words.join(" "), choices })
}
