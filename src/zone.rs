//! Time zones by name, from the tz database compiled in.

use chrono_tz::{TZ_VARIANTS, Tz};

use crate::nearest::nearest;

/// Names to show to whoever gave a wrong one.
pub const EXAMPLES: [&str; 3] = ["Europe/Berlin", "America/New_York", "UTC"];

/// A zone by its IANA name, in any letter case.
///
/// # Errors
/// With the name that was probably meant, if one is near: also the zone of a city, such as Berlin.
pub fn zone_named(name: &str) -> Result<Tz, Option<&'static str>> {
    let name = name.trim();
    // Nearly always it is written right, and this is looked up for every value of a column.
    let found = name
        .parse()
        .ok()
        .or_else(|| TZ_VARIANTS.iter().copied().find(|zone| zone.name().eq_ignore_ascii_case(name)));
    found.ok_or_else(|| {
        let names = || TZ_VARIANTS.iter().map(|zone| zone.name());
        let city = name.replace(' ', "_");
        let of_city =
            names().find(|zone| zone.rsplit('/').next().is_some_and(|last| last.eq_ignore_ascii_case(&city)));
        let short: String = name.chars().take(50).collect();
        of_city.or_else(|| nearest(&short, names()))
    })
}
