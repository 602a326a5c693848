//! Hits as a list for people: who, when and what in one line, then the place that was found, with the words marked.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use unicode_width::UnicodeWidthStr;

use crate::cli::SearchArgs;
use crate::cmd::words;
use crate::format::cut;
use crate::index::Sort;
use crate::printer::{Paint, Printer};
use crate::tools::Covered;
use crate::tools::search::{SearchAnswer, SearchHit, ShownSnippet};

/// What stands before what belongs to a hit.
const INDENT: &str = "  ";
/// Columns that stand behind the first place that was found, if there are any.
const MARGIN: usize = 12;
/// The widest a name of somebody is shown.
const NAME: usize = 24;

/// The conversations, each in a few lines.
pub(super) fn hits(answer: &SearchAnswer, zone: Tz, printer: &Printer) -> String {
    let texts = answer.conversations.iter().map(|hit| shown(hit, zone, printer));
    texts.collect::<Vec<_>>().join("\n")
}

fn shown(hit: &SearchHit, zone: Tz, printer: &Printer) -> String {
    let look = printer.look();
    let short = |text: &str, width: usize| cut(text, width, look.unicode).into_owned();
    let mut head = format!(
        "{}  {}",
        printer.paint(Paint::Bold, &hit.id),
        printer.paint(Paint::Dim, at(hit.created_at, zone))
    );
    head.push_str(&format!("  {}", state(hit, printer)));
    let who =
        hit.contact.as_ref().and_then(|contact| contact.untrusted_name.as_ref().or(contact.email.as_ref()));
    head.extend(who.map(|who| format!("  {}", short(who.as_str(), NAME))));
    head.extend(
        hit.untrusted_company.as_ref().map(|company| format!(" ({})", short(company.as_str(), NAME))),
    );
    let arrow = if look.unicode { "→" } else { "->" };
    let assigned: Vec<String> =
        [&hit.assignee, &hit.team].into_iter().flatten().map(|to| short(to.name.as_str(), NAME)).collect();
    if !assigned.is_empty() {
        head.push_str(&format!("  {arrow} {}", assigned.join(", ")));
    }
    let mut lines = vec![head];
    let mut about: Vec<String> = hit.priority.iter().map(|priority| format!("{priority} priority")).collect();
    about.extend(hit.part_count.map(|parts| words::many(parts.unsigned_abs(), "part")));
    about.extend(hit.rating.map(|rating| format!("rated {rating} of 5")));
    about.extend(hit.waiting_since_at.map(|since| format!("waiting since {}", at(since, zone))));
    about.extend(hit.tags.iter().map(|tag| format!("#{}", short(tag.as_str(), NAME))));
    if hit.is_listed_only {
        about.push("messages not fetched yet".to_owned());
    }
    let room = look.width.saturating_sub(INDENT.len());
    if !about.is_empty() {
        let about = about.join(if look.unicode { " · " } else { " | " });
        lines.push(format!("{INDENT}{}", printer.paint(Paint::Dim, short(&about, room))));
    }
    lines
        .extend(hit.untrusted_title.as_ref().map(|title| format!("{INDENT}{}", short(title.as_str(), room))));
    lines.extend(hit.snippets.iter().map(|snippet| format!("{INDENT}{}", marked(snippet, room, printer))));
    if hit.snippets.is_empty() && hit.messages.is_empty() {
        let first = hit.untrusted_first_line.iter();
        lines.extend(first.map(|first| format!("{INDENT}{}", short(first.as_str(), room))));
    }
    for message in &hit.messages {
        let body = Some(message.body.as_str().replace('\n', " ")).filter(|body| !body.is_empty());
        let text = body.or_else(|| message.event.clone()).unwrap_or_default();
        let name = message.author_name.as_ref().map_or(message.author_class.as_str(), |name| name.as_str());
        let line = format!("{}: {text}", short(name, NAME));
        lines.push(format!("{INDENT}{}", short(&line, room)));
    }
    format!("{}\n", lines.join("\n"))
}

fn state(hit: &SearchHit, printer: &Printer) -> String {
    let state = hit.state.as_deref().unwrap_or("?");
    let paint = match state {
        "open" => Paint::Green,
        "snoozed" => Paint::Yellow,
        _ => Paint::Dim,
    };
    printer.paint(paint, state)
}

/// A piece of a message with what was looked for marked: in colour, or in brackets.
fn marked(snippet: &ShownSnippet, room: usize, printer: &Printer) -> String {
    let look = printer.look();
    let by = match (&snippet.untrusted_author_name, snippet.is_note) {
        (Some(name), true) => format!("{} (note): ", cut(name.as_str(), NAME, look.unicode)),
        (Some(name), false) => format!("{}: ", cut(name.as_str(), NAME, look.unicode)),
        (None, _) => String::new(),
    };
    let mut text = printer.paint(Paint::Dim, &by);
    let mut used = by.width();
    for (piece, is_found) in pieces(snippet, room.saturating_sub(used), look.unicode) {
        let brackets = if is_found && !look.colour { 2 } else { 0 };
        let piece = cut(&piece, room.saturating_sub(used + brackets), look.unicode).into_owned();
        used += piece.width() + brackets;
        text.push_str(&match (is_found, look.colour) {
            (false, _) => piece,
            (true, true) => printer.paint(Paint::Yellow, piece),
            (true, false) => format!("[{piece}]"),
        });
        if used >= room {
            break;
        }
    }
    text
}

/// The text in pieces, and which of them were looked for; it begins so late that the first of these is in sight.
fn pieces(snippet: &ShownSnippet, room: usize, unicode: bool) -> Vec<(String, bool)> {
    let chars: Vec<char> = snippet.untrusted_text.as_str().chars().collect();
    let (mut pieces, mut from) = (Vec::new(), 0);
    if let Some((start, length)) = snippet.matches.first()
        && start + length + MARGIN > room
    {
        let near = start.saturating_sub(room / 3);
        from =
            chars[near..*start].iter().position(|char| char.is_whitespace()).map_or(near, |at| near + at + 1);
        pieces.push(((if unicode { "…" } else { "..." }).to_owned(), false));
    }
    for (start, length) in &snippet.matches {
        pieces.push((chars[from..*start].iter().collect(), false));
        pieces.push((chars[*start..start + length].iter().collect(), true));
        from = start + length;
    }
    pieces.push((chars[from..].iter().collect(), false));
    pieces.retain(|(piece, _): &(String, bool)| !piece.is_empty());
    pieces
}

fn at(at: DateTime<Utc>, zone: Tz) -> String {
    at.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// How many there are, how to see more, and how fresh they are.
pub(super) fn about(answer: &SearchAnswer, args: &SearchArgs, printer: &Printer) {
    answer.notes.iter().filter(|_| answer.total > 0).for_each(|note| printer.note(note));
    if answer.total == 0 {
        return;
    }
    let total = words::many(answer.total, "conversation");
    let first = args.offset.unwrap_or(0) + 1;
    let mut text = match (answer.has_more, args.cursor.is_some()) {
        (false, false) if first == 1 => total,
        (_, true) => format!("{} more of {total}", answer.returned),
        _ => format!("{first} to {} of {total}", first - 1 + answer.returned),
    };
    text.push_str(&format!(", {}", order(answer.sort)));
    if answer.has_more && args.cursor.is_none() {
        text.push_str(&format!("; the next: --offset {}", first - 1 + answer.returned));
    }
    let fresh = match (answer.freshness.coverage, answer.freshness.data_as_of) {
        (Covered::Complete, Some(at)) => format!("Complete as of {}", at.format("%Y-%m-%d %H:%M UTC")),
        (Covered::Complete, None) => "Complete".to_owned(),
        _ => "INCOMPLETE: some of this period was never synced; run `fi sync`".to_owned(),
    };
    printer.note(format!("{text}. {fresh}"));
}

fn order(sort: Sort) -> &'static str {
    match sort {
        Sort::Relevance => "best first",
        Sort::Newest => "newest first",
        Sort::Oldest => "oldest first",
        Sort::Updated => "latest change first",
        Sort::LongestWait => "longest wait first",
        Sort::MostParts => "longest first",
    }
}
