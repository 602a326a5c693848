//! Where in a row group the rows of a time are.

use std::ops::Range;

/// The times of a row group whose rows are sorted by time: each once, and where its rows begin.
pub(super) struct Runs {
    times: Vec<i64>,
    starts: Vec<u32>,
    rows: u32,
}

impl Runs {
    /// Of the time of every row; `None` when they do not rise.
    pub(super) fn of(values: &[i64]) -> Option<Self> {
        let mut runs =
            Self { times: Vec::new(), starts: Vec::new(), rows: u32::try_from(values.len()).ok()? };
        let mut start = 0;
        for run in values.chunk_by(|one, next| one == next) {
            if runs.times.last().is_some_and(|last| *last >= run[0]) {
                return None;
            }
            runs.times.push(run[0]);
            runs.starts.push(start);
            start += run.len() as u32;
        }
        runs.times.shrink_to_fit();
        runs.starts.shrink_to_fit();
        Some(runs)
    }

    /// The rows of a time.
    pub(super) fn find(&self, time: i64) -> Option<Range<usize>> {
        let run = self.times.binary_search(&time).ok()?;
        let end = self.starts.get(run + 1).copied().unwrap_or(self.rows);
        Some(self.starts[run] as usize..end as usize)
    }

    /// What it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>() + self.times.len() * (size_of::<i64>() + size_of::<u32>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_found_with_all_its_rows() {
        let runs = Runs::of(&[-5, 3, 3, 3, 9]).unwrap();
        assert_eq!([-5, 3, 9].map(|time| runs.find(time)), [Some(0..1), Some(1..4), Some(4..5)]);
        assert_eq!([-6, 0, 4, 10].map(|time| runs.find(time)), [None, None, None, None]);
        assert_eq!(Runs::of(&[]).unwrap().find(0), None);
    }

    #[test]
    fn times_that_fall_are_refused() {
        assert!(Runs::of(&[1, 2, 1]).is_none());
    }
}
