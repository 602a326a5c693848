//! The forms that rows can be asked for in, and which of them a request accepts.

use crate::worker::RowFormat;

/// JSON, with all that is to be known about the rows.
pub(super) const JSON: &str = "application/json";

/// A form of rows alone.
pub(super) struct RowsAs {
    pub(super) media_type: &'static str,
    /// Other names of the same.
    others: &'static [&'static str],
    pub(super) format: RowFormat,
    pub(super) about: &'static str,
}

/// All of them.
pub(super) const FORMATS: &[RowsAs] = &[
    RowsAs {
        media_type: "application/x-ndjson",
        others: &["application/ndjson", "application/jsonl", "application/json-lines"],
        format: RowFormat::Ndjson,
        about: "One JSON object a line",
    },
    RowsAs {
        media_type: "text/csv",
        others: &[],
        format: RowFormat::Csv,
        about: "Comma-separated values with a header, as in RFC 4180",
    },
    RowsAs {
        media_type: "application/vnd.apache.arrow.stream",
        others: &[],
        format: RowFormat::ArrowStream,
        about: "An Arrow IPC stream",
    },
    RowsAs {
        media_type: "application/vnd.apache.parquet",
        others: &["application/x-parquet", "application/parquet"],
        format: RowFormat::Parquet,
        about: "A Parquet file",
    },
];

/// What is accepted.
#[derive(Clone, Copy)]
pub(super) enum Accepted {
    Json,
    Rows(&'static RowsAs),
}

/// The form that a header asks for: of those there are the one of the highest quality, and the first among equals.
///
/// # Errors
/// When it accepts none of them: says which there are.
pub(super) fn accepted(header: Option<&str>) -> Result<Accepted, String> {
    let Some(header) = header.filter(|header| !header.trim().is_empty()) else { return Ok(Accepted::Json) };
    let mut best: Option<(f32, Accepted)> = None;
    for wanted in header.split(',') {
        let (name, details) = wanted.split_once(';').unwrap_or((wanted, ""));
        let quality =
            details.split(';').find_map(|detail| detail.trim().strip_prefix("q=")?.trim().parse().ok());
        let quality: f32 = quality.unwrap_or(1.0);
        let found = of(&name.trim().to_ascii_lowercase());
        if let Some(found) = found.filter(|_| quality > best.map_or(0.0, |(other, _)| other)) {
            best = Some((quality, found));
        }
    }
    best.map(|(_, found)| found).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.media_type).collect();
        format!("rows come as {JSON}, {}: one of them in the header Accept", names.join(", "))
    })
}

fn of(name: &str) -> Option<Accepted> {
    if [JSON, "*/*", "application/*"].contains(&name) {
        return Some(Accepted::Json);
    }
    let found = FORMATS.iter().find(|format| {
        format.media_type == name
            || format.others.contains(&name)
            || (name == "text/*" && format.media_type == "text/csv")
    });
    found.map(Accepted::Rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_what_is_accepted_is_given() {
        let of = |header| match accepted(header) {
            Ok(Accepted::Json) => "json",
            Ok(Accepted::Rows(rows)) => rows.media_type,
            Err(_) => "none",
        };
        assert_eq!(of(None), "json");
        assert_eq!(of(Some("*/*")), "json");
        assert_eq!(of(Some("text/csv")), "text/csv");
        assert_eq!(of(Some("text/html, text/csv;q=0.9, */*;q=0.1")), "text/csv");
        assert_eq!(of(Some("application/json;q=0.5, APPLICATION/JSONL")), "application/x-ndjson");
        assert_eq!(of(Some("text/csv;q=0")), "none");
        assert_eq!(of(Some("image/png")), "none");
    }
}
