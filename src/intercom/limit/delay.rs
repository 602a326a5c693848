//! How long responses take, measured as TCP does it: a running mean and a running deviation. Pure.

use super::Micros;

/// The delay of recent responses.
#[derive(Debug, Default)]
pub(super) struct Delay {
    mean: f64,
    deviation: f64,
}

impl Delay {
    pub(super) fn record(&mut self, sample: Micros) {
        #[allow(clippy::cast_precision_loss)]
        let sample = sample as f64;
        if self.mean == 0.0 {
            (self.mean, self.deviation) = (sample, sample / 2.0);
        }
        self.deviation += ((sample - self.mean).abs() - self.deviation) / 4.0;
        self.mean += (sample - self.mean) / 8.0;
    }

    /// Time to leave at the end of a window, so that what is sent in it arrives in it.
    #[allow(clippy::cast_possible_truncation)]
    pub(super) fn guard(&self) -> Micros {
        ((self.mean + 2.0 * self.deviation) as Micros).clamp(50_000, 2_000_000)
    }
}
