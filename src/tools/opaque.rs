//! Values that are given out as text and come back as they were: cursors.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Characters such a text has at most.
const LONGEST: usize = 8_192;

/// A value as text.
pub(super) fn encode(value: &impl Serialize) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(value).unwrap_or_default())
}

/// The value of a text; none when it is none of ours.
pub(super) fn decode<T: DeserializeOwned>(text: &str) -> Option<T> {
    let bytes = (text.len() <= LONGEST).then(|| BASE64_URL_SAFE_NO_PAD.decode(text.trim()).ok())??;
    serde_json::from_slice(&bytes).ok()
}
