//! `fi analyze`: figures over all conversations of a period, as a table with a chart, or as data.

mod beside;
mod chart;
mod csv;
mod figures;
mod text;

use serde_json::json;

use super::{Setup, assemble, failure, help, zone};
use crate::cli::AnalyzeArgs;
use crate::config::Flags;
use crate::engine::QueryOptions;
use crate::error::CommandError;
use crate::tools::analyze::{Analyst, DIMENSIONS, METRICS};

/// Answers a question.
pub(super) fn run(setup: &Setup, args: &AnalyzeArgs) -> Result<(), CommandError> {
    if args.list {
        return list(setup);
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
    let answer = analyst.answer(&args.question()).map_err(failure::of_tool)?;
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

/// Shows what there is to ask: for people the topic of `fi help`, for programs the registry.
fn list(setup: &Setup) -> Result<(), CommandError> {
    if !setup.printer.is_json() {
        return help::topic(setup, "metrics");
    }
    let metrics = METRICS.iter().map(|metric| {
        let aggregates: Vec<_> = metric.aggregates().collect();
        json!({ "name": metric.name, "unit": metric.unit(), "aggregates": aggregates, "definition": metric.definition })
    });
    let dimensions = DIMENSIONS
        .iter()
        .map(|dimension| json!({ "name": dimension.name, "definition": dimension.definition }));
    let document = json!({
        "metrics": metrics.collect::<Vec<_>>(),
        "dimensions": dimensions.collect::<Vec<_>>(),
    });
    Ok(setup.printer.json(&document)?)
}
