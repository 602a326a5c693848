//! The clients that can be told of the server, and where they keep their settings.

use std::path::PathBuf;

use crate::cli::McpClientArg;
use crate::config::Environment;
use crate::error::CommandError;

/// A client.
#[derive(Debug)]
pub(super) struct Client {
    /// Its name on the command line.
    pub(super) name: &'static str,
    /// Its name.
    pub(super) title: &'static str,
    /// What its settings call servers.
    pub(super) key: &'static str,
    /// Whether an entry says that it is about stdin and stdout.
    pub(super) names_the_transport: bool,
    /// What makes it read its settings.
    pub(super) afterwards: &'static str,
    argument: McpClientArg,
    place: Place,
}

/// Where settings are.
#[derive(Debug, Clone, Copy)]
enum Place {
    /// Below the user's home, on every system.
    Home(&'static str),
    /// Where the system keeps settings of applications.
    Applications(&'static str),
}

const CLIENTS: &[Client] = &[
    Client {
        name: "claude-desktop",
        title: "Claude Desktop",
        key: "mcpServers",
        names_the_transport: false,
        afterwards: "Quit Claude Desktop and start it again",
        argument: McpClientArg::ClaudeDesktop,
        place: Place::Applications("Claude/claude_desktop_config.json"),
    },
    Client {
        name: "claude-code",
        title: "Claude Code",
        key: "mcpServers",
        names_the_transport: true,
        afterwards: "Sessions that begin now know it; /mcp shows it",
        argument: McpClientArg::ClaudeCode,
        place: Place::Home(".claude.json"),
    },
    Client {
        name: "cursor",
        title: "Cursor",
        key: "mcpServers",
        names_the_transport: false,
        afterwards: "Switch it on in Cursor's settings under MCP",
        argument: McpClientArg::Cursor,
        place: Place::Home(".cursor/mcp.json"),
    },
    Client {
        name: "vscode",
        title: "Visual Studio Code",
        key: "servers",
        names_the_transport: true,
        afterwards: "Start it with `MCP: List Servers` in the command palette",
        argument: McpClientArg::Vscode,
        place: Place::Applications("Code/User/mcp.json"),
    },
];

impl Client {
    /// The client of an argument.
    pub(super) fn of(argument: McpClientArg) -> &'static Self {
        let found = CLIENTS.iter().find(|client| client.argument == argument);
        found.expect("the list has every client of the command line, as a test sees to")
    }

    /// Its settings.
    pub(super) fn file(&self, environment: &Environment) -> Result<PathBuf, CommandError> {
        let (directory, file) = match self.place {
            Place::Home(file) => (home(environment), file),
            Place::Applications(file) => (applications(environment), file),
        };
        directory.map(|directory| directory.join(file)).ok_or_else(|| {
            CommandError::failed(format!("it is not known where {} keeps its settings here", self.title))
                .hint("name the file: --file FILE")
        })
    }
}

fn home(environment: &Environment) -> Option<PathBuf> {
    let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    environment.get(name).map(PathBuf::from)
}

fn applications(environment: &Environment) -> Option<PathBuf> {
    if cfg!(windows) {
        return environment.get("APPDATA").map(PathBuf::from);
    }
    let home = home(environment)?;
    if cfg!(target_os = "macos") {
        return Some(home.join("Library/Application Support"));
    }
    Some(environment.get("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from))
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn every_client_of_the_command_line_is_known_by_its_name() {
        for argument in McpClientArg::value_variants() {
            let name = argument.to_possible_value().unwrap().get_name().to_owned();
            assert_eq!(Client::of(*argument).name, name);
        }
    }
}
