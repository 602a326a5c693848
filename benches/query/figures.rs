//! Times as figures, and answers as texts that can be compared.

use std::time::{Duration, Instant};

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Float64Type};
use arrow::util::display::{ArrayFormatter, FormatOptions};

/// Times of runs.
#[derive(Default)]
pub(crate) struct Times {
    runs: Vec<Duration>,
    /// What all runs took of all processors, in ticks.
    ticks: u64,
}

impl Times {
    /// Runs something once more.
    pub(crate) fn run<T>(&mut self, run: impl FnOnce() -> T) {
        let (start, ticks) = (Instant::now(), ticks());
        run();
        let took = start.elapsed();
        self.ticks += self::ticks() - ticks;
        let place = self.runs.partition_point(|other| *other < took);
        self.runs.insert(place, took);
    }

    pub(crate) fn count(&self) -> usize {
        self.runs.len()
    }

    /// The time that so many in a hundred runs took at most, in milliseconds.
    pub(crate) fn percentile(&self, hundredths: usize) -> f64 {
        let place = (self.runs.len() * hundredths).div_ceil(100).clamp(1, self.runs.len());
        self.runs[place - 1].as_secs_f64() * 1e3
    }

    /// What a run takes of processors on average, in milliseconds: the same however busy the machine is.
    pub(crate) fn processors(&self) -> f64 {
        self.ticks as f64 * TICK / self.runs.len() as f64
    }
}

/// Milliseconds.
const TICK: f64 = 10.0;

/// What this process took of processors so far; none where that is not told.
fn ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program may hold spaces; the times stand eleven fields behind it.
    let fields = stat.rsplit(')').next().unwrap_or_default();
    fields.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum()
}

/// Rows as texts, floating-point numbers to six digits: the order of additions differs from run to run.
pub(crate) fn texts(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let rows = batches.iter().flat_map(|batch| {
        let columns: Vec<Vec<String>> = batch.columns().iter().map(column).collect();
        (0..batch.num_rows()).map(move |row| columns.iter().map(|column| column[row].clone()).collect())
    });
    rows.collect()
}

fn column(array: &ArrayRef) -> Vec<String> {
    if array.data_type() == &DataType::Float64 {
        let numbers = array.as_primitive::<Float64Type>().iter();
        return numbers.map(|number| number.map_or(String::new(), float)).collect();
    }
    let formatter = ArrayFormatter::try_new(array, &FormatOptions::default()).unwrap();
    let text = |row: usize| if array.is_null(row) { String::new() } else { formatter.value(row).to_string() };
    (0..array.len()).map(text).collect()
}

/// A floating-point number to six digits.
pub(crate) fn float(number: f64) -> String {
    format!("{number:.5e}")
}
