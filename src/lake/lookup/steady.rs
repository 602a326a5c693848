//! Reading several rows of one version of the lake, although files of a commit change one after the other.

use std::sync::Arc;

use super::Lookup;
use crate::lake::error::Error;
use crate::lake::snapshot::Snapshot;
use crate::lake::state::State;

/// How often something is read again at most when commits get in between.
const MOST_READS: usize = 5;

impl Lookup {
    /// What is recorded of the lake; `None` when nothing was ever synced.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn state(&self) -> Result<Option<Arc<State>>, Error> {
        self.last_state.load(&*self.files, &self.layout)
    }

    /// Reads several things of one version of the lake: again when a commit got in between, a few times. A commit that
    /// does not come to its end is not waited for twice. Tells beside the outcome whether it is of one version.
    ///
    /// # Errors
    /// As reading has them.
    pub fn steadily<T, E: From<Error>>(&self, read: impl Fn() -> Result<T, E>) -> Result<(T, bool), E> {
        let mut reads = 0;
        loop {
            reads += 1;
            let before = Snapshot::settled(&self.last_state, &*self.files, &self.layout)?;
            let outcome = read();
            let is_steady = Snapshot::is_stable(before, self.snapshot()?);
            if is_steady || before.is_moving || reads >= MOST_READS {
                return outcome.map(|value| (value, is_steady));
            }
        }
    }

    fn snapshot(&self) -> Result<Snapshot, Error> {
        Snapshot::by(&self.last_state, &*self.files, &self.layout)
    }
}
