//! A service on threads of its own, so that neither its disk work nor its waiting holds up who answers questions.

use std::io;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;

use super::Service;

/// How long threads that write to the disk are waited for at the end.
const LAST_WRITES: Duration = Duration::from_secs(1);

/// A service that runs. It is told to stop when this goes out of scope.
pub struct Background {
    service: Service,
    ended: Receiver<()>,
}

impl Service {
    /// Runs it on threads of its own.
    ///
    /// # Errors
    /// When they cannot be started.
    pub fn in_background(&self) -> io::Result<Background> {
        let runtime =
            Builder::new_multi_thread().worker_threads(2).max_blocking_threads(3).enable_all().build()?;
        let (service, (end, ended)) = (self.clone(), channel());
        thread::Builder::new().name("background-sync".to_owned()).spawn(move || {
            runtime.block_on(service.run());
            runtime.shutdown_timeout(LAST_WRITES);
            let _ = end.send(());
        })?;
        Ok(Background { service: self.clone(), ended })
    }
}

impl Background {
    /// Stops it, and waits so long for that; tells whether it has. May block.
    pub fn stop(self, within: Duration) -> bool {
        self.service.stop();
        self.ended.recv_timeout(within).is_ok()
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.service.stop();
    }
}
