//! A server that misbehaves below HTTP: resets, short and endless bodies, silence, drips. Answers each
//! connection with the next entry of a script; the last entry answers all further ones.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What to do with a connection once the request has been read.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Write these bytes and close properly.
    Bytes(Vec<u8>),
    /// Write these bytes and reset the connection.
    Reset(Vec<u8>),
    /// Write these bytes one by one with a pause between them.
    Drip(Vec<u8>, Duration),
    /// Write the first bytes once, then the others again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Write these bytes, then nothing, with the connection left open.
    Stall(Vec<u8>),
    /// Never answer.
    Silence,
}

impl Answer {
    /// A complete response.
    pub(crate) fn http(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        Self::Bytes(response(status, headers, body, body.len()))
    }

    /// A complete JSON response.
    pub(crate) fn json(body: &str) -> Self {
        Self::http(200, &[("content-type", "application/json")], body.as_bytes())
    }

    /// A response that announces more than it sends.
    pub(crate) fn short(body: &[u8], announced: usize) -> Self {
        Self::Bytes(response(200, &[], body, announced))
    }

    /// A response reset in the middle of its body.
    pub(crate) fn reset_mid_body(body: &[u8], announced: usize) -> Self {
        Self::Reset(response(200, &[], body, announced))
    }
}

/// The bytes of a response.
pub(crate) fn response(status: u16, headers: &[(&str, &str)], body: &[u8], announced: usize) -> Vec<u8> {
    let mut text =
        format!("HTTP/1.1 {status} Whatever\r\ncontent-length: {announced}\r\nconnection: close\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    [text.as_bytes(), body].concat()
}

/// A running server; stops when dropped.
pub(crate) struct RawServer {
    address: SocketAddr,
    hits: Arc<AtomicUsize>,
    requests: Arc<Mutex<Vec<String>>>,
    task: JoinHandle<()>,
}

impl RawServer {
    /// Starts on a port of its own.
    pub(crate) async fn start(script: Vec<Answer>) -> Self {
        assert!(!script.is_empty(), "a script needs an answer");
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (hits, requests) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let task = tokio::spawn({
            let (hits, requests) = (hits.clone(), requests.clone());
            async move {
                loop {
                    let Ok((stream, _)) = listener.accept().await else { return };
                    let answer = script[hits.fetch_add(1, Ordering::SeqCst).min(script.len() - 1)].clone();
                    let requests = requests.clone();
                    tokio::spawn(async move {
                        // The client may hang up at any time; that is what is being tested.
                        let _ = serve(stream, answer, &requests).await;
                    });
                }
            }
        });
        Self { address, hits, requests, task }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}/", self.address)).unwrap()
    }

    /// How many connections came.
    pub(crate) fn hits(&self) -> usize {
        self.hits.load(Ordering::SeqCst)
    }

    /// The requests as text, head and body.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

impl Drop for RawServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, answer: Answer, requests: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let request = read_request(&mut stream).await?;
    requests.lock().unwrap().push(request);
    match answer {
        Answer::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Answer::Reset(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await?;
            // Let the bytes arrive first: a reset discards what is still on the way.
            sleep(Duration::from_millis(20)).await;
            stream.set_zero_linger()
        }
        Answer::Drip(bytes, pause) => {
            for byte in bytes {
                stream.write_all(&[byte]).await?;
                sleep(pause).await;
            }
            stream.shutdown().await
        }
        Answer::Endless(first, again) => {
            stream.write_all(&first).await?;
            loop {
                stream.write_all(&again).await?;
            }
        }
        Answer::Stall(bytes) => {
            stream.write_all(&bytes).await?;
            std::future::pending().await
        }
        Answer::Silence => std::future::pending().await,
    }
}

async fn read_request(stream: &mut TcpStream) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.to_ascii_lowercase().lines().find_map(|line| {
                line.strip_prefix("content-length:").and_then(|value| value.trim().parse::<usize>().ok())
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        match stream.read(&mut buffer).await? {
            0 => return Ok(text),
            count => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}
