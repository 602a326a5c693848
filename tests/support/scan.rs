//! What a query finds by reading everything: the index's answers have to be the same.
//!
//! It shares with the index how texts are cut into words and how queries are read; which texts of a conversation count,
//! and what it means to find something, is told here once more.

use std::collections::BTreeMap;
use std::path::Path;

use fastintercom::index::{Expr, Leaf, Match, Scope, words_of};
use fastintercom::lake::{DataFile, Disk, Layout, Reader, State};
use fastintercom::model::{Admin, Conversation, Message, Row, Team, html_to_text};

/// The words of each text of a conversation, by where they can be looked for.
type Texts = BTreeMap<&'static str, Vec<Vec<String>>>;

/// Everything that can be found in a lake.
pub(crate) struct Scan {
    conversations: Vec<(String, Texts)>,
    names: Vec<(String, String, String)>,
}

impl Scan {
    /// Reads all of it.
    pub(crate) fn of(home: &Path) -> Self {
        let (disk, layout) = (Disk::default(), Layout::new(home));
        let state = State::load(&disk, &layout).unwrap().unwrap();
        let reader = Reader::new(&disk, &layout);
        let mut messages: BTreeMap<String, Vec<Message>> = BTreeMap::new();
        for (file, _) in state.files_of(Message::TABLE.name) {
            for message in reader.rows::<Message>(&file).unwrap() {
                messages.entry(message.conversation_id.to_string()).or_default().push(message);
            }
        }
        let mut conversations = Vec::new();
        for (file, _) in state.files_of(Conversation::TABLE.name) {
            for row in reader.rows::<Conversation>(&file).unwrap() {
                let id = row.conversation_id.to_string();
                let texts = texts(&row, messages.get(&id).map_or(&[], Vec::as_slice));
                conversations.push((id, texts));
            }
        }
        conversations.sort_by_key(|(id, _)| (id.len(), id.clone()));
        let admins: Vec<Admin> = reader.rows(&DataFile::whole(Admin::TABLE)).unwrap();
        let teams: Vec<Team> = reader.rows(&DataFile::whole(Team::TABLE)).unwrap();
        let admins = admins
            .into_iter()
            .map(|one| ("a".to_owned(), one.admin_id.to_string(), one.name.unwrap_or_default()));
        let teams = teams
            .into_iter()
            .map(|one| ("t".to_owned(), one.team_id.to_string(), one.name.unwrap_or_default()));
        Self { conversations, names: admins.chain(teams).collect() }
    }

    /// The ids that a query finds, in order of their numbers.
    pub(crate) fn found(&self, query: &str) -> Vec<String> {
        let expr = Expr::parse(query).unwrap();
        let found = self.conversations.iter().filter(|(_, texts)| self.holds(&expr, texts));
        found.map(|(id, _)| id.clone()).collect()
    }

    /// All words that occur in messages, each as often as it does.
    pub(crate) fn words(&self) -> Vec<&str> {
        let texts = self.conversations.iter().flat_map(|(_, texts)| &texts["anywhere"]);
        texts.flatten().map(String::as_str).collect()
    }

    /// All texts, as their words.
    pub(crate) fn texts(&self) -> Vec<&[String]> {
        let texts = self.conversations.iter().flat_map(|(_, texts)| &texts["anywhere"]);
        texts.map(Vec::as_slice).filter(|words| !words.is_empty()).collect()
    }

    fn holds(&self, expr: &Expr, texts: &Texts) -> bool {
        match expr {
            Expr::All => true,
            Expr::And(parts) => parts.iter().all(|part| self.holds(part, texts)),
            Expr::Or(parts) => parts.iter().any(|part| self.holds(part, texts)),
            Expr::Not(part) => !self.holds(part, texts),
            Expr::Leaf(leaf) => self.has(leaf, texts),
        }
    }

    fn has(&self, leaf: &Leaf, texts: &Texts) -> bool {
        let place = match leaf.scope {
            Scope::Anywhere => "anywhere",
            Scope::Title => "title",
            Scope::Note => "note",
            Scope::From => "from",
            Scope::Tag => "tag",
            Scope::Has => "has",
            Scope::Assignee => {
                let named = self.names.iter().filter(|(.., name)| is_in(leaf, &words_of(name)));
                let mut terms = named.map(|(kind, id, _)| format!("{kind}{id}"));
                return terms.any(|term| texts["assignee"].iter().any(|one| one[0] == term));
            }
        };
        texts[place].iter().any(|words| is_in(leaf, words))
    }
}

/// Whether a text has the words of a leaf somewhere.
fn is_in(leaf: &Leaf, words: &[String]) -> bool {
    (0..words.len()).any(|start| {
        leaf.words.iter().enumerate().all(|(number, (offset, wanted))| {
            let Some(word) = words.get(start + offset) else { return false };
            match leaf.matching {
                Match::Prefix if number + 1 == leaf.words.len() => word.starts_with(wanted.as_str()),
                Match::Exact | Match::Prefix => word == wanted,
                Match::Typo(slips) => slips_between(word, wanted) <= usize::from(slips),
            }
        })
    })
}

/// How many letters are too many, missing, wrong, or changed places with their neighbour: by trying everything.
fn slips_between(one: &str, other: &str) -> usize {
    fn least(one: &[char], other: &[char], allowed: usize) -> usize {
        match (one, other) {
            ([], rest) | (rest, []) => rest.len(),
            ([a, one_rest @ ..], [b, other_rest @ ..]) if a == b => least(one_rest, other_rest, allowed),
            _ if allowed == 0 => 1,
            ([a, one_rest @ ..], [b, other_rest @ ..]) => {
                let allowed = allowed - 1;
                let mut best = least(one_rest, other_rest, allowed)
                    .min(least(one_rest, other, allowed))
                    .min(least(one, other_rest, allowed));
                if let ([c, one_rest @ ..], [d, other_rest @ ..]) = (one_rest, other_rest)
                    && (a, c) == (d, b)
                {
                    best = best.min(least(one_rest, other_rest, allowed));
                }
                best + 1
            }
        }
    }
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    least(&one, &other, 3)
}

/// What of a conversation can be found.
fn texts(row: &Conversation, messages: &[Message]) -> Texts {
    let mut texts = Texts::from(
        ["anywhere", "title", "note", "from", "tag", "has", "assignee"].map(|place| (place, Vec::new())),
    );
    let mut put = |places: &[&'static str], text: &str| {
        places.iter().for_each(|place| texts.get_mut(place).unwrap().push(words_of(text)));
    };
    row.title.iter().for_each(|title| put(&["anywhere", "title"], title));
    row.source_subject.iter().for_each(|subject| put(&["anywhere", "title"], &html_to_text(subject)));
    [&row.contact_name, &row.contact_email]
        .into_iter()
        .flatten()
        .for_each(|text| put(&["anywhere", "from"], text));
    [&row.company_name, &row.rating_remark].into_iter().flatten().for_each(|text| put(&["anywhere"], text));
    row.tags.iter().filter_map(|tag| tag.name.as_ref()).for_each(|tag| put(&["anywhere", "tag"], tag));
    for message in messages.iter().filter(|message| message.is_note || message.is_visible) {
        let places: &[&'static str] = if message.is_note { &["anywhere", "note"] } else { &["anywhere"] };
        message.body_text.iter().for_each(|text| put(places, text));
        message.attachments.iter().filter_map(|file| file.name.as_ref()).for_each(|name| put(places, name));
        if message.author_class != "system" {
            [&message.author_name, &message.author_email]
                .into_iter()
                .flatten()
                .for_each(|name| put(&["from"], name));
        }
        if message.is_note {
            put(&["has"], "note");
        }
        if !message.attachments.is_empty() {
            put(&["has"], "attachment");
        }
    }
    let assignees = texts.get_mut("assignee").unwrap();
    assignees.extend(row.admin_assignee_id.iter().map(|id| vec![format!("a{id}")]));
    assignees.extend(row.team_assignee_id.iter().map(|id| vec![format!("t{id}")]));
    texts
}
