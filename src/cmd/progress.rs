//! Shows a sync while it runs: bars with rate, time left and the part of the rate limit in use on a terminal, a
//! line for each part elsewhere, nothing with `--json` and `-q`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressState};

use super::words;
use crate::intercom::{Client, LimiterState};
use crate::printer::Printer;
use crate::sync::{Event, Observer, Phase};

/// Time between two lines about one part.
const LINE_EVERY: Duration = Duration::from_secs(5);
/// Time between two drawings of a bar.
const TICK: Duration = Duration::from_millis(120);
/// Rates are shown from here on; before, they would be guesses.
const RATE_AFTER: Duration = Duration::from_secs(1);

/// What is under way, shown as it goes.
pub(super) struct Progress {
    printer: Printer,
    client: Client,
    form: Form,
    parts: Mutex<HashMap<&'static str, Part>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Bars,
    Lines,
    Nothing,
}

/// One part of the run.
struct Part {
    total: Option<u64>,
    done: u64,
    started: Instant,
    said: Instant,
    bar: Option<ProgressBar>,
}

/// What a part is called while it runs, and what it counts; the directory is too quick to be worth a line.
fn words_of(phase: Phase) -> Option<(&'static str, &'static str)> {
    Some(match phase {
        Phase::Directory => return None,
        Phase::Conversations => ("Listing conversations", "conversation"),
        Phase::Threads => ("Fetching messages", "conversation"),
        Phase::Contacts => ("Fetching contacts", "contact"),
        Phase::Companies => ("Fetching companies", "company"),
        Phase::Tickets => ("Fetching tickets", "ticket"),
        Phase::Deletions => ("Looking for deletions", "deletion"),
    })
}

impl Progress {
    /// Shows what the syncs of this client do.
    pub(super) fn new(printer: &Printer, client: &Client) -> Self {
        let form = match printer {
            printer if printer.is_json() || printer.is_quiet() => Form::Nothing,
            printer if printer.talk_look().terminal => Form::Bars,
            _ => Form::Lines,
        };
        Self { printer: printer.clone(), client: client.clone(), form, parts: Mutex::default() }
    }

    fn parts(&self) -> MutexGuard<'_, HashMap<&'static str, Part>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn started(&self, title: &'static str, total: Option<u64>) {
        if let Some(part) = self.parts().get_mut(title) {
            // A part that begins again goes on counting.
            part.total = total.or(part.total);
            return;
        }
        let is_empty = total == Some(0);
        let bar = (self.form == Form::Bars && !is_empty).then(|| self.bar(title, total));
        let now = Instant::now();
        self.parts().insert(title, Part { total, done: 0, started: now, said: now, bar });
    }

    fn bar(&self, title: &'static str, total: Option<u64>) -> ProgressBar {
        let template = match total {
            Some(_) => "  {msg:22} {wide_bar} {human_pos}/{human_len} {rate} {left} {budget}",
            None => "{spinner} {msg:22} {human_pos} {rate} {budget}",
        };
        let client = self.client.clone();
        let budget = move |_: &ProgressState, out: &mut dyn std::fmt::Write| {
            // Writing to the bar's text cannot fail.
            let _ = out.write_str(&budget(&client.limiter()));
        };
        let style = self.printer.progress_style(template);
        let style = style.with_key("rate", rate_key).with_key("left", left_key).with_key("budget", budget);
        let bar = self.printer.progress_in(style, total, title);
        if !bar.is_hidden() {
            bar.enable_steady_tick(TICK);
        }
        bar
    }

    fn advanced(&self, title: &'static str, by: u64) {
        let mut parts = self.parts();
        let Some(part) = parts.get_mut(title) else { return };
        part.done += by;
        if let Some(bar) = &part.bar {
            bar.inc(by);
        }
        if self.form == Form::Lines && part.said.elapsed() >= LINE_EVERY {
            part.said = Instant::now();
            let line = part.line(title, &self.client.limiter());
            drop(parts);
            self.printer.note(line);
        }
    }

    fn finished(&self, title: &'static str, thing: &str) {
        let Some(part) = self.parts().remove(title) else { return };
        if let Some(bar) = &part.bar {
            bar.finish_and_clear();
        }
        if self.form == Form::Lines && part.done > 0 {
            self.printer.note(format!("{title}: {}", words::many(part.done, thing)));
        }
    }
}

impl Observer for Progress {
    fn event(&self, event: Event) {
        if self.form == Form::Nothing {
            return;
        }
        match event {
            Event::Started { phase, total } => {
                if let Some((title, _)) = words_of(phase) {
                    self.started(title, total);
                }
            }
            Event::Advanced { phase, by } => {
                if let Some((title, _)) = words_of(phase) {
                    self.advanced(title, by);
                }
            }
            Event::Finished { phase } => {
                if let Some((title, thing)) = words_of(phase) {
                    self.finished(title, thing);
                }
            }
            Event::Committed { .. } => {}
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        // A run that ends early leaves bars behind.
        for part in self.parts().values() {
            if let Some(bar) = &part.bar {
                bar.finish_and_clear();
            }
        }
    }
}

impl Part {
    fn line(&self, title: &str, limiter: &LimiterState) -> String {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = self.done as f64 / seconds.max(0.001);
        let mut line = format!("{title}: {}", words::count(self.done));
        if let Some(total) = self.total {
            // Writing to a String cannot fail.
            let _ = write!(line, " of {}", words::count(total));
        }
        let _ = write!(line, ", {rate:.0}/s");
        if let Some(left) = self.total.map(|total| total.saturating_sub(self.done)).filter(|_| rate > 0.0) {
            let _ = write!(line, ", {} left", words::whole_span((left as f64 / rate).ceil() as i64));
        }
        let _ = write!(line, ", {}", budget(limiter));
        line
    }
}

/// How much of what this process may send it sends, or until when it waits.
fn budget(limiter: &LimiterState) -> String {
    match limiter.blocked_for {
        Some(wait) => format!("rate limited for {} s", wait.as_secs() + 1),
        None => {
            let percent = u64::from(limiter.used) * 100 / u64::from(limiter.budget.max(1));
            format!("{}% of rate limit", percent.min(100))
        }
    }
}

fn rate_key(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    if state.elapsed() >= RATE_AFTER {
        let _ = write!(out, "{:.0}/s", state.per_sec());
    }
}

fn left_key(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    if state.elapsed() >= RATE_AFTER {
        let _ = write!(out, "{} left", words::whole_span(state.eta().as_secs() as i64));
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Url;
    use secrecy::SecretString;

    use super::*;
    use crate::intercom::ClientOptions;
    use crate::printer::Options;

    fn told(options: Options) -> String {
        let (printer, captured) = Printer::captured(options);
        let url = Url::parse("http://127.0.0.1:1/").unwrap();
        let client = Client::new(ClientOptions::at(url, SecretString::from("x"))).unwrap();
        let progress = Progress::new(&printer, &client);
        progress.event(Event::Started { phase: Phase::Directory, total: Some(6) });
        progress.event(Event::Started { phase: Phase::Conversations, total: None });
        progress.event(Event::Advanced { phase: Phase::Conversations, by: 1_350 });
        progress.event(Event::Finished { phase: Phase::Conversations });
        progress.event(Event::Started { phase: Phase::Companies, total: Some(1) });
        progress.event(Event::Started { phase: Phase::Companies, total: None });
        progress.event(Event::Advanced { phase: Phase::Companies, by: 1 });
        progress.event(Event::Finished { phase: Phase::Companies });
        progress.event(Event::Finished { phase: Phase::Tickets });
        captured.stderr()
    }

    #[test]
    fn without_a_terminal_each_part_is_a_line() {
        assert_eq!(
            told(Options::default()),
            "Listing conversations: 1,350 conversations\nFetching companies: 1 company\n"
        );
    }

    #[test]
    fn with_json_and_quiet_it_is_silent() {
        assert_eq!(told(Options { json: true, ..Options::default() }), "");
        assert_eq!(told(Options { quiet: true, ..Options::default() }), "");
    }

    #[test]
    fn a_line_says_rate_time_left_and_budget() {
        let started = Instant::now() - Duration::from_secs(10);
        let part = Part { total: Some(3_000), done: 1_000, started, said: started, bar: None };
        let mut limiter = LimiterState {
            limit: Some(166),
            budget: 132,
            used: 66,
            remaining: Some(100),
            in_flight: 4,
            blocked_for: None,
        };
        let line = part.line("Fetching messages", &limiter);
        assert_eq!(line, "Fetching messages: 1,000 of 3,000, 100/s, 21 s left, 50% of rate limit");
        limiter.blocked_for = Some(Duration::from_secs(3));
        assert!(part.line("Fetching messages", &limiter).ends_with(", rate limited for 4 s"));
    }
}
