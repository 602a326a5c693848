//! The tools there are, in order, and the functions they are.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::call::{Call, Reader};
use super::tool::{Tool, tool};
use crate::tools::ToolError;
use crate::tools::analyze::{Analyst, AnalyzeParams, Answer};
use crate::tools::conversation::{
    ConversationAnswer, DetailsAnswer, GetConversationDetailsParams, GetConversationParams, Reading,
};
use crate::tools::coverage::{CoverageAnswer, CoverageParams};
use crate::tools::data_info::{DataInfo, DataInfoParams};
use crate::tools::describe::{DescribeAnswer, DescribeParams, describe};
use crate::tools::query::{Querier, QueryAnswer, QueryParams};
use crate::tools::search::{Finder, Room, SearchAnswer, SearchParams};
use crate::tools::server_status::{ServerStatus, ServerStatusParams};
use crate::tools::sync_control::{ForceSyncParams, SyncConversationsParams, SyncStarted};
use crate::tools::sync_status::{SyncStatus, SyncStatusParams};

/// Every tool, in the order of all lists of them.
pub const TOOLS: &[Tool] = &[
    tool!(
        "search_conversations", "Search conversations", Answers, SearchParams => SearchAnswer, search,
        "Finds conversations among all that are held, by words and filters: people, tags, assignee, team, state, \
         rating, source, dates. Returns a page with the true total and, for each, who, when, state, tags and the best \
         snippets. aggregation adds counts and medians of everything found. For figures without a list use \
         analyze_conversations; to read one whole use get_conversation. Words match as written, without stemming or \
         translation: ship* finds shipping."
    ),
    tool!(
        "get_conversation", "Read a conversation", Fetches, GetConversationParams => ConversationAnswer, conversation,
        "Reads one conversation as a person would: who wrote what and when, internal notes marked, events in one line \
         each, attachments named. Takes an id or an inbox address. Long ones come in pieces; next_cursor goes on. A \
         conversation that is not held yet is fetched from Intercom if there is a token. For SLA, statistics, custom \
         attributes and the customer's record use get_conversation_details."
    ),
    tool!(
        "get_conversation_details", "Everything about a conversation", Fetches,
        GetConversationDetailsParams => DetailsAnswer, details,
        "Returns the full record of one conversation: contact, company, Intercom's statistics, SLA, Fin, rating, \
         events and custom attributes, with its messages unless include_messages is false. For reading the thread \
         alone get_conversation is shorter."
    ),
    tool!(
        "analyze_conversations", "Analyze conversations", Answers, AnalyzeParams => Answer, analyze,
        "Counts and measures over all conversations that are held: volume, response and resolution times, resolution \
         rate, CSAT, SLA, Fin, by day, week, month, hour, weekday, assignee, team, tag, source, country, company, \
         rating or custom attribute; compared with another period if wanted. Every figure says of how many \
         conversations it is and how it is defined. analysis_type gives a ready analysis: performance_metrics, \
         customer_satisfaction, topic_analysis, sentiment_trends. Lists no conversations: search_conversations does."
    ),
    tool!(
        "query", "Query with SQL", Answers, QueryParams => QueryAnswer, query,
        "Runs one read-only SELECT in DuckDB's SQL over the views of the data and returns columns and rows. Cannot \
         write, attach, read files or reach the network, and is stopped when it takes too long. Up to 200 rows unless \
         limit says otherwise: it is for aggregates and lists, not for dumping tables. describe_data has the columns. \
         Times, and views by day or hour, are UTC. Example: SELECT state, count(*) FROM conversations GROUP BY state. \
         Common figures need no SQL: analyze_conversations."
    ),
    tool!(
        "describe_data", "Describe the data", Reads, DescribeParams => DescribeAnswer, data,
        "Lists the views that SQL can ask, what a row of each is and which questions it answers; with views, their \
         columns, types, meanings and example queries. Names no conversations and runs no SQL: query does."
    ),
    tool!(
        "get_data_info", "What is held, and how fresh", Reads, DataInfoParams => DataInfo, data_info,
        "Tells what is held: workspace, number of conversations and messages, from when to when, as of when, what is \
         still arriving, gaps. Says nothing about one period: check_coverage does; nothing about views and columns: \
         describe_data does."
    ),
    tool!(
        "check_coverage", "Is a period complete", Reads, CoverageParams => CoverageAnswer, coverage,
        "Tells whether all conversations that began in a period are held, as of when, and which stretches are missing \
         and why. Answered from what was really fetched, not from when the last sync ran. Fetches nothing: \
         sync_conversations and force_sync do."
    ),
    tool!(
        "get_sync_status", "How syncing stands", Reads, SyncStatusParams => SyncStatus, sync_status,
        "Tells whether a sync runs, how far it is, when the next one begins, what failed last, and whether anything new \
         can arrive at all. With job_id it tells of one job started by sync_conversations or force_sync; handles are \
         kept for an hour after the end. Starts nothing."
    ),
    tool!(
        "sync_conversations", "Fetch what is new", Syncs, SyncConversationsParams => SyncStarted, sync_conversations,
        "Starts fetching what changed in Intercom since the last sync, and returns at once with a job_id for \
         get_sync_status. Changes nothing in Intercom. The server also syncs by itself, so this is only for not \
         waiting. To fetch a period again whatever is held, use force_sync."
    ),
    tool!(
        "force_sync", "Fetch a period again", Syncs, ForceSyncParams => SyncStarted, force_sync,
        "Starts fetching every conversation that began in a period again, the last 7 days without one, and returns at \
         once with a job_id for get_sync_status. Slow for long periods (one request for each conversation). For what is \
         new, sync_conversations is enough."
    ),
    tool!(
        "get_server_status", "Server status", Reads, ServerStatusParams => ServerStatus, server_status,
        "Tells whether the server works: version, uptime, sizes, where the data lies, state of the search index. For \
         how fresh and complete the data is use get_data_info."
    ),
];

/// Characters of an analysis at most, without what is told beside figures.
const MOST_ANALYSIS_CHARS: usize = 40_000;
const MOST_TRIES: usize = 3;
/// How long before a call that needs fresh data is answered from what is held after all.
pub(super) const FRESH_WITHIN: Duration = Duration::from_secs(20);

fn search(call: &Call<'_>, params: &SearchParams) -> Result<SearchAnswer, ToolError> {
    let hear = |event| call.hear(event);
    let finder = Finder {
        engine: &*call.app.engine()?,
        index: call.app.index(),
        conversations: call.app.conversations(),
        zone: call.zone(),
        now: call.now,
        options: call.options(),
        wait: call.wait(&hear),
        room: match call.reader {
            Reader::Model => Room::MODEL,
            Reader::Program => Room::PROGRAM,
        },
    };
    let answer = finder.answer(params)?;
    asked(call, answer.period.as_ref().map(|period| period.end));
    Ok(answer)
}

fn conversation(call: &Call<'_>, params: &GetConversationParams) -> Result<ConversationAnswer, ToolError> {
    asked(call, None);
    call.app.conversations().get(params, &reading(call))
}

fn details(call: &Call<'_>, params: &GetConversationDetailsParams) -> Result<DetailsAnswer, ToolError> {
    asked(call, None);
    call.app.conversations().details(params, &reading(call))
}

fn reading<'a>(call: &Call<'a>) -> Reading<'a> {
    Reading { fetch: call.app.fetch(), ..Reading::default() }
}

fn analyze(call: &Call<'_>, params: &AnalyzeParams) -> Result<Answer, ToolError> {
    let analyst =
        Analyst { engine: &*call.app.engine()?, zone: call.zone(), now: call.now, options: call.options() };
    let answer = match call.reader {
        Reader::Model => within_bounds(&analyst, params)?,
        Reader::Program => analyst.answer(params)?,
    };
    asked(call, answer.period.end.parse().ok());
    Ok(answer)
}

/// The answer with as many groups as an answer may have characters; the rest is in `other`.
fn within_bounds(analyst: &Analyst<'_>, params: &AnalyzeParams) -> Result<Answer, ToolError> {
    let mut answer = analyst.answer(params)?;
    // Groups are not of one length, so the first guess may be too many.
    for _ in 0..MOST_TRIES {
        let chars = serde_json::to_string(&answer).map_or(0, |json| json.chars().count());
        let groups = answer.groups.len();
        if chars <= MOST_ANALYSIS_CHARS || groups <= 1 {
            break;
        }
        let fitting = (groups * MOST_ANALYSIS_CHARS * 9 / 10 / chars).max(1);
        answer = analyst.answer(&AnalyzeParams { limit: Some(fitting), ..params.clone() })?;
        answer.notes.push(format!(
            "Only {fitting} of {} groups fit into an answer; all others are in other. Fewer metrics or dimensions, a filter \
             or a shorter timeframe show more.",
            answer.group_count
        ));
    }
    Ok(answer)
}

/// Tells the sync service until when data was asked for: until now, unless the period ended before.
fn asked(call: &Call<'_>, until: Option<DateTime<Utc>>) {
    call.app.sync().note_question(until.map_or(call.now, |until| until.min(call.now)));
}

fn query(call: &Call<'_>, params: &QueryParams) -> Result<QueryAnswer, ToolError> {
    asked(call, None);
    let querier = call.app.querier(&params.sql, call.reader, call.is_admin)?;
    Querier { cancel: call.cancel.clone(), ..querier }.answer(params)
}

fn data(call: &Call<'_>, params: &DescribeParams) -> Result<DescribeAnswer, ToolError> {
    describe(&*call.app.engine()?, params, call.now)
}

fn data_info(call: &Call<'_>, params: &DataInfoParams) -> Result<DataInfo, ToolError> {
    call.app.holdings(call.now).data_info(params)
}

fn coverage(call: &Call<'_>, params: &CoverageParams) -> Result<CoverageAnswer, ToolError> {
    call.app.holdings(call.now).coverage(params)
}

fn sync_status(call: &Call<'_>, params: &SyncStatusParams) -> Result<SyncStatus, ToolError> {
    call.app.holdings(call.now).sync_status(params)
}

fn sync_conversations(call: &Call<'_>, params: &SyncConversationsParams) -> Result<SyncStarted, ToolError> {
    Ok(call.app.holdings(call.now).sync_conversations(params))
}

fn force_sync(call: &Call<'_>, params: &ForceSyncParams) -> Result<SyncStarted, ToolError> {
    call.app.holdings(call.now).force_sync(params)
}

fn server_status(call: &Call<'_>, params: &ServerStatusParams) -> Result<ServerStatus, ToolError> {
    call.app.holdings(call.now).server_status(params, &call.app.facts())
}
