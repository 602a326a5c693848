//! Figures as Prometheus reads them.

use std::fmt::Write;

/// What a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It only rises, while the server runs.
    Counter,
    /// It rises and falls.
    Gauge,
    /// How often something was how large.
    Histogram,
}

/// All figures of one name.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Family {
    name: &'static str,
    help: &'static str,
    kind: Kind,
    samples: Vec<Sample>,
}

#[derive(Debug, Clone, PartialEq)]
struct Sample {
    suffix: &'static str,
    labels: Vec<(&'static str, String)>,
    value: f64,
}

impl Family {
    pub(super) fn new(kind: Kind, name: &'static str, help: &'static str) -> Self {
        Self { name, help, kind, samples: Vec::new() }
    }

    /// One gauge without labels.
    pub(super) fn gauge(name: &'static str, help: &'static str, value: f64) -> Self {
        Self::new(Kind::Gauge, name, help).with("", &[], value)
    }

    /// One counter without labels.
    pub(super) fn counter(name: &'static str, help: &'static str, value: u64) -> Self {
        Self::new(Kind::Counter, name, help).with("", &[], value as f64)
    }

    /// With one more figure; the suffix is for parts of histograms.
    pub(super) fn with(mut self, suffix: &'static str, labels: &[(&'static str, &str)], value: f64) -> Self {
        let labels = labels.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        self.samples.push(Sample { suffix, labels, value });
        self
    }
}

/// The text of a page.
pub(super) fn page(families: impl Iterator<Item = Family>) -> String {
    let mut text = String::new();
    for family in families.filter(|family| !family.samples.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write_family(&mut text, &family);
    }
    text
}

fn write_family(text: &mut String, family: &Family) -> std::fmt::Result {
    let kind = match family.kind {
        Kind::Counter => "counter",
        Kind::Gauge => "gauge",
        Kind::Histogram => "histogram",
    };
    writeln!(text, "# HELP {0} {1}\n# TYPE {0} {kind}", family.name, family.help)?;
    for Sample { suffix, labels, value } in &family.samples {
        write!(text, "{}{suffix}", family.name)?;
        for (index, (name, label)) in labels.iter().enumerate() {
            let before = if index == 0 { '{' } else { ',' };
            write!(text, "{before}{name}=\"{}\"", escaped(label))?;
        }
        let after = if labels.is_empty() { "" } else { "}" };
        writeln!(text, "{after} {value}")?;
    }
    Ok(())
}

fn escaped(label: &str) -> String {
    label.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_as_prometheus_reads_them() {
        let empty = Family::new(Kind::Counter, "fi_nothing", "Nothing.");
        let calls = Family::new(Kind::Counter, "fi_calls_total", "Calls.")
            .with("", &[("tool", "query"), ("outcome", "a\"b\\c\nd")], 3.0)
            .with("", &[("tool", "other")], 0.25);
        let text = page([empty, calls, Family::gauge("fi_up", "Up.", 1.0)].into_iter());
        let expected = "# HELP fi_calls_total Calls.\n# TYPE fi_calls_total counter\n\
                        fi_calls_total{tool=\"query\",outcome=\"a\\\"b\\\\c\\nd\"} 3\n\
                        fi_calls_total{tool=\"other\"} 0.25\n\
                        # HELP fi_up Up.\n# TYPE fi_up gauge\nfi_up 1\n";
        assert_eq!(text, expected);
    }
}
