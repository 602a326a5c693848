//! Logs: what was done goes into rotating files under the home, and to stderr with `-v`.
//!
//! A log that cannot be written never fails a command: it is said once, and the command goes on. Only our own events
//! are logged below warnings, since libraries log what they send.

mod erase;
mod file;
mod layer;
mod line;
pub mod read;

use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

pub use erase::{count_lines, erase_lines};
pub use file::LogFile;

use crate::clock::Clock;
use crate::config::{Config, LogLevel};
use crate::printer::Printer;
use layer::LogLayer;
use line::Form;

/// Starts logging for the rest of the process. A second start changes nothing.
pub fn start(config: &Config, printer: &Printer, clock: Clock) {
    // It fails when logging is started already, which is what was wanted.
    let _ = subscriber(config, printer, clock).try_init();
}

fn subscriber(config: &Config, printer: &Printer, clock: Clock) -> impl Subscriber + Send + Sync + 'static {
    let form = if config.json_logging { Form::Json } else { Form::Text };
    let complain = printer.clone();
    let file = LogFile::new(&config.home, move |path, error| {
        complain.warn(format!("the log {} cannot be written: {error}; going on without it", path.display()));
    });
    let to_file = LogLayer::new(form, clock, file).with_filter(targets(config.log_level));
    let to_stderr =
        LogLayer::new(form, clock, printer.talk_writer()).with_filter(targets(verbose(printer.verbosity())));
    tracing_subscriber::registry().with(to_file).with(to_stderr)
}

/// What `-v`, `-vv` and `-vvv` show on stderr.
fn verbose(count: u8) -> LogLevel {
    match count {
        0 => LogLevel::Off,
        1 => LogLevel::Info,
        2 => LogLevel::Debug,
        _ => LogLevel::Trace,
    }
}

/// Our own events at a level; those of libraries from warnings on. That of MCP calls it an error when a client hangs up.
fn targets(level: LogLevel) -> Targets {
    let ours = filter(level);
    Targets::new()
        .with_default(ours.min(LevelFilter::WARN))
        .with_target("rmcp::service", LevelFilter::OFF)
        .with_target("fastintercom", ours)
}

fn filter(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;
    use crate::config::{Environment, Flags, Places};
    use crate::printer::Options;

    /// What is in the log file and on stderr after these events.
    fn logged(settings: &[(&str, &str)], verbose: u8, events: impl FnOnce()) -> (String, String) {
        let dir = tempfile::tempdir().unwrap();
        let places = Places { home: Some(dir.path().to_owned()), file: None };
        let environment: Environment = settings.iter().copied().collect();
        let config = Config::load(&places, &Flags::none(), &environment).unwrap();
        let (printer, captured) = Printer::captured(Options { verbose, ..Options::default() });
        let clock = Clock::Fixed("2026-11-21T01:02:03.456Z".parse().unwrap());
        tracing::subscriber::with_default(subscriber(&config, &printer, clock), events);
        (std::fs::read_to_string(dir.path().join("logs/fi.log")).unwrap_or_default(), captured.stderr())
    }

    fn sample() {
        tracing::info!(target: "fastintercom::sync", rows = 150, table = "messages", "committed batch");
        tracing::debug!(target: "fastintercom::sync", "details");
        tracing::info!(target: "hyper", "what was sent");
    }

    #[test]
    fn our_events_go_into_the_file_and_with_verbose_to_stderr() {
        let line = "2026-11-21T01:02:03.456Z INFO sync: committed batch rows=150 table=messages\n";
        assert_eq!(logged(&[], 0, sample), (line.to_owned(), String::new()));
        assert_eq!(logged(&[], 1, sample), (line.to_owned(), line.to_owned()));
        let (file, stderr) = logged(&[("FASTINTERCOM_LOG_LEVEL", "off")], 2, sample);
        assert_eq!((file.as_str(), stderr.lines().count()), ("", 2));
    }

    #[test]
    fn the_file_can_hold_json() {
        let (file, _) = logged(&[("FASTINTERCOM_JSON_LOGGING", "yes")], 0, sample);
        let value: serde_json::Value = serde_json::from_str(&file).unwrap();
        assert_eq!(
            (value["message"].as_str(), value["fields"]["rows"].as_u64()),
            (Some("committed batch"), Some(150))
        );
    }

    #[test]
    fn libraries_are_heard_from_warnings_on_only() {
        let targets = targets(LogLevel::Trace);
        assert!(targets.would_enable("fastintercom::sync", &Level::TRACE));
        assert!(targets.would_enable("h2::codec", &Level::WARN));
        assert!(!targets.would_enable("h2::codec", &Level::INFO));
    }

    #[test]
    fn off_means_off() {
        let targets = targets(LogLevel::Off);
        assert!(!targets.would_enable("fastintercom::sync", &Level::ERROR));
        assert!(!targets.would_enable("h2::codec", &Level::ERROR));
    }
}
