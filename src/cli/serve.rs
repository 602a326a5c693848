//! The arguments of `fi serve` and of `fi keys`.

use clap::{Args, Subcommand};

use crate::config::Flags;
use crate::server::http::{SCOPES, Scope};

/// Serve MCP clients and programs over HTTP
#[derive(Debug, Clone, Default, Args)]
#[command(
    after_help = "MCP clients use http://HOST:PORT/mcp, programs POST arguments to /tools/NAME or use /api/v1, which /api \
                  shows; /health and /ready tell how it is. It keeps the lake up to date while it runs. Without a key of \
                  `fi keys add` it listens on this machine only.\n\nWith --json it prints one document when it is ready: url, \
                  mcp.\n\nExamples:\n  fi serve\n  fi serve --host 0.0.0.0 --port 8443 --tls-cert cert.pem --tls-key key.pem\n  \
                  claude mcp add --transport http fastintercom http://localhost:8000/mcp"
)]
pub struct ServeArgs {
    /// Listen on this address [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS")]
    pub host: Option<String>,
    /// Listen on this port; 0 picks a free one [default: 8000]
    #[arg(short, long, value_name = "PORT")]
    pub port: Option<u16>,
    /// Also be reached by this name
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    pub allowed_host: Vec<String>,
    /// Let pages of this origin ask
    #[arg(long, value_name = "ORIGIN", value_delimiter = ',')]
    pub allowed_origin: Vec<String>,
    /// Answer over HTTPS, with this certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_cert: Option<String>,
    /// The private key of that certificate (PEM)
    #[arg(long, value_name = "FILE")]
    pub tls_key: Option<String>,
    /// How lines of the log look, in the file and with -v: text or json [default: text]
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json"], hide_possible_values = true)]
    pub log_format: Option<String>,
}

impl ServeArgs {
    /// What they say about settings.
    pub fn flags(&self) -> Flags {
        let list = |items: &[String]| (!items.is_empty()).then(|| items.join(","));
        Flags::none()
            .with("serve_host", "--host", self.host.as_ref())
            .with("serve_port", "--port", self.port)
            .with("allowed_hosts", "--allowed-host", list(&self.allowed_host))
            .with("tls_cert", "--tls-cert", self.tls_cert.as_ref())
            .with("tls_key", "--tls-key", self.tls_key.as_ref())
            .with("json_logging", "--log-format", self.log_format.as_ref().map(|format| format == "json"))
            .with("allowed_origins", "--allowed-origin", list(&self.allowed_origin))
    }
}

/// Make, list and revoke the keys of `fi serve`
#[derive(Debug, Clone, Args)]
#[command(
    arg_required_else_help = false,
    after_help = "A key is shown once, when it is made; the home keeps only a hash of it. A running server takes notice of \
                  changes at the next request.\n\nWith --json its commands print one document each.\n\nExamples:\n  fi keys add support-bot\n  fi keys add nightly --scope sync\n  \
                  fi keys list --json\n  fi keys revoke support-bot"
)]
pub struct KeysArgs {
    /// What to do.
    #[command(subcommand)]
    pub command: KeysCommand,
}

/// What to do about keys.
#[derive(Debug, Clone, Subcommand)]
pub enum KeysCommand {
    /// Make a key and show it, this once
    #[command(
        after_help = "With --json it prints one document: name, scopes, key.\n\nExamples:\n  fi keys add support-bot\n  fi \
                      keys add analyst --scope read,query"
    )]
    Add {
        /// Whose it is
        name: String,
        /// What it may be used for: read, query (SQL), sync, metrics, admin (everything)
        #[arg(long, value_name = "SCOPE", value_delimiter = ',', value_parser = scope, default_value = "read")]
        scope: Vec<Scope>,
    },
    /// Show which there are
    #[command(
        visible_alias = "ls",
        after_help = "With --json it prints one document: keys (each with name, scopes, created_at).\n\nExamples:\n  fi keys \
                      list"
    )]
    List,
    /// Make a key useless
    #[command(
        after_help = "With --json it prints one document: revoked.\n\nExamples:\n  fi keys revoke support-bot"
    )]
    Revoke {
        /// Whose it is
        name: String,
    },
}

fn scope(text: &str) -> Result<Scope, String> {
    let found = SCOPES.iter().find(|scope| scope.name() == text);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = SCOPES.iter().map(|scope| scope.name()).collect();
        format!("there are {}", names.join(", "))
    })
}
