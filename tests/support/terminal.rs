//! A terminal of its own for a program: a real pseudo-terminal, which `script` of util-linux makes, and a screen that
//! shows what a person would see. Linux only.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::cli::TestEnv;

/// How long something may take to appear: far longer than it ever does.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a program asks the terminal when it wants to know where the cursor is.
const WHERE: &[u8] = b"\x1b[6n";

/// Keys that have no letter.
pub(crate) const ENTER: &str = "\r";
pub(crate) const TAB: &str = "\t";
pub(crate) const UP: &str = "\x1b[A";
pub(crate) const CTRL_C: &str = "\x03";
pub(crate) const CTRL_D: &str = "\x04";

/// A terminal with `fi` in it.
pub(crate) struct Terminal {
    child: Child,
    keyboard: Arc<Mutex<ChildStdin>>,
    shown: Arc<(Mutex<Shown>, Condvar)>,
    /// The file with the name of the terminal.
    name: PathBuf,
    /// The file with the number of the program's process.
    process: PathBuf,
}

struct Shown {
    parser: vt100::Parser,
    is_over: bool,
}

impl Terminal {
    /// Runs `fi` on a terminal of that many rows and columns.
    pub(crate) fn open(env: &TestEnv, arguments: &[&str], rows: u16, columns: u16) -> Self {
        let (name, process) = (env.path().join("terminal"), env.path().join("process"));
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
        let (name_quoted, process_quoted) =
            (quoted(&name.to_string_lossy()), quoted(&process.to_string_lossy()));
        let mut line = format!(
            "stty rows {rows} cols {columns}; tty > {name_quoted}; echo $$ > {process_quoted}; exec "
        );
        line.push_str(&quoted(env!("CARGO_BIN_EXE_fi")));
        for argument in arguments {
            line.push_str(&format!(" {}", quoted(argument)));
        }
        let mut command = Command::new("script");
        command.args(["-q", "-e", "-f", "-c", &line, "/dev/null"]).current_dir(env.path()).env_clear();
        for (name, value) in env.command(&[]).get_envs().filter_map(|(name, value)| Some((name, value?))) {
            command.env(name, value);
        }
        command
            .env_remove("COLUMNS")
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("SHELL", "/bin/sh");
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("script of util-linux");
        let keyboard = Arc::new(Mutex::new(child.stdin.take().expect("stdin is piped")));
        let shown = Shown { parser: vt100::Parser::new(rows, columns, 0), is_over: false };
        let shown = Arc::new((Mutex::new(shown), Condvar::new()));
        let output = child.stdout.take().expect("stdout is piped");
        std::thread::spawn({
            let (keyboard, shown) = (Arc::clone(&keyboard), Arc::clone(&shown));
            move || show(output, &keyboard, &shown)
        });
        Self { child, keyboard, shown, name, process }
    }

    /// Presses keys.
    pub(crate) fn press(&self, keys: &str) {
        let mut keyboard = self.keyboard.lock().expect("nobody failed with it");
        keyboard.write_all(keys.as_bytes()).and_then(|()| keyboard.flush()).expect("the terminal is there");
    }

    /// Types a line and ends it.
    pub(crate) fn enter(&self, line: &str) {
        self.press(&format!("{line}{ENTER}"));
    }

    /// Waits until the screen shows something, and gives all of it.
    pub(crate) fn wait_for(&self, text: &str) -> String {
        self.wait_until(&format!("it shows {text:?}"), |screen| screen.contains(text))
    }

    /// Waits until the screen is as it should be.
    pub(crate) fn wait_until(&self, what: &str, is: impl Fn(&str) -> bool) -> String {
        let (shown, changed) = &*self.shown;
        let end = Instant::now() + PATIENCE;
        let mut shown = shown.lock().expect("nobody failed with it");
        loop {
            let screen = shown.parser.screen().contents();
            if is(&screen) {
                return screen;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || shown.is_over {
                drop(shown);
                panic!("waited until {what}, but the screen is\n{screen}");
            }
            shown = changed.wait_timeout(shown, left).expect("nobody failed with it").0;
        }
    }

    /// Waits for an empty prompt at the end of the screen.
    pub(crate) fn wait_for_prompt(&self) -> String {
        self.wait_until("there is a prompt", |screen| screen.trim_end().ends_with("fi>"))
    }

    /// Clears the screen and waits for the prompt.
    pub(crate) fn clear(&self) {
        self.press("\x0c");
        self.wait_until("there is only a prompt", |screen| screen.trim() == "fi>");
    }

    /// Enters a line on a clear screen and waits for an answer with this text, which the line itself must not have, and
    /// for the next prompt.
    pub(crate) fn ask(&self, line: &str, expected: &str) -> String {
        assert!(!line.contains(expected), "{expected:?} is there before any answer");
        self.clear();
        self.enter(line);
        let is_answered = |screen: &str| screen.contains(expected) && screen.trim_end().ends_with("fi>");
        self.wait_until(&format!("{line:?} is answered with {expected:?}"), is_answered)
    }

    /// Takes back what was typed.
    pub(crate) fn take_back(&self) {
        self.press(CTRL_C);
        self.wait_for_prompt();
    }

    /// Gives it another size, as a window manager does.
    pub(crate) fn resize(&self, rows: u16, columns: u16) {
        let name = std::fs::read_to_string(&self.name).expect("the terminal has a name");
        let (rows_text, columns_text) = (rows.to_string(), columns.to_string());
        let mut stty = Command::new("stty");
        stty.args(["-F", name.trim(), "rows", &rows_text, "cols", &columns_text]);
        self.shown.0.lock().expect("nobody failed with it").parser.screen_mut().set_size(rows, columns);
        assert!(stty.status().expect("stty").success());
    }

    /// Asks the program to end.
    pub(crate) fn terminate(&self) {
        let process = std::fs::read_to_string(&self.process).expect("the program has a number");
        let mut kill = Command::new("kill");
        assert!(kill.args(["-TERM", process.trim()]).status().expect("kill").success());
    }

    /// Waits until the program has ended, and gives its exit code.
    pub(crate) fn end(mut self) -> Option<i32> {
        self.child.wait().expect("the program ends").code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A test that failed leaves nothing running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Draws what comes, and answers when the program asks where the cursor is.
fn show(mut output: impl Read, keyboard: &Mutex<ChildStdin>, shown: &(Mutex<Shown>, Condvar)) {
    let mut waiting: Vec<u8> = Vec::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = output.read(&mut buffer) {
        waiting.extend_from_slice(&buffer[..count]);
        while let Some(at) = waiting.windows(WHERE.len()).position(|bytes| bytes == WHERE) {
            let before: Vec<u8> = waiting.drain(..at + WHERE.len()).collect();
            let (row, column) = draw(shown, &before[..at]);
            let answer = format!("\x1b[{};{}R", row + 1, column + 1);
            // A program that has ended waits for no answer.
            let _ = keyboard.lock().expect("nobody failed with it").write_all(answer.as_bytes());
        }
        // The beginning of a question may be at the end of what has come.
        let kept = (1..WHERE.len()).rev().find(|length| waiting.ends_with(&WHERE[..*length])).unwrap_or(0);
        let complete: Vec<u8> = waiting.drain(..waiting.len() - kept).collect();
        draw(shown, &complete);
    }
    shown.0.lock().expect("nobody failed with it").is_over = true;
    shown.1.notify_all();
}

fn draw((shown, changed): &(Mutex<Shown>, Condvar), bytes: &[u8]) -> (u16, u16) {
    let mut shown = shown.lock().expect("nobody failed with it");
    shown.parser.process(bytes);
    changed.notify_all();
    shown.parser.screen().cursor_position()
}
