//! Where bytes go: the process's streams, or memory in tests.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

/// One output stream.
pub(super) enum Sink {
    Stdout,
    Stderr,
    Memory(Arc<Mutex<Memory>>),
}

/// A stream in memory, which can be closed like a pipe.
#[derive(Default)]
pub(super) struct Memory {
    bytes: Vec<u8>,
    closed: bool,
}

impl Sink {
    pub(super) fn write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout => io::stdout().lock().write(bytes),
            Self::Stderr => io::stderr().lock().write(bytes),
            Self::Memory(memory) => {
                let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
                if memory.closed {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                memory.bytes.extend_from_slice(bytes);
                Ok(bytes.len())
            }
        }
    }

    pub(super) fn flush(&self) -> io::Result<()> {
        match self {
            Self::Stdout => io::stdout().lock().flush(),
            Self::Stderr => io::stderr().lock().flush(),
            Self::Memory(_) => Ok(()),
        }
    }
}

/// What a printer into memory has written.
#[derive(Clone, Default)]
pub struct Captured {
    stdout: Arc<Mutex<Memory>>,
    stderr: Arc<Mutex<Memory>>,
}

impl Captured {
    pub(super) fn sinks(&self) -> (Sink, Sink) {
        (Sink::Memory(self.stdout.clone()), Sink::Memory(self.stderr.clone()))
    }

    /// The data so far.
    pub fn stdout(&self) -> String {
        text(&self.stdout)
    }

    /// The talk so far.
    pub fn stderr(&self) -> String {
        text(&self.stderr)
    }

    /// Closes stdout, as `head` does when it has seen enough.
    pub fn close(&self) {
        self.stdout.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
    }
}

fn text(memory: &Mutex<Memory>) -> String {
    String::from_utf8_lossy(&memory.lock().unwrap_or_else(PoisonError::into_inner).bytes).into_owned()
}
