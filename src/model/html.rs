//! Message bodies as plain text: what a person would read, with links and lists kept.
//!
//! The tokeniser is a library's; here is only what each element means in a line of text.

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};

/// Elements that begin and end a line of their own.
const BLOCKS: &[&[u8]] = &[
    b"p",
    b"div",
    b"h1",
    b"h2",
    b"h3",
    b"h4",
    b"h5",
    b"h6",
    b"ul",
    b"ol",
    b"tr",
    b"table",
    b"blockquote",
    b"pre",
    b"section",
    b"article",
    b"header",
    b"footer",
    b"hr",
    b"form",
    b"dl",
    b"dt",
    b"dd",
];

/// Elements whose content nobody sees.
const HIDDEN: &[&[u8]] = &[b"script", b"style", b"head", b"title", b"template"];

/// The plain text of an HTML fragment.
///
/// White space collapses as in a browser; a link becomes `label (address)`, a list item `- item` or `1. item`,
/// an image `[image: description]`. Text without markup comes back as it is, trimmed.
pub fn html_to_text(html: &str) -> String {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true);
    let mut text = Text::default();
    for token in Tokenizer::new_with_emitter(html, emitter) {
        let Ok(token) = token;
        match token {
            Token::String(string) => text.push(&String::from_utf8_lossy(&string)),
            Token::StartTag(tag) => text.open(&tag),
            Token::EndTag(tag) => text.close(&tag.name),
            _ => {}
        }
    }
    text.finish()
}

/// The text so far, and what is open around the next word.
#[derive(Default)]
struct Text {
    out: String,
    gap: Gap,
    is_after_marker: bool,
    hidden: usize,
    preformatted: usize,
    lists: Vec<List>,
    link: Option<Link>,
}

/// What stands between the last word and the next one.
#[derive(Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    /// An empty line between.
    Blank,
}

struct List {
    next: Option<usize>,
}

struct Link {
    address: String,
    start: usize,
}

impl Text {
    fn push(&mut self, string: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.preformatted > 0 {
            self.flush_gap();
            self.out.push_str(string);
            return;
        }
        for (index, word) in string.split(char::is_whitespace).enumerate() {
            if index > 0 {
                self.want(Gap::Space);
            }
            if !word.is_empty() {
                self.flush_gap();
                self.out.push_str(word);
            }
        }
    }

    fn want(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn flush_gap(&mut self) {
        let gap = std::mem::take(&mut self.gap);
        if std::mem::take(&mut self.is_after_marker) || self.out.is_empty() {
            return;
        }
        match gap {
            Gap::None => {}
            Gap::Space if self.out.ends_with([' ', '\n']) => {}
            Gap::Space => self.out.push(' '),
            Gap::Line | Gap::Blank => {
                let lines = if gap == Gap::Line { "\n" } else { "\n\n" };
                while !self.out.ends_with(lines) {
                    self.out.push('\n');
                }
            }
        }
    }

    fn open(&mut self, tag: &StartTag<()>) {
        let name: &[u8] = &tag.name;
        match name {
            // Where the head ends without saying so, the body begins.
            b"body" => self.hidden = 0,
            _ if HIDDEN.contains(&name) => self.hidden += usize::from(!tag.self_closing),
            _ if self.hidden > 0 => {}
            b"br" => self.want(if self.gap >= Gap::Line { Gap::Blank } else { Gap::Line }),
            b"li" => self.item(),
            b"a" => self.link(attribute(tag, b"href")),
            b"img" => self.image(attribute(tag, b"alt")),
            b"td" | b"th" => self.want(Gap::Space),
            _ if BLOCKS.contains(&name) => self.block(name),
            _ => {}
        }
    }

    fn block(&mut self, name: &[u8]) {
        self.want(Gap::Line);
        match name {
            b"ul" => self.lists.push(List { next: None }),
            b"ol" => self.lists.push(List { next: Some(1) }),
            b"pre" => self.preformatted += 1,
            _ => {}
        }
    }

    fn close(&mut self, name: &[u8]) {
        match name {
            _ if HIDDEN.contains(&name) => self.hidden = self.hidden.saturating_sub(1),
            _ if self.hidden > 0 => return,
            b"a" => self.end_link(),
            b"pre" => self.preformatted = self.preformatted.saturating_sub(1),
            b"ul" | b"ol" => drop(self.lists.pop()),
            _ => {}
        }
        if BLOCKS.contains(&name) || name == b"li" {
            self.want(Gap::Line);
        }
    }

    fn item(&mut self) {
        self.is_after_marker = false;
        self.want(Gap::Line);
        self.flush_gap();
        let depth = self.lists.len().saturating_sub(1);
        self.out.push_str(&"  ".repeat(depth.min(8)));
        match self.lists.last_mut().and_then(|list| list.next.as_mut()) {
            Some(number) => {
                self.out.push_str(&format!("{number}. "));
                *number += 1;
            }
            None => self.out.push_str("- "),
        }
        self.is_after_marker = true;
    }

    /// Begins a link; one that is open ends here, as in a browser.
    fn link(&mut self, address: Option<String>) {
        self.end_link();
        self.link = Some(Link { address: address.unwrap_or_default(), start: self.out.len() });
    }

    fn end_link(&mut self) {
        let Some(link) = self.link.take() else { return };
        let label = self.out.get(link.start..).unwrap_or_default().trim();
        let bare = link.address.strip_prefix("mailto:").unwrap_or(&link.address);
        if bare.is_empty() || label == bare || label == link.address {
            return;
        }
        let shown = if label.is_empty() { bare.to_owned() } else { format!(" ({bare})") };
        if label.is_empty() {
            self.flush_gap();
        }
        self.out.push_str(&shown);
    }

    fn image(&mut self, description: Option<String>) {
        self.flush_gap();
        match description.filter(|text| !text.trim().is_empty()) {
            Some(text) => self.out.push_str(&format!("[image: {}]", text.trim())),
            None => self.out.push_str("[image]"),
        }
    }

    fn finish(mut self) -> String {
        self.end_link();
        let trimmed = self.out.trim();
        if trimmed.len() == self.out.len() { self.out } else { trimmed.to_owned() }
    }
}

fn attribute(tag: &StartTag<()>, name: &[u8]) -> Option<String> {
    let value = tag.attributes.get(name)?;
    Some(String::from_utf8_lossy(value).trim().to_owned())
}
