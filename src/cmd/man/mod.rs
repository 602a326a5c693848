//! `fi man`: a manual page, or all of them as files, from the same definition as the help.

mod page;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::{Setup, words};
use crate::cli::topic::TOPICS;
use crate::cli::{self, ManArgs};
use crate::error::{CommandError, Explain, Kind};
use crate::program;
use page::Page;

/// Prints one page, or writes all.
pub(super) fn run(setup: &Setup, args: &ManArgs) -> Result<(), CommandError> {
    match &args.out {
        Some(directory) => write(setup, directory),
        None => print(setup, &args.words),
    }
}

fn print(setup: &Setup, words: &[String]) -> Result<(), CommandError> {
    let name =
        [program::name()].into_iter().chain(words.iter().map(String::as_str)).collect::<Vec<_>>().join("-");
    let found = pages().into_iter().find(|page| page.name == name);
    let page = found.ok_or_else(|| {
        CommandError::usage(format!("there is no manual page {name}"))
            .hint("`fi man --out DIR` writes all there are; for example: fi man sync")
    })?;
    match setup.printer.is_json() {
        true => Ok(setup.printer.json(&json!({ "name": page.file_name(), "page": page.text }))?),
        false => Ok(setup.printer.data(page.text)?),
    }
}

fn write(setup: &Setup, directory: &Path) -> Result<(), CommandError> {
    let mut files = Vec::new();
    for page in pages() {
        let section = directory.join(format!("man{}", page.section));
        fs::create_dir_all(&section)
            .explain(Kind::Failed, || format!("could not create {}", section.display()))?;
        let file = section.join(page.file_name());
        fs::write(&file, page.text)
            .explain(Kind::Failed, || format!("could not write {}", file.display()))?;
        files.push(file);
    }
    if setup.printer.is_json() {
        return Ok(setup.printer.json(&json!({ "directory": directory, "files": files }))?);
    }
    let count = words::many(files.len() as u64, "page");
    setup.printer.note(format!("Wrote {count} into {}", directory.display()));
    setup.printer.hint(format!("read them with: man -M {} {}", shown(directory), program::name()));
    Ok(())
}

/// The directory as another program takes it, wherever it is started.
fn shown(directory: &Path) -> String {
    std::path::absolute(directory).unwrap_or_else(|_| PathBuf::from(directory)).display().to_string()
}

/// Every page. Commands come first: where a topic is called like one, the name is the command's.
fn pages() -> Vec<Page> {
    let mut pages = Vec::new();
    commands(cli::built_command(), &mut pages);
    pages.extend(TOPICS.iter().map(Page::of_topic));
    pages
}

fn commands(command: clap::Command, pages: &mut Vec<Page>) {
    let below: Vec<clap::Command> = command.get_subcommands().cloned().collect();
    pages.extend(Page::of_command(command));
    for command in below {
        commands(command, pages);
    }
}
