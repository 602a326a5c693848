//! Time zones by name.

use chrono_tz::Tz;

use super::error::ToolError;

/// A zone by its name in the IANA database.
pub(super) fn named_zone(name: &str) -> Result<Tz, ToolError> {
    let found = chrono_tz::TZ_VARIANTS.iter().find(|zone| zone.name().eq_ignore_ascii_case(name.trim()));
    found.copied().ok_or_else(|| {
        let known = chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name());
        match ToolError::unknown("time zone", name, known) {
            ToolError::Unknown { kind, name, meant, .. } => {
                let known = ["Europe/Berlin", "America/New_York", "Asia/Tokyo", "UTC"].map(str::to_owned);
                ToolError::Unknown { kind, name, meant, known: known.into() }
            }
            other => other,
        }
    })
}
