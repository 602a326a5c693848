//! Forgets people: removes them and every conversation they take part in from the lake, and keeps them out from then
//! on.
//!
//! `person` finds who is meant, `trace` what the lake holds of those forgotten, `erase` removes it in one commit
//! together with what is remembered: keyed hashes (`memory`), by which `arrival` drops whatever comes later. Whether
//! a row is of somebody forgotten is decided in one place, `names`, for what is held and for what arrives.

mod arrival;
mod erase;
mod memory;
mod names;
mod person;
mod rows;
mod trace;

use super::error::Error;
use crate::lake::Writer;

pub(super) use arrival::{Screened, screen};
pub use erase::erase;
pub use memory::{Forgotten, folded};
pub use person::{Person, find};
pub use trace::{Erased, Trace, trace};

/// Puts into the lake what an interrupted sync had fetched, so that nothing of anybody lies beside it.
pub fn take_up(writer: &Writer) -> Result<(), Error> {
    super::store::take_up(writer).map(drop)
}
