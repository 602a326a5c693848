//! A program that asks over one connection, which stays open.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

pub(crate) struct Client {
    stream: TcpStream,
    address: String,
    /// What was read and belongs to no answer yet.
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, address: address.to_owned(), read: Vec::new() }
    }

    /// The status of the answer, and how long it is.
    pub(crate) async fn post(&mut self, path: &str, body: &str, key: &str) -> (u16, usize) {
        let request = format!(
            "POST {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the server hung up");
        };
        let text = String::from_utf8_lossy(&self.read[..head]).to_ascii_lowercase();
        let length: usize =
            text.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
        while self.read.len() < head + length {
            assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the server hung up");
        }
        self.read.drain(..head + length);
        (text.split(' ').nth(1).unwrap().parse().unwrap(), length)
    }
}
