//! Encrypted connections, for servers that have a certificate. The files are looked at for each connection, so that a
//! renewed certificate is taken without a restart; while they cannot be read, the one before stays.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::lake::FileVersion;

/// How an encrypted connection begins.
const HANDSHAKE: u8 = 22;
/// What is said to whoever does not encrypt.
const PLAIN: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\nContent-Length: \
57\r\n\r\nThis server answers over HTTPS only: begin with https://\n";

/// A stream of bytes, encrypted or not.
pub(super) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Why connections cannot be encrypted.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{} cannot be read as PEM", .0.display())]
    Unreadable(PathBuf, #[source] pem::Error),
    /// There is no certificate in it.
    #[error("{} holds no certificate: it begins with -----BEGIN CERTIFICATE-----", .0.display())]
    NoCertificate(PathBuf),
    /// They do not belong together, or are of a kind that is not known.
    #[error("the certificate {} and the key {} cannot be used together", .0.display(), .1.display())]
    Unusable(PathBuf, PathBuf, #[source] rustls::Error),
}

/// A certificate and its key.
pub struct TlsFiles {
    certificate: PathBuf,
    key: PathBuf,
    held: Mutex<Held>,
}

struct Held {
    version: Version,
    config: Arc<ServerConfig>,
}

/// What tells versions of the files apart.
type Version = [Option<FileVersion>; 2];

impl TlsFiles {
    /// In these files, as PEM.
    ///
    /// # Errors
    /// When they cannot be read or used.
    pub fn open(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let version = version(certificate, key);
        let config = read(certificate, key)?;
        let held = Mutex::new(Held { version, config });
        Ok(Self { certificate: certificate.to_owned(), key: key.to_owned(), held })
    }

    /// What connections are encrypted with as of now.
    fn config(&self) -> Arc<ServerConfig> {
        let held = || self.held.lock().unwrap_or_else(PoisonError::into_inner);
        // Looked at before they are read, and neither while others wait.
        let version = version(&self.certificate, &self.key);
        let before = Arc::clone(&held().config);
        if held().version == version {
            return before;
        }
        let read = read(&self.certificate, &self.key);
        // What cannot be read now may be for the next connection; what cannot be used stays so until it changes.
        let is_worth_another_try = matches!(&read, Err(TlsError::Unreadable(_, pem::Error::Io(_))));
        let config = match read {
            Ok(config) => {
                tracing::info!("the certificate was renewed");
                config
            }
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::error!(error, "the new certificate is not used, the one before stays");
                before
            }
        };
        if !is_worth_another_try {
            *held() = Held { version, config: Arc::clone(&config) };
        }
        config
    }

    /// A connection, encrypted within a time.
    pub(super) async fn secure(
        &self,
        stream: TcpStream,
        within: Duration,
    ) -> io::Result<TlsStream<TcpStream>> {
        let secured = async {
            let mut stream = stream;
            let mut first = [0];
            stream.peek(&mut first).await?;
            if first != [HANDSHAKE] {
                stream.write_all(PLAIN).await?;
                stream.shutdown().await?;
                return Err(io::Error::new(io::ErrorKind::InvalidData, "it is not encrypted"));
            }
            TlsAcceptor::from(self.config()).accept(stream).await
        };
        timeout(within, secured).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }
}

impl fmt::Debug for TlsFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TlsFiles").field(&self.certificate).finish()
    }
}

fn version(certificate: &Path, key: &Path) -> Version {
    [certificate, key].map(|path| Some(FileVersion::of(&fs::metadata(path).ok()?)))
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let unreadable = |path: &Path| {
        let path = path.to_owned();
        move |error| TlsError::Unreadable(path, error)
    };
    let chain = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain: Vec<CertificateDer<'static>> = chain.map_err(unreadable(certificate))?;
    if chain.is_empty() {
        return Err(TlsError::NoCertificate(certificate.to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(unreadable(key))?;
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(chain, private));
    let mut config =
        config.map_err(|error| TlsError::Unusable(certificate.to_owned(), key.to_owned(), error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
