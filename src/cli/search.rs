//! The arguments of `fi search`, and the search they mean.

use clap::{Args, ValueEnum};

use super::selection::{FilterArgs, WhenArgs};
use crate::index::{SYNTAX, Sort};
use crate::tools::search::{ResponseFormat, SearchClock, SearchParams};

/// Find conversations by words, people, tags, states and times
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = below())]
pub struct SearchArgs {
    /// Words to find; without any, all conversations that the filters leave
    #[arg(value_name = "WORDS")]
    pub words: Vec<String>,
    /// When.
    #[command(flatten)]
    pub when: WhenArgs,
    /// Place conversations in the period by when they were created, last changed, last closed or first replied to
    #[arg(long, value_enum, value_name = "CLOCK", default_value_t)]
    pub clock: SearchClockArg,
    /// The order [default: relevance with words, newest without]
    #[arg(long, value_enum, value_name = "ORDER")]
    pub sort: Option<SortArg>,
    /// Show N conversations [default: 20]
    #[arg(short = 'n', long, value_name = "N")]
    pub limit: Option<usize>,
    /// Pass over the first N
    #[arg(long, value_name = "N", conflicts_with = "cursor")]
    pub offset: Option<usize>,
    /// Go on where an earlier page ended
    #[arg(long, value_name = "CURSOR")]
    pub cursor: Option<String>,
    /// Show messages too
    #[arg(long)]
    pub detailed: bool,
    /// Show only how many there are
    #[arg(long, conflicts_with_all = ["cursor", "detailed"])]
    pub count: bool,
    /// Which conversations count.
    #[command(flatten)]
    pub filters: FilterArgs,
}

/// What stands below the flags.
fn below() -> String {
    let width = SYNTAX.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
    let words: String =
        SYNTAX.iter().map(|(form, meaning)| format!("  {form:<width$}  {meaning}\n")).collect();
    format!(
        "Words:\n{words}\nA shell needs single quotes around them, and -- before words that begin with a minus.\n\n\
         With --json it prints one document: total, total_count (the same), returned, has_more, next_cursor, \
         is_index_behind, sort, period, conversations (id, url, created_at, updated_at, untrusted_title, contact, \
         customer_email, untrusted_company, state, priority, source, assignee, team, tags, rating, part_count, score, \
         untrusted_first_line, snippets, messages), freshness, sync_info, notes; with --count only total.\n\n\
         Examples:\n  fi search refund\n  fi search 'refund -shipping' --since \"last 30 days\" --team Support\n  \
         fi search --unanswered --sort longest-wait\n  fi search 'from:acme.com \"not received\"' --json"
    )
}

/// Which time of a conversation counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum SearchClockArg {
    /// When it began.
    #[default]
    Created,
    /// When it last changed.
    Updated,
    /// When it was last closed.
    Closed,
    /// When a teammate first replied.
    FirstReplied,
}

/// How conversations are ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SortArg {
    /// The best first.
    Relevance,
    /// The latest begun first.
    Newest,
    /// The earliest begun first.
    Oldest,
    /// The latest changed first.
    Updated,
    /// Those whose customer waits longest first.
    LongestWait,
    /// The longest first.
    MostParts,
}

impl SearchArgs {
    /// The search.
    pub fn params(&self) -> SearchParams {
        SearchParams {
            query: self.words.join(" "),
            timeframe: self.when.timeframe(),
            by: match self.clock {
                SearchClockArg::Created => SearchClock::Created,
                SearchClockArg::Updated => SearchClock::Updated,
                SearchClockArg::Closed => SearchClock::Closed,
                SearchClockArg::FirstReplied => SearchClock::FirstReplied,
            },
            filters: self.filters.meaning(),
            timezone: self.when.tz.clone(),
            sort: self.sort.map(SortArg::meaning),
            limit: if self.count { Some(1) } else { self.limit },
            offset: self.offset,
            cursor: self.cursor.clone(),
            response_format: match self.detailed {
                true => ResponseFormat::Detailed,
                false => ResponseFormat::Concise,
            },
            ..SearchParams::default()
        }
    }
}

impl SortArg {
    fn meaning(self) -> Sort {
        match self {
            Self::Relevance => Sort::Relevance,
            Self::Newest => Sort::Newest,
            Self::Oldest => Sort::Oldest,
            Self::Updated => Sort::Updated,
            Self::LongestWait => Sort::LongestWait,
            Self::MostParts => Sort::MostParts,
        }
    }
}
