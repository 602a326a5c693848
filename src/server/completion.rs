//! Completion: names of teams, tags and teammates, views and phrases, for arguments of prompts and addresses of
//! resources.

use rmcp::model::{CompleteRequestParams, CompleteResult, CompletionInfo};

use super::app::App;
use crate::engine::VIEWS;
use crate::tools::names_of;

/// Phrases for periods.
const PERIODS: &[&str] = &[
    "today",
    "yesterday",
    "last 7 days",
    "last 30 days",
    "last 90 days",
    "this week",
    "last week",
    "this month",
    "last month",
];

/// What could stand there.
pub(super) fn complete(app: &App, request: &CompleteRequestParams) -> CompleteResult {
    let wanted = request.argument.value.trim().to_lowercase();
    let candidates = candidates(app, &request.argument.name);
    let begins = |name: &String| name.to_lowercase().starts_with(&wanted);
    let contains = |name: &String| !begins(name) && name.to_lowercase().contains(&wanted);
    let mut fitting: Vec<String> = candidates.iter().filter(|name| begins(name)).cloned().collect();
    fitting.extend(candidates.iter().filter(|name| contains(name)).cloned());
    let total = u32::try_from(fitting.len()).unwrap_or(u32::MAX);
    let has_more = fitting.len() > CompletionInfo::MAX_VALUES;
    fitting.truncate(CompletionInfo::MAX_VALUES);
    let completion = CompletionInfo::with_pagination(fitting, Some(total), has_more);
    CompleteResult::new(completion.unwrap_or_default())
}

fn candidates(app: &App, argument: &str) -> Vec<String> {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    match argument {
        "view" => VIEWS.iter().map(|view| view.name.to_owned()).collect(),
        "week" | "timeframe" => owned(PERIODS),
        // What is not there cannot be completed; the call itself will say so.
        kind => app.engine().ok().and_then(|engine| names_of(&engine, kind).ok()).unwrap_or_default(),
    }
}
