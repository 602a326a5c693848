//! What `fi forget` says: who is meant and what is held of them, before and after it is removed.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Serialize;

use super::Found;
use crate::cmd::{Context, words};
use crate::error::CommandError;
use crate::printer::Printer;
use crate::sync::forget::folded;

/// The document `fi forget --json` prints.
#[derive(Serialize)]
struct Document<'a> {
    home: &'a Path,
    /// Whether nothing was removed, only looked for.
    is_dry_run: bool,
    /// The contacts held.
    contacts: Vec<Contact<'a>>,
    contact_ids: &'a BTreeSet<String>,
    emails: &'a BTreeSet<String>,
    external_ids: &'a BTreeSet<String>,
    names: &'a BTreeSet<String>,
    removed: Removed,
    /// Contacts that are kept out from now on, with those of before.
    forgotten_count: u64,
}

#[derive(Serialize)]
struct Contact<'a> {
    contact_id: &'a str,
    name: Option<&'a str>,
    email: Option<&'a str>,
}

/// What was removed, or would be.
#[derive(Serialize)]
struct Removed {
    contacts: u64,
    conversations: u64,
    /// Those of them that others take part in too.
    shared_conversations: u64,
    messages: u64,
    tickets: u64,
    log_lines: u64,
}

impl<'a> Document<'a> {
    fn new(context: &'a Context, found: &'a Found, is_dry_run: bool, log_lines: u64) -> Self {
        let Found { person, trace, memory } = found;
        let contact = |(id, name, email): &'a (String, Option<String>, Option<String>)| Contact {
            contact_id: id,
            name: name.as_deref(),
            email: email.as_deref(),
        };
        Self {
            home: context.config.home.path(),
            is_dry_run,
            contacts: trace.people.iter().map(contact).collect(),
            contact_ids: &person.contact_ids,
            emails: &person.emails,
            external_ids: &person.external_ids,
            names: &person.names,
            removed: Removed {
                contacts: trace.people.len() as u64,
                conversations: trace.conversations,
                shared_conversations: trace.shared_conversations,
                messages: trace.messages,
                tickets: trace.tickets,
                log_lines,
            },
            forgotten_count: memory.contact_count(),
        }
    }
}

/// Says what would be removed.
pub(super) fn dry_run(context: &Context, found: &Found, log_lines: u64) -> Result<(), CommandError> {
    let printer = &context.printer;
    if printer.is_json() {
        printer.json(&Document::new(context, found, true, log_lines))?;
    } else {
        people(found).iter().try_for_each(|line| printer.line(line))?;
        printer.line(format!("Would remove {}{}", held(found), of_log(log_lines)))?;
    }
    let spool = crate::cmd::assemble::layout(&context.config.home).spool_dir();
    if std::fs::read_dir(spool).is_ok_and(|mut files| files.next().is_some()) {
        printer.note("What an interrupted sync left is not counted; it would be removed too");
    }
    Ok(())
}

/// Says what is about to be removed.
pub(super) fn found(printer: &Printer, found: &Found) {
    if printer.is_json() {
        return;
    }
    people(found).iter().for_each(|line| printer.note(line));
    if !found.trace.is_empty() {
        printer.note(format!("To remove: {}", held(found)));
    }
}

/// Says what was removed.
pub(super) fn done(context: &Context, found: &Found, log_lines: u64) -> Result<(), CommandError> {
    let printer = &context.printer;
    if printer.is_json() {
        return Ok(printer.json(&Document::new(context, found, false, log_lines))?);
    }
    let home = context.config.home.path().display();
    if found.trace.is_empty() {
        printer.note(format!("Forgotten already; nothing of them is in {home}"));
        return Ok(());
    }
    printer.note(format!("Forgot {}{}", held(found), of_log(log_lines)));
    printer.note(format!("Nothing of them is left in {home}, and later syncs keep them out"));
    printer.hint("exports, copies and backups made before are yours to delete");
    Ok(())
}

/// One line for each contact held, and one of everything else that tells who is meant.
fn people(found: &Found) -> Vec<String> {
    let Found { person, trace, .. } = found;
    let told = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
    let mut lines = Vec::new();
    let mut shown = BTreeSet::new();
    for (id, name, email) in &trace.people {
        let (name, email) = (told(name), told(email));
        let address = email.as_ref().map(|email| format!(" <{email}>")).unwrap_or_default();
        lines.push(format!("{}{address}, {id}", name.as_deref().unwrap_or("Without a name")));
        shown.extend(email.map(|email| folded(email.trim())));
        shown.extend([Some(id.clone()), name].into_iter().flatten());
    }
    let known = [&person.names, &person.emails, &person.contact_ids, &person.external_ids];
    let rest = known.into_iter().flatten().filter(|text| !shown.contains(*text));
    let rest: Vec<&str> = rest.map(String::as_str).collect();
    if !rest.is_empty() {
        let also = if trace.people.is_empty() { "Known as" } else { "Also known as" };
        lines.push(format!("{also} {}", rest.join(", ")));
    }
    lines
}

fn of_log(lines: u64) -> String {
    match lines {
        0 => String::new(),
        lines => format!(", and {} of the log", words::many(lines, "line")),
    }
}

fn held(found: &Found) -> String {
    let trace = &found.trace;
    let shared = match trace.shared_conversations {
        0 => String::new(),
        shared => format!(" ({} with others too)", words::count(shared)),
    };
    format!(
        "{}, {}{shared}, {}, {}",
        words::many(trace.people.len() as u64, "contact"),
        words::many(trace.conversations, "conversation"),
        words::many(trace.messages, "message"),
        words::many(trace.tickets, "ticket")
    )
}
