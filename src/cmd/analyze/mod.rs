//! `fi analyze`: figures over all conversations of a period, as a table with a chart, or as data.

mod beside;
mod chart;
mod csv;
mod figures;
mod text;

use super::{Setup, assemble, failure, zone};
use crate::cli::AnalyzeArgs;
use crate::config::Flags;
use crate::engine::QueryOptions;
use crate::error::CommandError;
use crate::tools::ToolError;
use crate::tools::analyze::{Analyst, DIMENSIONS, METRICS};

/// Answers a question.
pub(super) fn run(setup: &Setup, args: &AnalyzeArgs) -> Result<(), CommandError> {
    if args.list {
        return Ok(setup.printer.data(listing())?);
    }
    let context = setup.context(&Flags::none())?;
    context.stop_on_interrupt();
    let engine = assemble::engine(&context)?;
    let analyst = Analyst {
        engine: &engine,
        zone: zone(&context.config)?,
        now: context.clock.now(),
        options: QueryOptions { cancel: context.cancel.clone(), ..QueryOptions::default() },
    };
    let answer = analyst.answer(&args.question()).map_err(failed)?;
    let printer = &context.printer;
    if printer.is_json() {
        return Ok(printer.json(&answer)?);
    }
    if args.csv {
        return Ok(printer.data(csv::write(&answer))?);
    }
    let look = printer.look();
    printer.data(text::answer(&answer, look))?;
    if !args.no_chart
        && let Some(chart) = chart::of(&answer, look)
    {
        printer.data(format!("\n{chart}\n"))?;
    }
    printer.data(beside::sections(&answer, look))?;
    printer.data(text::about(&answer, look))?;
    Ok(())
}

fn failed(error: ToolError) -> CommandError {
    let is_asked_wrongly = error.is_in_the_parameters();
    let failure = failure::of_tool(error);
    let hint = "`fi analyze --list` shows what can be measured and grouped by";
    if is_asked_wrongly { failure.hint(hint) } else { failure }
}

fn listing() -> String {
    let mut text = String::from("Metrics\n");
    let width = METRICS.iter().map(|metric| metric.name.len()).max().unwrap_or(0);
    for metric in METRICS {
        text.push_str(&format!("  {:width$}  {}\n", metric.name, metric.definition));
    }
    text.push_str("\nDimensions\n");
    for dimension in DIMENSIONS {
        text.push_str(&format!("  {:width$}  {}\n", dimension.name, dimension.definition));
    }
    text.push_str(&format!(
        "  {:width$}  A custom attribute of the conversation, by its name.\n",
        "attribute:NAME"
    ));
    text
}
