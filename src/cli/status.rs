//! The arguments of `fi status`.

use clap::Args;

/// Show what is there and how fresh it is
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "Months and days are those of the workspace's time zone. A day is complete when every conversation \
                  that began in it is held, as Intercom had it at the last sync. Nobody is asked: it reads files \
                  only, but for --url, which asks a running `fi serve`; its key comes from FASTINTERCOM_API_KEY, the \
                  setting api_key or stdin.\n\n\
                  With --json it prints one document: home, is_demo, workspace (id, name, region, timezone), lake \
                  (conversations, messages, contacts, rows of each table, bytes, files, partitions, \
                  partitioned_by, first_created_at, last_created_at, without_thread, generation), coverage (from, \
                  to, as_of), freshness (data_as_of, age_seconds, is_stale, last_run), runs, unfinished, \
                  failures, failure_count, forgotten_count, lock (pid, purpose, since), timezone, months and days \
                  (the last sixty; each with starts_on, conversations, coverage: complete, partial or none), sizes \
                  (lake_bytes, index_bytes, spool_bytes, log_bytes), next_sync (command, every_minutes, due_at, \
                  is_due). With --url it is: url, ready, server and data, which are the answers of /ready, \
                  get_server_status and get_data_info.\n\nExamples:\n  fi status\n  fi status --json\n  \
                  fi status --url https://fi.example.com"
)]
pub struct StatusArgs {
    /// The server to ask.
    #[arg(
        help = "Ask a running `fi serve` at this address, like https://fi.example.com",
        long,
        value_name = "URL"
    )]
    pub url: Option<String>,
    /// Read its key from stdin
    #[arg(long, requires = "url")]
    pub key_stdin: bool,
}
