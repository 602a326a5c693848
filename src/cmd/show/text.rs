//! A conversation as a page to read: what it is, then who wrote what, notes and events told apart.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::details;
use crate::cmd::words;
use crate::cmd::wrap::wrap;
use crate::format::visible;
use crate::printer::{Look, Paint, Printer};
use crate::program;
use crate::tools::Untrusted;
use crate::tools::conversation::{
    ConversationAnswer, DetailsAnswer, Header, HeldAs, MessageKind, Person, ShownAttachment, ShownMessage,
};

/// The widest a line of text is: longer ones are hard to read.
const WIDEST: usize = 100;
/// The column in which the values of the head begin.
const HEAD: usize = 12;

/// How a page looks.
#[derive(Clone, Copy)]
pub(super) struct Page<'a> {
    pub(super) printer: &'a Printer,
    pub(super) look: Look,
    /// The zone of its times.
    pub(super) zone: Tz,
}

impl Page<'_> {
    /// The whole page.
    pub(super) fn of(&self, answer: &DetailsAnswer) -> String {
        let reading = &answer.reading;
        let mut lines = self.head(&reading.conversation);
        if let Some(details) = &answer.details {
            lines.extend(details::sections(self, details));
        }
        for message in &reading.messages {
            if message.kind != MessageKind::Event || has_text_or_files(message) {
                lines.push(String::new());
                lines.extend(self.message(message));
            }
            let is_event = message.kind == MessageKind::Event || message.event.is_some();
            lines.extend(is_event.then(|| self.event(message)));
        }
        lines.extend(self.foot(reading));
        lines.iter().map(|line| format!("{}\n", line.trim_end())).collect()
    }

    pub(super) fn width(&self) -> usize {
        self.look.width.min(WIDEST)
    }

    fn dot(&self) -> &'static str {
        if self.look.unicode { " · " } else { " - " }
    }

    /// A moment in the zone, to the minute.
    pub(super) fn time(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.zone).format("%Y-%m-%d %H:%M").to_string()
    }

    fn head(&self, header: &Header) -> Vec<String> {
        let title = header.untrusted_title.as_ref().map_or("(no title)", Untrusted::as_str);
        let mut lines: Vec<String> =
            wrap(title, self.width()).iter().map(|line| self.printer.paint(Paint::Bold, line)).collect();
        let facts =
            [Some(&header.id), header.state.as_ref(), header.priority.as_ref(), header.source.as_ref()];
        let facts = facts.into_iter().flatten().map(|fact| visible(fact).into_owned());
        let ticket = header.is_ticket.then(|| "ticket".to_owned());
        lines.push(facts.chain(ticket).collect::<Vec<_>>().join(self.dot()));
        lines
            .extend(head_values(header, self).into_iter().flat_map(|(name, value)| self.entry(name, &value)));
        // In one line, so that terminals take it for a link.
        let name = self.printer.paint(Paint::Dim, format!("{:HEAD$}", "Inbox"));
        lines.extend(header.url.as_ref().map(|url| format!("{name}{}", visible(url))));
        lines
    }

    /// A name, and beside it a value in as many lines as it takes.
    pub(super) fn entry(&self, name: &str, value: &str) -> Vec<String> {
        let room = self.width().saturating_sub(HEAD).max(20);
        let lines = wrap(value, room).into_iter().enumerate();
        let lines = lines.map(|(number, line)| {
            let name = if number == 0 { name } else { "" };
            format!("{}{line}", self.printer.paint(Paint::Dim, format!("{name:HEAD$}")))
        });
        lines.collect()
    }

    /// Something that happened. It begins where no line of a text does, so that nobody can write one.
    fn event(&self, message: &ShownMessage) -> String {
        let what = message.event.as_deref().unwrap_or(&message.part_type);
        let mark = if self.look.unicode { "·" } else { "-" };
        let line = format!("{mark} {}  {}", self.time(message.created_at), visible(what));
        self.printer.paint(Paint::Dim, line)
    }

    fn message(&self, message: &ShownMessage) -> Vec<String> {
        let is_note = message.kind == MessageKind::Note;
        let paint = match message.author_class.as_str() {
            _ if is_note => Paint::Yellow,
            "customer" => Paint::Cyan,
            "teammate" => Paint::Green,
            _ => Paint::Bold,
        };
        let class = if is_note { "note" } else { &message.author_class };
        let name = message.author_name.as_ref().map_or("(nobody)", Untrusted::as_str);
        let name = self.printer.paint(paint, visible(name));
        let at = self.printer.paint(Paint::Dim, format!("({class})  {}", self.time(message.created_at)));
        let mut lines = vec![format!("{name} {at}")];
        // Notes are told apart where there are no colours, too.
        let bar = match (is_note, self.look.unicode) {
            (true, true) => self.printer.paint(Paint::Yellow, "│ "),
            (true, false) => "| ".to_owned(),
            (false, _) => "  ".to_owned(),
        };
        let texts = self.texts(message);
        lines.extend(texts.iter().map(|line| format!("{bar}{line}")));
        lines
    }

    /// What a message says: its text, its files, and what is missing of it.
    fn texts(&self, message: &ShownMessage) -> Vec<String> {
        let room = self.width().saturating_sub(2).max(20);
        let dim = |text: String| self.printer.paint(Paint::Dim, text);
        let mut lines = Vec::new();
        if message.continues_at_character.is_some() {
            lines.push(dim("(goes on from before)".to_owned()));
        }
        match message.body.as_str() {
            "" if message.is_redacted => lines.push(dim("(its text was removed)".to_owned())),
            "" if message.attachments.is_empty() => lines.push(dim("(no text)".to_owned())),
            "" => {}
            body => lines.extend(wrap(body, room)),
        }
        if let Some(count) = message.left_out_characters {
            lines.push(dim(format!("(and {} more)", words::many(count as u64, "character"))));
        }
        lines.extend(message.attachments.iter().map(|file| dim(format!("[{}]", attachment(file)))));
        if let Some(count) = message.more_attachment_count {
            lines.push(dim(format!("[and {} more]", words::many(count as u64, "file"))));
        }
        lines
    }

    fn foot(&self, answer: &ConversationAnswer) -> Vec<String> {
        let freshness = &answer.freshness;
        let mut lines = vec![String::new()];
        let window = &answer.window;
        if window.is_truncated {
            lines.push(format!(
                "{} of {}; --all shows the rest.",
                words::count(window.returned as i64),
                words::many(window.message_count as u64, "message")
            ));
        }
        lines.extend((!freshness.has_thread).then(|| of_messages(freshness)));
        if freshness.parts_truncated {
            lines.push("Earlier messages are missing: Intercom gives only the latest 500 parts.".to_owned());
        }
        if freshness.is_mixed {
            lines.push(
                "A sync changed the data while it was read: parts of this may be of neighbouring versions."
                    .to_owned(),
            );
        }
        let fetched = if freshness.fetched_now { ", fetched just now" } else { "" };
        let (what, at) = match freshness.data_as_of {
            Some(at) => ("As of", at),
            None => ("All but its messages is as of", freshness.synced_at),
        };
        lines.push(format!("{what} {} ({}){fetched}.", self.time(at), self.zone.name()));
        lines
            .iter()
            .flat_map(|line| wrap(line, self.width()))
            .map(|line| self.printer.paint(Paint::Dim, line))
            .collect()
    }
}

fn has_text_or_files(message: &ShownMessage) -> bool {
    let has_files = !message.attachments.is_empty() || message.more_attachment_count.is_some();
    !message.body.is_empty() || has_files
}

/// Which messages are there where not all are.
fn of_messages(freshness: &HeldAs) -> String {
    let (which, then) = match freshness.has_earlier_messages {
        true => {
            ("It has changed since; its messages are of an earlier sync", "; `fi sync` fetches them anew")
        }
        false => ("Only the opening message is held", "; `fi sync` fetches the others"),
    };
    let then = if freshness.is_gone { "".into() } else { program::typed(then) };
    let why = freshness.fetch_failure.as_deref();
    let why = why.map_or(String::new(), |why| format!(" (not fetched: {why})"));
    format!("{which}{then}{why}.")
}

fn head_values(header: &Header, page: &Page<'_>) -> Vec<(&'static str, String)> {
    let dot = page.dot();
    let list = |items: &[Untrusted], more: Option<usize>| {
        let more = more.map(|more| format!("and {} more", words::count(more as i64)));
        let items = items.iter().map(|item| item.as_str().to_owned());
        items.chain(more).collect::<Vec<_>>().join(", ")
    };
    let mut values = Vec::new();
    if let Some(contact) = &header.contact {
        let others = header.contact_count.map_or(String::new(), |count| format!(" and {} more", count - 1));
        let company = header.company.as_ref();
        let company = company.map_or(String::new(), |one| format!("{dot}{}", one.untrusted_name.as_str()));
        values.push(("Customer", format!("{}{others}{company}", person(contact))));
    }
    let people = [header.assignee.as_ref(), header.team.as_ref()].into_iter().flatten();
    let people: Vec<&str> = people.map(|one| one.name.as_str()).collect();
    let people = if people.is_empty() { "nobody".to_owned() } else { people.join(dot) };
    values.push(("Assigned", people));
    if !header.tags.is_empty() {
        values.push(("Tags", list(&header.tags, header.more_tag_count)));
    }
    if !header.topics.is_empty() {
        values.push(("Topics", list(&header.topics, header.more_topic_count)));
    }
    if let Some(rating) = &header.rating {
        let stars = rating.rating.map_or("asked for, not given".to_owned(), |stars| format!("{stars} of 5"));
        let remark =
            rating.untrusted_remark.as_ref().map_or(String::new(), |one| format!(": \"{}\"", one.as_str()));
        let who = rating.teammate.as_ref().map_or(String::new(), |one| format!(" ({})", one.name.as_str()));
        values.push(("Rating", format!("{stars}{remark}{who}")));
    }
    values.push(("Began", page.time(header.created_at)));
    values.push(("Changed", page.time(header.updated_at)));
    if let Some(at) = header.snoozed_until_at {
        values.push(("Snoozed", format!("until {}", page.time(at))));
    }
    if let Some(at) = header.waiting_since_at {
        values.push(("Waiting", format!("since {}", page.time(at))));
    }
    values
}

fn person(contact: &Person) -> String {
    let name = contact.untrusted_name.as_ref().map(Untrusted::as_str);
    let email = contact.email.as_ref().map(Untrusted::as_str);
    match (name, email) {
        (Some(name), Some(email)) => format!("{name} <{email}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => contact.id.clone().unwrap_or_default(),
    }
}

fn attachment(file: &ShownAttachment) -> String {
    let name = file.name.as_ref().map_or("a file", Untrusted::as_str);
    let kind = file.content_type.as_ref().map(|kind| visible(kind.as_str()).into_owned());
    let size = file.size_bytes.and_then(|size| u64::try_from(size).ok()).map(words::bytes);
    let facts: Vec<String> = kind.into_iter().chain(size).collect();
    match facts.is_empty() {
        true => visible(name).into_owned(),
        false => format!("{} ({})", visible(name), facts.join(", ")),
    }
}
