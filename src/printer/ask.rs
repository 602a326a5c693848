//! Questions to the person at the terminal. Asked only where one is there; commands have a flag for everything asked.

use std::io::{self, BufRead, Read};

use secrecy::SecretString;

use super::Printer;

/// More than any token has; a larger input is a mistake.
const LONGEST_SECRET: u64 = 64 << 10;

impl Printer {
    /// Whether someone is there to answer: stdin and stderr are terminals and the output is not for a program.
    pub fn can_ask(&self) -> bool {
        self.0.looks.can_ask && !self.is_json() && !self.is_quiet()
    }

    /// Asks a yes-or-no question; only `y` or `yes` means yes.
    pub fn confirm(&self, question: &str) -> io::Result<bool> {
        let answer = self.ask(&format!("{question} [y/N]"))?;
        Ok(matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"))
    }

    /// Asks a question whose answer is yes for most: Enter means it, and anything but `n` or `no`.
    pub fn confirm_usual(&self, question: &str) -> io::Result<bool> {
        let answer = self.ask(&format!("{question} [Y/n]"))?;
        Ok(!matches!(answer.to_ascii_lowercase().as_str(), "n" | "no"))
    }

    /// Asks for a line of text.
    pub fn ask(&self, question: &str) -> io::Result<String> {
        self.say(&format!("{question} "));
        let mut answer = String::new();
        if io::stdin().lock().read_line(&mut answer)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(answer.trim().to_owned())
    }

    /// Asks for a secret, without echo.
    pub fn ask_secret(&self, question: &str) -> io::Result<SecretString> {
        self.say(&format!("{question} "));
        rpassword::read_password().map(|answer| SecretString::from(answer.trim().to_owned()))
    }

    /// Reads a secret from stdin, for `--token-stdin`.
    pub fn read_secret(&self) -> io::Result<SecretString> {
        let mut text = String::new();
        io::stdin().lock().take(LONGEST_SECRET).read_to_string(&mut text)?;
        Ok(SecretString::from(text.trim().to_owned()))
    }
}
