//! The processes that are measured: a stand-in for Intercom, and `fi serve` over a lake that was synced from it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::process::Serving;

/// The built program.
const FI: &str = env!("CARGO_BIN_EXE_fi");

/// A stand-in, a home that was synced from it, and its keys.
pub(crate) struct World {
    standin: Child,
    api_url: String,
    home: tempfile::TempDir,
    pub(crate) keys: Vec<String>,
}

impl World {
    /// With so many conversations, and so many keys that may read and query; one more may sync.
    pub(crate) fn new(conversations: u32, keys: usize) -> Self {
        let home = tempfile::tempdir().unwrap();
        let arguments = ["demo", "serve", "--port", "0", "--days", "365", "--conversations"];
        let mut standin = Command::new(FI)
            .args(arguments)
            .arg(conversations.to_string())
            .env_clear()
            .env("HOME", home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut api_url = String::new();
        BufReader::new(standin.stdout.take().unwrap()).read_line(&mut api_url).unwrap();
        let mut world = Self { standin, api_url: api_url.trim().to_owned(), home, keys: Vec::new() };
        let synced = world.fi(&["sync", "-q"]).status().unwrap();
        assert!(synced.success());
        world.keys = (0..keys).map(|number| world.key(&format!("client-{number}"), "read,query")).collect();
        world
    }

    /// A key of a name and scopes.
    pub(crate) fn key(&self, name: &str, scopes: &str) -> String {
        let made = self.fi(&["keys", "add", name, "--scope", scopes, "-q"]).stdout(Stdio::piped()).output();
        String::from_utf8(made.unwrap().stdout).unwrap().trim().to_owned()
    }

    fn fi(&self, arguments: &[&str]) -> Command {
        let home = self.home.path();
        let mut command = Command::new(FI);
        command.args(arguments).env_clear().env("HOME", home).env("FASTINTERCOM_HOME", home);
        command.env("FASTINTERCOM_API_URL", &self.api_url).env("INTERCOM_ACCESS_TOKEN", "demo");
        // All connections come from here.
        command.env("FASTINTERCOM_MAX_CONNECTIONS_PER_ADDRESS", "100000");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// The server, with more settings.
    pub(crate) fn serve(&self, settings: &[(&str, &str)]) -> Serving {
        Serving::of(self.fi(&["serve", "--port", "0", "--json"]).envs(settings.iter().copied()))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        let _ = self.standin.kill();
        let _ = self.standin.wait();
    }
}
