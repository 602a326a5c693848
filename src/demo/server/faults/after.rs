//! Faults that spoil an answer that was fine.

use super::{FaultKind, streams};
use crate::demo::server::limiter::Budget;
use crate::demo::server::reply::{Content, Reply};
use serde_json::Value;

/// Spoils an answer; `cursor` is the one the request came with.
pub(crate) fn apply(
    kind: FaultKind,
    reply: Reply,
    budget: &mut Budget,
    now_ms: &mut i64,
    cursor: Option<&str>,
) -> Reply {
    let Content::Bytes(bytes) = reply.content else { return reply };
    let headers = Reply { content: Content::Bytes(Vec::new()), ..reply };
    let content = match kind {
        FaultKind::TruncatedJson => Content::Bytes(half(bytes)),
        FaultKind::ShortBody => {
            Content::Stream { length: Some(bytes.len()), body: streams::cut_short(half(bytes)) }
        }
        FaultKind::Reset => return headers.resetting(streams::cut_short(half(bytes))),
        FaultKind::SlowBody => Content::Stream { length: None, body: streams::slow(bytes) },
        FaultKind::HalfUtf8 => Content::Bytes(half_character(bytes)),
        FaultKind::DuplicatedPage
        | FaultKind::UnsortedPage
        | FaultKind::TotalCountDrift
        | FaultKind::MalformedItem => Content::Bytes(page(kind, bytes)),
        FaultKind::RepeatedCursor => Content::Bytes(repeat_cursor(bytes, cursor)),
        FaultKind::ClockSkew => {
            *now_ms += 600_000;
            budget.reset += 600;
            Content::Bytes(bytes)
        }
        FaultKind::ResetInPast => {
            *budget = Budget { remaining: 0, reset: budget.reset - 70, ..*budget };
            Content::Bytes(bytes)
        }
        FaultKind::ResetFarAhead => {
            *budget = Budget { remaining: 0, reset: budget.reset + 7_200, ..*budget };
            Content::Bytes(bytes)
        }
        FaultKind::NoRateHeaders => {
            return Reply { content: Content::Bytes(bytes), ..headers }.without_rate();
        }
        _ => Content::Bytes(bytes),
    };
    Reply { content, ..headers }
}

fn half(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.truncate(bytes.len() / 2);
    bytes
}

/// Puts the first two bytes of `€` behind the first quote of the last string.
fn half_character(mut bytes: Vec<u8>) -> Vec<u8> {
    if let Some(quote) = bytes.iter().rposition(|byte| *byte == b'"') {
        bytes.splice(quote..quote, [0xe2, 0x82]);
    }
    bytes
}

/// The list of items in an answer, whatever it is called.
fn items(answer: &mut Value) -> Option<&mut Vec<Value>> {
    let key = ["conversations", "data", "tickets"].into_iter().find(|key| answer[*key].is_array())?;
    answer[key].as_array_mut()
}

fn page(kind: FaultKind, bytes: Vec<u8>) -> Vec<u8> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else { return bytes };
    if kind == FaultKind::TotalCountDrift
        && let Some(total) = answer["total_count"].as_u64()
    {
        answer["total_count"] = Value::from(total.saturating_sub(3) + bytes.len() as u64 % 7);
    }
    if let Some(items) = items(&mut answer) {
        match kind {
            FaultKind::DuplicatedPage => {
                let again = items.clone();
                items.extend(again);
            }
            FaultKind::UnsortedPage => {
                items.reverse();
                let middle = items.len() / 3;
                items.rotate_left(middle);
            }
            FaultKind::MalformedItem => {
                let middle = items.len() / 2;
                if let Some(item) = items.get_mut(middle).and_then(Value::as_object_mut) {
                    item.remove("id");
                }
            }
            _ => {}
        }
    }
    serde_json::to_vec(&answer).unwrap_or(bytes)
}

fn repeat_cursor(bytes: Vec<u8>, cursor: Option<&str>) -> Vec<u8> {
    let Ok(mut answer) = serde_json::from_slice::<Value>(&bytes) else { return bytes };
    if let (Some(cursor), Some(pages)) = (cursor, answer.get_mut("pages")) {
        let page = pages["page"].as_u64().unwrap_or(1);
        pages["next"] = serde_json::json!({"page": page + 1, "starting_after": cursor});
    }
    serde_json::to_vec(&answer).unwrap_or(bytes)
}
