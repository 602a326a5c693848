//! The arguments of `fi mcp`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Serve Claude and other MCP clients over stdin and stdout
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "Clients start it themselves: `fi mcp install` tells them how. It keeps the lake up to date while it \
                  runs, and answers from what is held when there is no token.\n\nExamples:\n  fi mcp install --client \
                  claude-desktop\n  claude mcp add fastintercom -- fi mcp\n  fi mcp"
)]
pub struct McpArgs {
    /// What to do; nothing serves.
    #[command(subcommand)]
    pub command: Option<McpCommand>,
}

/// What to do about clients.
#[derive(Debug, Clone, Subcommand)]
pub enum McpCommand {
    /// Tell a client how to start this server
    Install(McpInstallArgs),
}

/// Tell a client how to start this server
#[derive(Debug, Clone, Args)]
#[command(
    after_help = "The file is changed only where it names this server; what was there is kept beside it, in a file \
                  that ends in .bak. The token stays in the home, and is not written into the client's file.\n\nWith \
                  --json it prints one document: client, file, backup, action (added, changed, unchanged, removed, \
                  absent, printed), entry.\n\nExamples:\n  fi mcp install --client claude-desktop\n  fi mcp install \
                  --client cursor --print\n  fi mcp install --client vscode --uninstall"
)]
pub struct McpInstallArgs {
    /// Which client
    #[arg(long, value_name = "CLIENT")]
    pub client: McpClientArg,
    /// The name of the server in the client's settings
    #[arg(long, value_name = "NAME", default_value = "fastintercom")]
    pub name: String,
    /// Change this file instead of the client's usual one
    #[arg(long, value_name = "FILE")]
    pub file: Option<PathBuf>,
    /// Show what would be written, and write nothing
    #[arg(long, conflicts_with = "uninstall")]
    pub print: bool,
    /// Take the server out again
    #[arg(long)]
    pub uninstall: bool,
}

/// A client of the Model Context Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum McpClientArg {
    /// Claude Desktop
    ClaudeDesktop,
    /// Claude Code, for all projects of this user
    ClaudeCode,
    /// Cursor, for all projects of this user
    Cursor,
    /// Visual Studio Code, for all workspaces of this user
    Vscode,
}
