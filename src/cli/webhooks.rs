//! The arguments of `fi webhooks`.

use clap::{Args, Subcommand};

/// Let Intercom tell `fi serve` of changes, so that they are here within seconds
#[derive(Debug, Clone, Args)]
#[command(
    arg_required_else_help = false,
    after_help = "Without webhooks everything arrives too, with the next sync.\n\nWith --json its command prints one document.\n\nExamples:\n  \
                  fi webhooks check\n  fi webhooks check --url https://fi.example.com/webhooks/intercom"
)]
pub struct WebhooksArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: WebhooksCommand,
}

/// What to do about webhooks.
#[derive(Debug, Clone, Subcommand)]
pub enum WebhooksCommand {
    /// Tell how to set webhooks up, and try whether a server takes them
    Check(WebhooksCheckArgs),
}

/// Tell how to set webhooks up, and try whether a server takes them
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "It asks the server as Intercom does: whether it is there, with a ping signed with the secret of the \
                  settings, and with a forged one, which must be refused.\n\nWith --json it prints one document: url, is_ok, \
                  checks (each with name, level: ok, warn, fail, skip; message, hint), topics (each with permission, \
                  topics).\n\nExamples:\n  fi webhooks check\n  fi webhooks check --url https://fi.example.com"
)]
pub struct WebhooksCheckArgs {
    /// Try the server at this address [default: the one `fi serve` would have here]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}
