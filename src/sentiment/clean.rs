//! What of a message the customer wrote now, in sentences: without mail history, signature, greeting, links, order
//! numbers, and quotations, which are names of buttons, messages of programs, or words of others.

use super::marks::{AUTHORS, CLOSINGS, ENDINGS, GREETINGS, QUOTATIONS, REQUESTS, SIGNED, SIGNED_OFF, THANKS};

/// At most so many bytes of a message are read; what follows in longer ones is logs and history.
const LONGEST_BYTES: usize = 16 * 1024;

/// At most so many bytes of a quotation are left out; with more, a mark went astray.
const LONGEST_QUOTATION_BYTES: usize = 120;

/// At most so many words are a greeting or a closing; more are a sentence.
const FORMULA_WORDS: usize = 6;

/// Thanks after no more than so many bytes are meant.
const FEW_WORDS_BYTES: usize = 60;

/// What the customer wrote.
#[derive(Debug, Default)]
pub(super) struct Own {
    /// Words that may tell a mood, in their order and case.
    pub(super) words: String,
    /// Greeting and closing, which tell the language.
    pub(super) frame: String,
}

/// What is left of a text.
pub(super) fn own_words(text: &str) -> Own {
    let mut own = Own { words: String::with_capacity(text.len().min(LONGEST_BYTES)), frame: String::new() };
    for line in shortened(text).lines().map(str::trim) {
        let is_first = !own.words.contains(char::is_alphabetic);
        if ends_message(line) {
            break;
        }
        if !is_first && is_closing(line) {
            own.frame.push_str(line);
            break;
        }
        if !line.starts_with(['>', '|']) {
            let rest = if is_first { without_greeting(line) } else { line };
            own.frame.push_str(&line[..line.len() - rest.len()]);
            put(&mut own.words, rest);
            own.words.push('\n');
        }
    }
    if let Some(length) = without_closing_thanks(&own.words).map(str::len) {
        own.frame.push_str(&own.words[length..]);
        own.words.truncate(length);
    }
    own
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Adds what is left of a line.
fn put(own: &mut String, line: &str) {
    let mut rest = line;
    while let Some((before, after)) = quotation(rest) {
        put_words(own, before);
        rest = after;
    }
    put_words(own, rest);
}

/// Adds words; curly apostrophes become straight ones.
fn put_words(own: &mut String, text: &str) {
    for chunk in text.split_whitespace().filter(|chunk| !is_reference(chunk)) {
        own.extend(chunk.chars().map(|char| if matches!(char, '’' | '‘' | '´') { '\'' } else { char }));
        own.push(' ');
    }
}

/// What stands before and after the first quotation.
fn quotation(text: &str) -> Option<(&str, &str)> {
    let closing = |char| QUOTATIONS.iter().find(|(opening, _)| *opening == char).map(|(_, closing)| *closing);
    let (start, opening, closing) =
        text.char_indices().find_map(|(at, char)| Some((at, char, closing(char)?)))?;
    let inside = &text[start + opening.len_utf8()..];
    let length = inside.find(closing).filter(|length| *length <= LONGEST_QUOTATION_BYTES)?;
    let mut after = inside[length..].chars();
    after.next();
    Some((&text[..start], after.as_str()))
}

/// Links, addresses, order numbers, versions, paths.
fn is_reference(chunk: &str) -> bool {
    let is_link = || chunk.contains("://") || chunk.starts_with("www.") || chunk.contains('@');
    chunk.is_ascii() && (chunk.bytes().any(|byte| byte.is_ascii_digit()) || is_link())
}

/// Lines from which on somebody else wrote.
fn ends_message(line: &str) -> bool {
    let names_author = |(start, within, end): &(&str, &str, &str)| {
        line.ends_with(end) && line.starts_with(start) && line.contains(within)
    };
    matches!(line, "--" | "—" | "___")
        || ENDINGS.iter().any(|start| line.starts_with(start))
        || AUTHORS.iter().any(names_author)
}

/// "Kind regards," and all below it.
fn is_closing(line: &str) -> bool {
    if line.split_whitespace().nth(2 * FORMULA_WORDS).is_some() {
        return false;
    }
    let lower = line.to_lowercase();
    let mut signed_off = SIGNED_OFF.iter().filter_map(|formula| line.strip_prefix(formula));
    SIGNED.contains(&lower.as_str())
        || signed_off.any(is_name)
        || CLOSINGS.iter().any(|closing| starts_with_words(&lower, closing))
}

fn starts_with_words(text: &str, words: &str) -> bool {
    text.strip_prefix(words).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
}

/// A first line without its greeting: "Dear Joy," "Good morning!"
fn without_greeting(line: &str) -> &str {
    let lower: String = line.chars().take(24).flat_map(char::to_lowercase).collect();
    if !GREETINGS.iter().any(|greeting| starts_with_words(&lower, greeting)) {
        return line;
    }
    // A line without a mark is a greeting if it is short.
    let end = line.find([',', '!', '.', ':', '?', '，', '！', '–']).unwrap_or(line.len());
    if line[..end].split_whitespace().nth(FORMULA_WORDS).is_none() { &line[end..] } else { line }
}

/// A text without the thanks at its end: "Thanks!", "Thank you, Ann". They are meant after a few words, "It works
/// again", and a formula after a request or a long report.
fn without_closing_thanks(own: &str) -> Option<&str> {
    let ends_sentence = |char: char| matches!(char, '.' | '!' | '?' | '\n' | '。' | '！' | '？' | '…');
    let trimmed = own.trim_end_matches(|char: char| !char.is_alphabetic());
    let (at, mark) = trimmed.char_indices().rfind(|(_, char)| ends_sentence(*char))?;
    let (before, last) = trimmed.split_at(at + mark.len_utf8());
    let (thanks, name) = last.split_once([',', '，']).unwrap_or((last, ""));
    let is_formula = is_name(name) && THANKS.contains(&thanks.trim().to_lowercase().as_str());
    (is_formula && (before.len() > FEW_WORDS_BYTES || is_request(before))).then_some(before)
}

/// Words in capitals, or none.
fn is_name(text: &str) -> bool {
    text.split_whitespace().all(|word| word.starts_with(char::is_uppercase))
}

fn is_request(text: &str) -> bool {
    let lower = text.to_lowercase();
    text.contains(['?', '？']) || REQUESTS.iter().any(|request| lower.contains(request))
}
