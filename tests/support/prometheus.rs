//! Reads Prometheus' text format, and takes nothing that is not it.

use std::collections::BTreeMap;

/// The labels of a figure.
pub(crate) type Labels = BTreeMap<String, String>;

/// A page.
#[derive(Debug, Default)]
pub(crate) struct Page {
    kinds: BTreeMap<String, String>,
    samples: Vec<(String, Labels, f64)>,
}

impl Page {
    /// Of a text; panics where it is wrong.
    pub(crate) fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n'), "the last line ends");
        let mut page = Self::default();
        for line in text.lines() {
            if let Some(rest) = line.strip_prefix("# HELP ") {
                let (name, help) = rest.split_once(' ').unwrap();
                assert!(is_name(name) && !help.is_empty(), "{line}");
            } else if let Some(rest) = line.strip_prefix("# TYPE ") {
                let (name, kind) = rest.split_once(' ').unwrap();
                assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
                assert!(page.kinds.insert(name.to_owned(), kind.to_owned()).is_none(), "twice: {line}");
            } else {
                page.add(line);
            }
        }
        page.check_histograms();
        page
    }

    /// The figure of that name and these labels.
    pub(crate) fn value(&self, name: &str, labels: &[(&str, &str)]) -> Option<f64> {
        let labels: Labels =
            labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.samples.iter().find(|sample| sample.0 == name && sample.1 == labels).map(|sample| sample.2)
    }

    fn add(&mut self, line: &str) {
        let (head, value) = line.rsplit_once(' ').unwrap_or_else(|| panic!("no value: {line}"));
        let (name, labels) = match head.split_once('{') {
            None => (head, Labels::new()),
            Some((name, labels)) => (name, read_labels(labels.strip_suffix('}').unwrap())),
        };
        assert!(is_name(name), "{line}");
        let family = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
        let family = family.filter(|family| self.kinds.get(*family).is_some_and(|kind| kind == "histogram"));
        let kind = self.kinds.get(family.unwrap_or(name)).unwrap_or_else(|| panic!("of no type: {line}"));
        assert!(kind != "counter" || name.ends_with("_total"), "{line}");
        let value = if value == "+Inf" { f64::INFINITY } else { value.parse().unwrap() };
        assert!(kind == "gauge" || value >= 0.0, "{line}");
        assert_eq!(
            self.samples.iter().filter(|sample| sample.0 == name && sample.1 == labels).count(),
            0,
            "{line}"
        );
        self.samples.push((name.to_owned(), labels, value));
    }

    /// Buckets rise up to the count.
    fn check_histograms(&self) {
        for (family, _) in self.kinds.iter().filter(|(_, kind)| *kind == "histogram") {
            let of = |suffix: &str| {
                let name = format!("{family}{suffix}");
                self.samples.iter().filter(move |sample| sample.0 == name).collect::<Vec<_>>()
            };
            assert!(!of("_count").is_empty());
            for (_, labels, count) in of("_count") {
                let mut last = (f64::NEG_INFINITY, 0.0);
                for (_, bucket, value) in of("_bucket") {
                    let mut rest = bucket.clone();
                    let bound = rest.remove("le").unwrap();
                    if rest != *labels {
                        continue;
                    }
                    let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse::<f64>().unwrap() };
                    assert!(bound > last.0 && *value >= last.1, "{family} {bucket:?}");
                    last = (bound, *value);
                }
                assert_eq!(last, (f64::INFINITY, *count), "{family} {labels:?}");
                assert!(of("_sum").iter().any(|sample| sample.1 == *labels));
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

fn read_labels(mut text: &str) -> Labels {
    let mut labels = Labels::new();
    while !text.is_empty() {
        let (name, rest) = text.split_once("=\"").unwrap();
        assert!(is_name(name), "{name}");
        let mut value = String::new();
        let mut characters = rest.char_indices();
        let end = loop {
            match characters.next().unwrap() {
                (at, '"') => break at,
                (_, '\\') => value.push(match characters.next().unwrap().1 {
                    'n' => '\n',
                    other => other,
                }),
                (_, other) => value.push(other),
            }
        };
        assert!(labels.insert(name.to_owned(), value).is_none(), "{name} twice");
        text = rest[end + 1..].trim_start_matches(',');
    }
    labels
}
