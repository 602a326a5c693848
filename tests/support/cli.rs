//! Runs the built `fi` in a world of its own: empty environment, own home, fixed clock and width. What it printed
//! comes back as one text for snapshots.

use std::fmt;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

/// The time it is in tests.
pub(crate) const NOW: &str = "2026-11-21T12:00:00Z";

/// A token that must not appear anywhere but in `config.toml`.
pub(crate) const CANARY: &str = "canary0token0that0must0not0leak";

/// A world for one test.
pub(crate) struct TestEnv {
    directory: TempDir,
    variables: Vec<(String, String)>,
}

impl TestEnv {
    /// A world with nothing in it: even the home does not exist.
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().expect("a temporary directory"), variables: Vec::new() }
    }

    /// The same world with one more environment variable.
    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }

    /// The directory commands run in.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The home of `fi`.
    pub(crate) fn home(&self) -> PathBuf {
        self.path().join("home")
    }

    /// Writes a file below the directory of this world, private to the user.
    pub(crate) fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a name below the directory")).expect("a directory");
        fs::write(&path, content).expect("a file");
        set_mode(&path, 0o600);
        path
    }

    /// A command that is ready to run, for tests that need more than `fi`.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_fi"), arguments)
    }

    /// The same for the program under one of its names.
    fn command_of(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.args(arguments).current_dir(self.path()).env_clear();
        command.env("HOME", self.path().join("user")).env("USERPROFILE", self.path().join("user"));
        command.env("FASTINTERCOM_HOME", self.home()).env("FASTINTERCOM_NOW", NOW).env("COLUMNS", "100");
        // Windows finds its own libraries through it.
        command.envs(std::env::var_os("SystemRoot").map(|root| ("SystemRoot", root)));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs `fi` to its end.
    pub(crate) fn fi(&self, arguments: &[&str]) -> Run {
        self.finish(self.start(&mut self.command(arguments)))
    }

    /// Runs the same program under its whole name.
    pub(crate) fn fastintercom(&self, arguments: &[&str]) -> Run {
        self.finish(self.start(&mut self.command_of(env!("CARGO_BIN_EXE_fastintercom"), arguments)))
    }

    /// Runs `fi` to its end with this on stdin.
    pub(crate) fn fi_with_stdin(&self, arguments: &[&str], stdin: &str) -> Run {
        let mut child = self.start(self.command(arguments).stdin(Stdio::piped()));
        // A command that does not read its stdin closes it, which is its right.
        let _ = child.stdin.take().expect("stdin is piped").write_all(stdin.as_bytes());
        self.finish(child)
    }

    /// Starts a command.
    pub(crate) fn start(&self, command: &mut Command) -> Child {
        command.spawn().expect("the fi that was built with this test")
    }

    /// Waits for a command to end.
    pub(crate) fn finish(&self, child: Child) -> Run {
        let output = child.wait_with_output().expect("the output of fi");
        Run {
            stdout: self.normal(&output.stdout),
            stderr: self.normal(&output.stderr),
            code: output.status.code(),
        }
    }

    /// Text without what differs from run to run.
    pub(crate) fn normal(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace("fi.exe", "fi");
        let real = fs::canonicalize(self.path()).expect("the directory exists");
        text.replace(&*real.to_string_lossy(), "$DIR").replace(&*self.path().to_string_lossy(), "$DIR")
    }

    /// Fails if the canary token is in any file of this world but `config.toml`, or in what was printed.
    pub(crate) fn assert_no_canary(&self, runs: &[Run]) {
        for run in runs {
            assert!(!run.to_string().contains(CANARY), "the token was printed:\n{run}");
        }
        for file in files_below(self.path()) {
            let content = fs::read(&file).expect("a file of this world");
            let found = content.windows(CANARY.len()).any(|window| window == CANARY.as_bytes());
            let allowed = file.file_name().is_some_and(|name| name == "config.toml");
            assert!(allowed || !found, "the token is in {}", file.display());
        }
    }
}

/// Sets the rights of a file, where there are any.
pub(crate) fn set_mode(path: &Path, mode: u32) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("rights can be set");
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
}

/// All files below a directory, in order.
pub(crate) fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        let Ok(entries) = fs::read_dir(&directory) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            if path.is_dir() { directories.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

/// What a run of `fi` left.
pub(crate) struct Run {
    /// The data.
    pub(crate) stdout: String,
    /// The talk.
    pub(crate) stderr: String,
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
}

impl Run {
    /// The one JSON document on stdout.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON: {error}\n{self}"))
    }

    /// The error object on stderr, which comes last.
    pub(crate) fn error(&self) -> serde_json::Value {
        let line = self.stderr.lines().last().unwrap_or_default();
        let value: serde_json::Value =
            serde_json::from_str(line).unwrap_or_else(|error| panic!("stderr is no JSON: {error}\n{self}"));
        value["error"].clone()
    }

    /// All that was printed, with `#` for measured times and sizes, which depend on the machine.
    pub(crate) fn steady(&self) -> String {
        const UNITS: &[&str] = &["s", "ms", "min", "h", "kB", "MB", "GB", "bytes"];
        let text = self.to_string();
        let lines = text.lines().map(|line| {
            let mut words: Vec<&str> = line.split(' ').collect();
            for index in 1..words.len() {
                let unit = words[index].trim_end_matches([',', ';', ')', ':']);
                let number = words[index - 1].trim_start_matches('(');
                let is_number =
                    number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',');
                if UNITS.contains(&unit) && is_number && !number.is_empty() {
                    words[index - 1] = if words[index - 1].starts_with('(') { "(#" } else { "#" };
                }
            }
            words.join(" ") + "\n"
        });
        lines.collect()
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or_else(|| String::from("none"), |code| code.to_string());
        write!(f, "exit code: {code}\n--- stdout ---\n{}--- stderr ---\n{}", self.stdout, self.stderr)
    }
}
