//! Time zones of questions.

use chrono_tz::Tz;

use super::error::ToolError;
use crate::zone::{EXAMPLES, zone_named};

/// A zone by its name in the IANA database.
pub(super) fn named_zone(name: &str) -> Result<Tz, ToolError> {
    zone_named(name).map_err(|meant| ToolError::Unknown {
        kind: "time zone",
        name: name.to_owned(),
        meant: meant.map(str::to_owned),
        known: EXAMPLES.map(str::to_owned).into(),
    })
}
