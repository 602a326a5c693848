//! `fi serve` in this process, over no lake, with limits that a test can wait for.

use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use fastintercom::cancel::Cancel;
use fastintercom::server::http::{HttpOptions, HttpServer, KeyFile, KeyRing};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;

use super::served::{Still, app};

/// A server.
pub(crate) struct Near {
    runtime: Runtime,
    serving: JoinHandle<()>,
    stop: Cancel,
    pub(crate) address: SocketAddr,
    _home: tempfile::TempDir,
}

impl Near {
    /// With these options, open to this machine.
    pub(crate) fn start(options: HttpOptions) -> Self {
        let home = tempfile::tempdir().unwrap();
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let app = Arc::new(app(home.path(), DateTime::UNIX_EPOCH, Arc::new(Still::default())));
        let keys = KeyRing::open(KeyFile::new(&home.path().join("keys.toml")), None).unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let stop = Cancel::new();
        let server = {
            let _within = runtime.enter();
            HttpServer::new(app, keys, options, listener).unwrap()
        };
        let serving = runtime.spawn({
            let stop = stop.clone();
            async move { server.serve(&stop).await }
        });
        Self { runtime, serving, stop, address, _home: home }
    }

    /// A bare connection, on which nothing is waited for longer than a minute.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream.set_write_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Stops it and waits for that.
    pub(crate) fn end(self) {
        self.stop.cancel();
        self.runtime.block_on(self.serving).unwrap();
    }
}
