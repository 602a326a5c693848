//! The same program under its whole name: in bash, zsh and sh a line cannot begin with the word `fi`, which ends an `if`.

#[path = "../main.rs"]
mod program;

use std::process::ExitCode;

fn main() -> ExitCode {
    program::main()
}
