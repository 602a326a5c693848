//! Addresses of files: signed anew on every fetch, good for half an hour.

use crate::demo::workspace::Attachment;
use crate::demo::workspace::tables::APP_ID;
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::fmt;

/// How long an address works, in seconds.
pub(crate) const VALID_FOR: i64 = 30 * 60;
/// Marks an image in a stored body that must be signed.
const MARK: &str = "{signed}";

/// The address of an attachment.
pub(crate) struct SignedUrl<'a> {
    pub(crate) file: &'a Attachment,
    pub(crate) now: i64,
    pub(crate) nonce: u64,
}

impl Serialize for SignedUrl<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl fmt::Display for SignedUrl<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = self.file.id;
        let shard = 1 + id % 9;
        write!(
            f,
            "https://larkspur.intercom-attachments-{shard}.com/i/o/{APP_ID}/{id}/{:012x}/",
            scramble(id, 1)
        )?;
        percent(f, &self.file.name)?;
        query(f, id, self.now, self.nonce)
    }
}

fn query(f: &mut impl fmt::Write, id: u64, now: i64, nonce: u64) -> fmt::Result {
    let expires = now + VALID_FOR;
    let key = scramble(id ^ nonce, expires as u64);
    write!(
        f,
        "?expires={expires}&signature={key:016x}{:016x}&req=dSQk{:010x}",
        scramble(key, 2),
        nonce ^ 0x5a_5a5a
    )
}

fn scramble(a: u64, b: u64) -> u64 {
    let mut x = a.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ b.wrapping_mul(0xd6e8_feb8_6659_fd93);
    x ^= x >> 32;
    x.wrapping_mul(0xd6e8_feb8_6659_fd93) ^ (x >> 29)
}

fn percent(f: &mut fmt::Formatter<'_>, name: &str) -> fmt::Result {
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' => {
                write!(f, "{}", char::from(byte))?;
            }
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}

/// Signs the images inside a body.
pub(crate) fn sign_images(html: &str, now: i64, nonce: u64) -> Cow<'_, str> {
    if !html.contains(MARK) {
        return Cow::Borrowed(html);
    }
    let mut signed = String::new();
    // Writing to a String cannot fail.
    let _ = query(&mut signed, html.len() as u64, now, nonce);
    Cow::Owned(html.replace(MARK, &signed.replace('&', "&amp;")))
}
