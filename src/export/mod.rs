//! Exports: tables and marts of the lake as files for others, whole or of some conversations only, with what is
//! personal left out or made unrecognisable if asked for.
//!
//! An export is of one version of the lake: every query notes the version, and if a sync moved it, everything is
//! written anew. It is written beside its place and appears there when it is complete. Knows the engine, the formats and
//! which conversations are meant; nothing of the command line.

mod catalog;
mod error;
mod manifest;
mod params;
mod place;
mod plan;
mod redact;
mod run;
mod select;
mod write;

pub use error::Error;
pub use manifest::{Done, Manifest, RedactedColumn, Redaction as RedactionNote, TableEntry};
pub use params::{ExportFormat, ExportLayout, ExportParams, Redaction};
pub use place::Target;
pub use run::{Exporter, Observer};
