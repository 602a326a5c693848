//! The table of faults: name, what it is, and which requests it can hit.

/// Something that goes wrong.
#[allow(missing_docs, reason = "each is explained by its row in `FaultKind::ALL`")]
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum FaultKind {
    Http500,
    Http500Json,
    Http502,
    Http503,
    Http504,
    Http408,
    Timeout,
    Empty200,
    Html200,
    TruncatedJson,
    ShortBody,
    Reset,
    SlowBody,
    EndlessBody,
    GzipBomb,
    HalfUtf8,
    DuplicatedPage,
    UnsortedPage,
    RepeatedCursor,
    ExpiredCursor,
    TotalCountDrift,
    MalformedItem,
    DeletedMeanwhile,
    Transient404,
    ClockSkew,
    ResetInPast,
    ResetFarAhead,
    NoRateHeaders,
    Storm429,
    RetryAfter,
    ScrollExists,
    ScrollExpired,
    Scroll500,
}

/// Which requests a fault can hit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reach {
    /// All of them.
    Any,
    /// Pages of lists and searches.
    Pages,
    /// Pages asked for with a cursor.
    LaterPages,
    /// Conversations asked for by id.
    Conversation,
    /// Steps of the company scroll.
    Scroll,
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct FaultInfo {
    /// The fault.
    pub kind: FaultKind,
    /// What `--faults` calls it.
    pub name: &'static str,
    /// What happens.
    pub description: &'static str,
    pub(crate) reach: Reach,
}

const fn fault(kind: FaultKind, name: &'static str, reach: Reach, description: &'static str) -> FaultInfo {
    FaultInfo { kind, name, description, reach }
}

impl FaultKind {
    /// All faults, in the order of the enum. Help texts are made from this.
    pub const ALL: &'static [FaultInfo] = &[
        fault(Self::Http500, "http_500", Reach::Any, "500 with an HTML page of the proxy"),
        fault(Self::Http500Json, "http_500_json", Reach::Any, "500 `server_error` as JSON"),
        fault(Self::Http502, "http_502", Reach::Any, "502 with an HTML page of the proxy"),
        fault(Self::Http503, "http_503", Reach::Any, "503 with an HTML page of the proxy"),
        fault(Self::Http504, "http_504", Reach::Any, "504 with an empty body, ten seconds late"),
        fault(Self::Http408, "http_408", Reach::Any, "408 request timeout"),
        fault(Self::Timeout, "timeout", Reach::Any, "no answer, ever"),
        fault(Self::Empty200, "empty_200", Reach::Any, "200 with an empty body"),
        fault(Self::Html200, "html_200", Reach::Any, "200 with an HTML page instead of JSON"),
        fault(
            Self::TruncatedJson,
            "truncated_json",
            Reach::Any,
            "200 with the first half of the JSON, properly framed",
        ),
        fault(
            Self::ShortBody,
            "short_body",
            Reach::Any,
            "the connection ends before Content-Length is reached",
        ),
        fault(Self::Reset, "reset", Reach::Any, "the connection is reset in the middle of the body"),
        fault(Self::SlowBody, "slow_body", Reach::Any, "one byte of the body per second"),
        fault(Self::EndlessBody, "endless_body", Reach::Any, "a chunked body that never ends"),
        fault(Self::GzipBomb, "gzip_bomb", Reach::Any, "a small gzip body that unpacks to half a gigabyte"),
        fault(Self::HalfUtf8, "half_utf8", Reach::Any, "half a UTF-8 character inside a string"),
        fault(Self::DuplicatedPage, "duplicated_page", Reach::Pages, "every item of the page twice"),
        fault(Self::UnsortedPage, "unsorted_page", Reach::Pages, "the items of the page in another order"),
        fault(
            Self::RepeatedCursor,
            "repeated_cursor",
            Reach::LaterPages,
            "the cursor of this page again: a loop",
        ),
        fault(
            Self::ExpiredCursor,
            "expired_cursor",
            Reach::LaterPages,
            "400, the cursor is not known any more",
        ),
        fault(Self::TotalCountDrift, "total_count_drift", Reach::Pages, "a `total_count` that is a few off"),
        fault(
            Self::MalformedItem,
            "malformed_item",
            Reach::Pages,
            "one item without its id, the others fine",
        ),
        fault(
            Self::DeletedMeanwhile,
            "deleted_meanwhile",
            Reach::Conversation,
            "the conversation is deleted for good, 404",
        ),
        fault(
            Self::Transient404,
            "transient_404",
            Reach::Conversation,
            "404, though the conversation exists",
        ),
        fault(Self::ClockSkew, "clock_skew", Reach::Any, "the server's clock runs ten minutes ahead"),
        fault(
            Self::ResetInPast,
            "reset_in_past",
            Reach::Any,
            "X-RateLimit-Reset lies a minute back, nothing remaining",
        ),
        fault(
            Self::ResetFarAhead,
            "reset_far_ahead",
            Reach::Any,
            "X-RateLimit-Reset lies two hours ahead, nothing remaining",
        ),
        fault(Self::NoRateHeaders, "no_rate_headers", Reach::Any, "no rate limit headers"),
        fault(
            Self::Storm429,
            "storm_429",
            Reach::Any,
            "429 for everyone for half a minute, whatever the headers promise",
        ),
        fault(Self::RetryAfter, "retry_after", Reach::Any, "a single 429 with Retry-After"),
        fault(Self::ScrollExists, "scroll_exists", Reach::Scroll, "400, another scroll is open"),
        fault(Self::ScrollExpired, "scroll_expired", Reach::Scroll, "404, the scroll has expired"),
        fault(Self::Scroll500, "scroll_500", Reach::Scroll, "500 in the middle of the scroll, which is lost"),
    ];

    /// The row of this fault.
    pub fn info(self) -> &'static FaultInfo {
        &Self::ALL[self as usize]
    }

    /// What `--faults` calls it.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// The fault of a name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|info| info.name == name).map(|info| info.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_faults_is_in_the_order_of_the_enum() {
        for (position, info) in FaultKind::ALL.iter().enumerate() {
            assert_eq!(info.kind as usize, position, "{}", info.name);
            assert_eq!(FaultKind::find(info.name), Some(info.kind));
        }
    }
}
