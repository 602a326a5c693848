//! The keyboard while a query runs: what is typed is neither shown nor lost, and Ctrl-C still interrupts.
//!
//! The editor leaves the terminal as it found it, and that echoes what is typed into the answer and makes a line feed of
//! Enter, at which the editor would later drop whatever was typed behind it.

/// Keeps the keyboard quiet until it is dropped.
pub(super) struct Quiet {
    #[cfg(unix)]
    before: Option<rustix::termios::Termios>,
}

impl Quiet {
    /// From now on. A terminal that cannot be told stays as it is.
    #[cfg(unix)]
    pub(super) fn begin() -> Self {
        use rustix::termios::{InputModes, LocalModes, OptionalActions, tcgetattr, tcsetattr};
        let before = tcgetattr(std::io::stdin()).ok();
        if let Some(before) = &before {
            let mut quiet = before.clone();
            quiet.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON);
            quiet.input_modes.remove(InputModes::ICRNL);
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, &quiet);
        }
        Self { before }
    }

    /// From now on.
    #[cfg(not(unix))]
    pub(super) fn begin() -> Self {
        Self {}
    }
}

#[cfg(unix)]
impl Drop for Quiet {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        if let Some(before) = &self.before {
            let _ = tcsetattr(std::io::stdin(), OptionalActions::Now, before);
        }
    }
}
