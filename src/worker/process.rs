//! A child process as its parent holds it: started, spoken to, killed, and never left behind.

use std::io;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel, sync_channel};
use std::thread;
use std::time::Duration;

use super::child::ARGUMENT;
use super::error::{Error, FailedKind};
use super::frame::{FromChild, LONGEST_FROM_CHILD, Start, ToChild, encode, receive};
use super::options::WorkerOptions;
use crate::private_dir::PrivateDir;

/// How long a child may take to get ready.
const STARTING: Duration = Duration::from_secs(20);
/// Messages of a child that may wait to be heard.
const UNHEARD: usize = 4;
/// What its allocator is told: what a query freed must count neither as memory nor as address space of the next.
const ALLOCATOR: (&str, &str) = ("MALLOC_CONF", "retain:false");

/// A child that is ready, or busy.
pub(super) struct Process {
    child: Child,
    to_child: Sender<Vec<u8>>,
    from_child: Receiver<FromChild>,
    _private_dir: PrivateDir,
}

impl Process {
    /// Starts one and waits until it is ready.
    pub(super) fn start(options: &WorkerOptions) -> Result<Self, Error> {
        let private_dir = PrivateDir::create("sql").map_err(Error::Start)?;
        let layout = std::path::absolute(options.layout.lake_dir()).map_err(Error::Start)?;
        let start = Start {
            home: layout.parent().map(std::path::Path::to_owned).unwrap_or_default(),
            private_dir: private_dir.path().to_owned(),
            memory_bytes: options.memory_bytes,
            threads: options.threads,
            longest: options.longest,
            has_search: options.search.is_some(),
            audit: options.audit.clone(),
            layers: options.layers,
            is_confined: options.is_confined,
        };
        let mut child = Command::new(&options.program)
            .arg(ARGUMENT)
            .env_clear()
            .env(ALLOCATOR.0, ALLOCATOR.1)
            .current_dir(private_dir.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(Error::Start)?;
        let (to_child, from_child) = match pipes(&mut child) {
            Ok(pipes) => pipes,
            Err(error) => {
                end(&mut child);
                return Err(Error::Start(error));
            }
        };
        let process = Self { child, to_child, from_child, _private_dir: private_dir };
        process.say(&ToChild::Start(start)).map_err(Error::Start)?;
        process.is_ready()?;
        Ok(process)
    }

    fn is_ready(&self) -> Result<(), Error> {
        match self.from_child.recv_timeout(STARTING) {
            Ok(FromChild::Ready) => Ok(()),
            Ok(FromChild::Unable(failed)) if failed.kind == FailedKind::NoLake => {
                Err(Error::Failed(failed.shown()))
            }
            Ok(FromChild::Unable(failed)) => Err(Error::NotReady(failed.shown().message)),
            Ok(_) => Err(Error::NotReady("it said something unexpected".to_owned())),
            Err(RecvTimeoutError::Timeout) => Err(Error::NotReady("it takes too long".to_owned())),
            Err(RecvTimeoutError::Disconnected) => Err(Error::NotReady("it ended".to_owned())),
        }
    }

    /// Says something to it, without waiting until it is heard.
    pub(super) fn say(&self, message: &ToChild) -> io::Result<()> {
        // Where the child is gone, what it says no more tells.
        let _ = self.to_child.send(encode(message)?);
        Ok(())
    }

    /// A way to say something to it from elsewhere.
    pub(super) fn mouth(&self) -> Sender<Vec<u8>> {
        self.to_child.clone()
    }

    /// What it says next, if it says something soon.
    ///
    /// # Errors
    /// When it is gone, or says what is no message.
    pub(super) fn hear(&self, within: Duration) -> Result<Option<FromChild>, Gone> {
        match self.from_child.recv_timeout(within) {
            Ok(message) => Ok(Some(message)),
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => Err(Gone),
        }
    }

    /// Whether it waits for a query: a child that ended, or speaks unasked, does not.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.hear(Duration::ZERO), Ok(None))
    }

    /// Its number among the processes.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }
}

/// There is no child any more.
pub(super) struct Gone;

impl Drop for Process {
    fn drop(&mut self) {
        end(&mut self.child);
    }
}

/// Kills a child that may be gone already, and waits for its end, so that nothing of it stays among the processes.
fn end(child: &mut Child) {
    let _ = child.kill();
    let _ = child.wait();
}

/// Threads that write to the child and read from it, so that nobody else ever waits for a pipe.
fn pipes(child: &mut Child) -> io::Result<(Sender<Vec<u8>>, Receiver<FromChild>)> {
    let (Some(mut input), Some(mut output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(io::ErrorKind::BrokenPipe.into());
    };
    let (to_child, outgoing) = channel::<Vec<u8>>();
    // What is not heard yet makes the child wait.
    let (heard, from_child) = sync_channel(UNHEARD);
    thread::Builder::new().name("to worker".to_owned()).spawn(move || {
        for frame in outgoing {
            if std::io::Write::write_all(&mut input, &frame).is_err() {
                break;
            }
        }
    })?;
    thread::Builder::new().name("from worker".to_owned()).spawn(move || {
        while let Ok(Some(message)) = receive(&mut output, LONGEST_FROM_CHILD) {
            if heard.send(message).is_err() {
                break;
            }
        }
    })?;
    Ok((to_child, from_child))
}
