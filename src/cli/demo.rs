//! The arguments of `fi demo` and `fi demo serve`.

use clap::{Args, Subcommand};

/// Try everything on a made-up company, without an account
#[derive(Debug, Clone, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "It starts a stand-in for Intercom's API on this machine, syncs it into a lake of its own and shows \
                  what is in it. Another run finds what happened there since.\n\n\
                  With --json it prints one document: home, api_url, conversations, messages, contacts, requests, \
                  seconds, lake_bytes, is_first, new_count, changed_count, deleted_count, outcome, answers \
                  (weekly_volume, busiest_tags, median_first_response_seconds, answered_count), next.\n\nExamples:\n  fi demo\n  fi demo --conversations 20000 --days 365\n  fi demo --fresh\n  \
                  fi demo serve --port 8080"
)]
pub struct DemoArgs {
    /// The company to make up.
    #[command(flatten)]
    pub workspace: DemoWorkspaceArgs,
    /// Start over instead of going on with the demo that is there
    #[arg(long)]
    pub fresh: bool,
    /// Other things the demo can do.
    #[command(subcommand)]
    pub command: Option<DemoCommand>,
}

/// The company to make up; the same numbers make the same company on every machine
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Args)]
pub struct DemoWorkspaceArgs {
    /// Make up this many conversations [default: 2000]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    pub conversations: Option<u32>,
    /// Spread them over this many days [default: 120]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    pub days: Option<u32>,
    /// Make up a different company for each seed [default: 7]
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// The numbers a company is made up from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoNumbers {
    /// Conversations.
    pub conversations: u32,
    /// Days they are spread over.
    pub days: u32,
    /// What chance starts from.
    pub seed: u64,
}

impl Default for DemoNumbers {
    fn default() -> Self {
        Self { conversations: 2_000, days: 120, seed: 7 }
    }
}

impl DemoWorkspaceArgs {
    /// These numbers, except where others were given.
    pub fn or(&self, others: DemoNumbers) -> DemoNumbers {
        DemoNumbers {
            conversations: self.conversations.unwrap_or(others.conversations),
            days: self.days.unwrap_or(others.days),
            seed: self.seed.unwrap_or(others.seed),
        }
    }
}

/// Other things the demo can do.
#[derive(Debug, Clone, Subcommand)]
pub enum DemoCommand {
    /// Serve the stand-in API until interrupted, for tests and tools
    Serve(DemoServeArgs),
}

/// Serve the stand-in API until interrupted, for tests and tools
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "With --json it prints one document when it is ready: api_url, workspace, conversations, \
                  any_token, pid.\n\nExamples:\n  fi demo serve --port 8080\n  \
                  fi demo serve --port 0 --rate-limit 50 --latency-ms 200 --json\n\nConnect with:\n  \
                  FASTINTERCOM_API_URL=http://127.0.0.1:8080 INTERCOM_ACCESS_TOKEN=demo fi sync\n\nLet a customer \
                  reply, with webhooks to a server of `fi serve`:\n  fi demo serve --webhook-url \
                  http://127.0.0.1:8000/webhooks/intercom --webhook-secret not-so-secret-at-all\n  curl -H \
                  'Authorization: Bearer demo' --json '{\"type\":\"user\",\"message_type\":\"comment\",\"body\":\"It works\"}' \
                  http://127.0.0.1:8080/conversations/ID/reply"
)]
pub struct DemoServeArgs {
    /// Listen on this port of this machine; 0 picks a free one
    #[arg(short, long, value_name = "PORT", default_value_t = 8080)]
    pub port: u16,
    /// The company to make up.
    #[command(flatten)]
    pub workspace: DemoWorkspaceArgs,
    /// Accept only this access token [default: any]
    #[arg(long, value_name = "TOKEN")]
    pub token: Option<String>,
    /// Allow this many requests in ten seconds, as Intercom does [default: any number]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub rate_limit: Option<u32>,
    /// Answer each request only after this many milliseconds
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    pub latency_ms: u64,
    /// Let changes appear in searches only after this many seconds
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=3600))]
    pub index_lag_seconds: u64,
    /// Misbehave in these ways, each with how often, such as http_500=0.05,reset=1/50; mixed=0.1 is all of them
    #[arg(long, value_name = "FAULT,…")]
    pub faults: Option<String>,
    /// Tell this address of changes, as Intercom's webhooks do
    #[arg(long, value_name = "URL", requires = "webhook_secret")]
    pub webhook_url: Option<String>,
    /// Sign what it is told with this client secret
    #[arg(long, value_name = "SECRET", requires = "webhook_url")]
    pub webhook_secret: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::super::tests::typed;
    use super::super::{Cli, Command};
    use super::*;

    fn args(line: &str) -> DemoArgs {
        match typed(line).unwrap() {
            Cli { command: Some(Command::Demo(args)), .. } => args,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_demo_has_its_documented_defaults() {
        let args = args("fi demo");
        let numbers = args.workspace.or(DemoNumbers::default());
        assert_eq!(numbers, DemoNumbers { conversations: 2000, days: 120, seed: 7 });
        assert!(args.command.is_none() && !args.fresh);
    }

    #[test]
    fn serving_takes_its_own_arguments() {
        let Some(DemoCommand::Serve(serve)) = args("fi demo serve --port 0 --days 3 --faults a,b").command
        else {
            panic!("not serve")
        };
        assert_eq!((serve.port, serve.workspace.days, serve.faults.as_deref()), (0, Some(3), Some("a,b")));
        assert!(typed("fi demo --days 3 serve").is_err());
    }
}
