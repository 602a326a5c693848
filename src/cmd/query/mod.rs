//! `fi query`: one query over the lake, its rows to stdout or a file; or a shell for many.

mod shell;
mod source;
mod target;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;

use super::{Context, Setup, assemble, auditing, failure, named_zone, words};
use crate::cli::{QueryArgs, QuerySource};
use crate::config::Flags;
use crate::engine::{self, Access, Cut, Engine, EngineOptions, Now, Output, QueryOptions, Summary};
use crate::error::CommandError;
use crate::format::{Format, InZone, TableNotes};
use crate::printer::Printer;
use crate::tools::EngineSearch;
use target::{Place, Target, Written};

/// Rows a table shows if nobody says how many: more than anyone reads, less than floods a terminal for long.
const TABLE_ROWS: u64 = 1_000;

/// Answers a query.
pub(super) fn run(setup: &Setup, args: &QueryArgs) -> Result<(), CommandError> {
    if opens_shell(setup, args) {
        return shell::run(setup, args);
    }
    let context = setup.context(&Flags::none())?;
    let target = Target::of(args, &context.printer)?;
    let zone = args.tz.as_deref().map(named_zone).transpose()?;
    let sql = source::read(args)?;
    let engine = open(&context, args)?;
    context.stop_on_interrupt();
    let options = QueryOptions {
        timeout: Duration::from_secs(args.timeout),
        max_rows: args.limit.or((target.format == Format::Table).then_some(TABLE_ROWS)),
        max_bytes: None,
        cancel: context.cancel.clone(),
    };
    let written = target.write(&context.printer, |output| {
        in_zone(output, zone, |output| engine.stream(&sql, &options, output)).map_err(failed)
    })?;
    say(&context.printer, args, &target, &written);
    Ok(())
}

/// Without any SQL somebody at a terminal wants to talk.
fn opens_shell(setup: &Setup, args: &QueryArgs) -> bool {
    let printer = &setup.printer;
    let is_watched = printer.look().terminal && printer.talk_look().terminal;
    is_watched && args.source(std::io::stdin().is_terminal()) == QuerySource::Shell
}

/// Hands out rows with their times in a zone, if one is wanted.
fn in_zone<T>(output: &mut dyn Output, zone: Option<Tz>, fill: impl FnOnce(&mut dyn Output) -> T) -> T {
    match zone {
        Some(zone) => fill(&mut InZone::new(output, zone)),
        None => fill(output),
    }
}

fn open(context: &Context, args: &QueryArgs) -> Result<Engine, CommandError> {
    let clock = context.clock;
    let access = if args.allow_unsafe { Access::Everything } else { Access::ViewsOnly };
    let search = EngineSearch::new(assemble::text_index(context), context.cancel.clone());
    let options = EngineOptions {
        access,
        search: Some(Arc::new(search)),
        beside: Some(auditing::table(context)),
        ..EngineOptions::new(Now::new(move || clock.now()))
    };
    Engine::open(&assemble::layout(&context.config.home), options).map_err(failure::of_query)
}

/// What is wrong with the user's own SQL is for the user to put right.
fn failed(error: engine::Error) -> CommandError {
    if !error.is_in_the_sql() {
        return failure::of_query(error);
    }
    let explained = CommandError::usage(error.to_string());
    error.hint().into_iter().fold(explained, CommandError::hint)
}

/// Says what the rows themselves do not.
fn say(printer: &Printer, args: &QueryArgs, target: &Target, written: &Written) {
    let summary = &written.summary;
    let rows = words::many(summary.rows, "row");
    let took = words::span(summary.elapsed.as_secs_f64());
    match &target.place {
        Place::File(path) => printer.note(format!("{rows} written to {} in {took}", path.display())),
        Place::Stdout if target.format == Format::Table => {
            printer.note(footer(&rows, &took, summary, written.notes));
        }
        Place::Stdout => {}
    }
    if summary.cut == Some(Cut::Rows) {
        printer.note(match args.limit {
            Some(_) => String::from("There are more rows than --limit allows"),
            None => String::from("There are more rows: --limit N shows more, --format csv writes them all"),
        });
    }
    warn_of_change(summary, printer);
}

/// Says so when rows may be of two versions of the data.
fn warn_of_change(summary: &Summary, printer: &Printer) {
    if summary.lake_changed {
        printer.warn(
            "a sync changed the lake while it was read, so rows may be old or missing; run the query again",
        );
    }
}

fn footer(rows: &str, took: &str, summary: &Summary, notes: TableNotes) -> String {
    let first = if summary.cut.is_some() { "The first " } else { "" };
    let mut text = format!("{first}{rows} in {took}");
    if notes.shown_columns < notes.columns {
        let (shown, all) = (notes.shown_columns, notes.columns);
        text.push_str(&format!(
            "; {shown} of {all} columns fit: name the ones you want, or see all with --format line"
        ));
    } else if notes.has_cut_text {
        text.push_str("; texts are cut to fit, --format line shows them whole");
    }
    text
}
