//! How soon the shell of `fi query` is there and obeys, and how fast rows are written beside the duckdb package for
//! Python.
//!
//! `cargo bench --bench shell` asks a lake of 40,000 conversations; `-- --conversations 1000000` a million, whose
//! making takes a quarter of an hour and 6 GB of disk once; `-- --home DIR` one that is there. Rows are compared
//! with `COPY` where `FI_TEST_PYTHON` names a Python with duckdb. Linux only. Figures are printed, never asserted: they
//! depend on the machine.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a benchmark prints and may fail"
)]

#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "shared with another benchmark, which uses more of it")]
#[path = "../query/lake.rs"]
mod lake;
#[cfg(target_os = "linux")]
mod measure;
#[cfg(target_os = "linux")]
#[allow(dead_code, reason = "shared with the tests, which use more of it")]
#[path = "../../tests/support"]
mod support {
    pub(crate) mod cli;
    pub(crate) mod terminal;
}

#[cfg(target_os = "linux")]
fn main() {
    let home = lake::after("--home").map_or_else(lake::asked_for, std::path::PathBuf::from);
    measure::prompt(&home);
    measure::interrupts(&home);
    measure::rows(&home);
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("skipped: it needs a terminal as Linux makes them");
}
