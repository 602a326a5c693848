//! The program: read the command line, run it, say what failed, end with the exit code that tells how.

use std::ffi::OsString;
use std::process::ExitCode;

use fastintercom::cli::{self, Cli, UsageError};
use fastintercom::cmd::{self, Setup};
use fastintercom::config::{Environment, private};
use fastintercom::error::Kind;
use fastintercom::printer::Printer;
use fastintercom::program;
use fastintercom::worker;

/// Returns memory soon after it was freed: a sync frees in one thread what another allocated, and the allocators of
/// some systems keep all of that. DuckDB, which is not Rust, allocates with it too where it takes `malloc`'s place: a
/// question costs a sixth less.
#[cfg(all(unix, not(target_env = "musl")))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Few arenas, and a fifth of a second until freed memory goes back. jemalloc reads this under this name.
#[cfg(all(unix, not(target_env = "musl")))]
#[allow(unsafe_code, reason = "the only way to set it in the program; a name is exported and nothing else")]
#[cfg_attr(target_vendor = "apple", unsafe(export_name = "_rjem_malloc_conf"))]
#[cfg_attr(not(target_vendor = "apple"), unsafe(export_name = "malloc_conf"))]
static ALLOCATOR_OPTIONS: Option<&'static std::ffi::c_char> = Some(unsafe {
    // A C string is a pointer to its first byte.
    &*c"narenas:2,dirty_decay_ms:200,muzzy_decay_ms:0".as_ptr()
});

pub(crate) fn main() -> ExitCode {
    // Before anything else: what is there already could not be confined.
    if std::env::args_os().nth(1).is_some_and(|argument| argument == worker::ARGUMENT) {
        return worker::run_child();
    }
    private::restrict_process();
    let environment = Environment::from_process();
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if let Some(called) = arguments.first() {
        program::remember(called);
    }
    match cli::parse(&arguments) {
        Ok(cli) => run(cli, environment),
        Err(error) => explain(error, &Printer::new(cli::output_asked_for(&arguments), &environment)),
    }
}

fn run(cli: Cli, environment: Environment) -> ExitCode {
    let setup = Setup::new(&cli, environment);
    match cmd::run(&setup, cli.command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if setup.printer.reader_is_gone() => ExitCode::SUCCESS,
        Err(error) => {
            setup.printer.error(&error);
            error.kind().into()
        }
    }
}

/// Shows help, or what is wrong with the command line.
fn explain(error: UsageError, printer: &Printer) -> ExitCode {
    if error.is_help() {
        // Whoever asked for help and does not read it is no failure.
        let _ = printer.data(error.text(printer.look().colour));
        return ExitCode::SUCCESS;
    }
    if printer.is_json() {
        printer.error(&error.into());
    } else {
        printer.talk(error.text(printer.talk_look().colour));
    }
    Kind::Usage.into()
}
