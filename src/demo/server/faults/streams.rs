//! Bodies that do not come in one piece.

use axum::body::Body;
use bytes::Bytes;
use futures::{StreamExt, stream};
use std::io;
use std::time::Duration;

type Chunk = Result<Bytes, io::Error>;

/// The given bytes, then the connection breaks.
pub(crate) fn cut_short(bytes: Vec<u8>) -> Body {
    let broken = || io::Error::new(io::ErrorKind::ConnectionReset, "the demo server broke the connection");
    let sent = stream::once(async move { Chunk::Ok(bytes.into()) });
    // The break must not overtake what was sent before it.
    let breaks = stream::once(async move {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Chunk::Err(broken())
    });
    Body::from_stream(sent.chain(breaks))
}

/// One byte per second.
pub(crate) fn slow(bytes: Vec<u8>) -> Body {
    let bytes = Bytes::from(bytes);
    Body::from_stream(stream::iter(0..bytes.len()).then(move |n| {
        let byte = bytes.slice(n..=n);
        async move {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Chunk::Ok(byte)
        }
    }))
}

/// The beginning of a JSON object, then spaces without end.
pub(crate) fn endless() -> Body {
    let start = stream::once(async { Chunk::Ok(Bytes::from_static(b"{\"type\":\"list\",\"data\":[")) });
    let spaces = Bytes::from(vec![b' '; 64 * 1_024]);
    let rest = stream::repeat(spaces).then(|spaces| async move {
        tokio::time::sleep(Duration::from_millis(2)).await;
        Chunk::Ok(spaces)
    });
    Body::from_stream(start.chain(rest))
}
