//! What time it is: the system's clock, or a fixed one for tests and repeatable demos.
//!
//! Commands take the clock from here and pass times down; modules below never ask for the time themselves.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;

/// A source of the present time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always this moment.
    Fixed(DateTime<Utc>),
}

impl Clock {
    /// Now, in UTC.
    pub fn now(self) -> DateTime<Utc> {
        match self {
            Self::System => Utc::now(),
            Self::Fixed(at) => at,
        }
    }

    /// Today's date in a time zone.
    pub fn today(self, zone: Tz) -> NaiveDate {
        self.now().with_timezone(&zone).date_naive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn today_depends_on_the_zone() {
        let clock = Clock::Fixed("2026-11-21T23:30:00Z".parse().unwrap());
        assert_eq!(clock.today(Tz::UTC).to_string(), "2026-11-21");
        assert_eq!(clock.today(Tz::Europe__Berlin).to_string(), "2026-11-22");
    }
}
