//! The one place where a request is made, paced, timed, judged and tried again. Knows outcomes, not
//! what the objects mean: the caller brings a function that reads the body.

use std::time::Duration;

use bytes::Bytes;
use serde_json::value::RawValue;
use tokio::time::{Instant, sleep};

use super::client::Client;
use super::endpoint::Endpoint;
use super::error::{Error, Place};
use super::limit::RateHeaders;
use super::outcome::{self, BodyFault, Cause, Verdict};
use super::request::{Call, PageSize, Replay};
use super::retry;
use super::transport::HttpResponse;

/// Longest pause a server may ask for with `Retry-After` on a 5xx.
const LONGEST_SERVER_PAUSE: Duration = Duration::from_secs(60);

/// How often a response that is too large is asked for, should it have been an accident.
const TRIES_OF_TOO_LARGE: u32 = 3;

/// A failed try.
struct Failure {
    cause: Cause,
    place: Place,
    /// How long the server asked to be left alone.
    pause: Option<Duration>,
}

/// What one try came to.
enum Try<T> {
    Done(T),
    RateLimited,
    Failed(Failure),
    Refused(Error),
}

impl Client {
    /// Makes a call and reads its body, trying again as the policy says.
    pub(super) async fn call<T>(
        &self,
        call: &Call,
        read: impl Fn(&str) -> Result<T, BodyFault>,
    ) -> Result<T, Error> {
        self.call_sized(call, None, read).await
    }

    /// The same for a page, whose size may shrink when the server is struggling.
    pub(super) async fn call_sized<T>(
        &self,
        call: &Call,
        mut size: Option<&mut PageSize>,
        read: impl Fn(&str) -> Result<T, BodyFault>,
    ) -> Result<T, Error> {
        let since = Instant::now();
        let mut failed = 0;
        loop {
            let failure = match self.attempt(call, size.as_deref(), since, failed + 1, &read).await {
                Try::Done(value) => {
                    if let Some(size) = size {
                        size.page_went_well();
                    }
                    return Ok(value);
                }
                Try::RateLimited => continue,
                Try::Refused(error) => return Err(error),
                Try::Failed(failure) => failure,
            };
            failed += 1;
            if !self.worth_another_try(call, &failure.cause, failed, size.as_deref_mut()) {
                return Err(failure.cause.into_error(failure.place, &self.inner.host(), failed));
            }
            let pause = retry::pause(&self.inner.options.retry, failed);
            sleep(failure.pause.map_or(pause, |asked| asked.min(LONGEST_SERVER_PAUSE).max(pause))).await;
            self.inner.stats.retry(call.endpoint);
        }
    }

    fn worth_another_try(
        &self,
        call: &Call,
        cause: &Cause,
        failed: u32,
        size: Option<&mut PageSize>,
    ) -> bool {
        let policy = &self.inner.options.retry;
        let mut shrunk = false;
        let too_large = matches!(cause, Cause::TooLarge { .. });
        if let Some(size) = size
            && cause.may_be_size()
            && (failed >= policy.tries_before_smaller_pages || too_large)
        {
            shrunk = size.shrink();
        }
        let replayable = call.replay == Replay::Always || cause.never_arrived();
        failed < policy.tries && replayable && (!too_large || shrunk || failed < TRIES_OF_TOO_LARGE)
    }

    async fn attempt<T>(
        &self,
        call: &Call,
        size: Option<&PageSize>,
        since: Instant,
        number: u32,
        read: &impl Fn(&str) -> Result<T, BodyFault>,
    ) -> Try<T> {
        let inner = &*self.inner;
        let endpoint = call.endpoint;
        let nowhere = Place { endpoint, request_id: None };
        let request = match call.http(&inner.options.base_url, &inner.headers, size) {
            Ok(request) => request,
            Err(error) => return Try::Refused(error),
        };
        let permit = match inner.limiter.acquire(since).await {
            Ok(permit) => permit,
            Err(limited) => {
                return Try::Refused(Error::RateLimitedTooLong { place: nowhere, waited: limited.waited });
            }
        };
        inner.stats.request(endpoint);
        let sent = Instant::now();
        let answer = inner.transport.send(request).await;
        let elapsed = sent.elapsed();
        let response = match answer {
            Ok(response) => response,
            Err(error) => {
                let cause = Cause::from(error);
                if cause.never_arrived() {
                    permit.never_sent();
                }
                log_failure(endpoint, number, elapsed, &cause);
                return Try::Failed(Failure { cause, place: nowhere, pause: None });
            }
        };
        let said = RateHeaders::read(response.status, &response.headers);
        permit.answered(&said);
        inner.stats.received(endpoint, response.body.len());
        log_response(endpoint, number, elapsed, &response);
        self.judged(call, &response, &said, read)
    }

    fn judged<T>(
        &self,
        call: &Call,
        response: &HttpResponse,
        said: &RateHeaders,
        read: &impl Fn(&str) -> Result<T, BodyFault>,
    ) -> Try<T> {
        let endpoint = call.endpoint;
        let place = || Place { endpoint, request_id: outcome::request_id(&response.headers) };
        let failed = |cause| Try::Failed(Failure { cause, place: place(), pause: said.retry_after() });
        match outcome::judge(
            endpoint,
            response.status,
            &response.headers,
            &response.body,
            self.inner.secret(),
        ) {
            Verdict::Success => match text(&response.body).and_then(read) {
                Ok(value) => Try::Done(value),
                Err(fault) => failed(Cause::Body(fault)),
            },
            Verdict::RateLimited => {
                self.inner.stats.rate_limited(endpoint);
                Try::RateLimited
            }
            Verdict::Retry(cause) => failed(cause),
            Verdict::Fail(error) => Try::Refused(error),
        }
    }
}

fn log_response(endpoint: &Endpoint, attempt: u32, elapsed: Duration, response: &HttpResponse) {
    tracing::debug!(
        method = endpoint.method,
        path = endpoint.path,
        status = response.status.as_u16(),
        attempt,
        elapsed_ms = millis(elapsed),
        bytes = response.body.len(),
        request_id = outcome::request_id(&response.headers).as_deref(),
        "response"
    );
}

fn log_failure(endpoint: &Endpoint, attempt: u32, elapsed: Duration, cause: &Cause) {
    tracing::debug!(
        method = endpoint.method,
        path = endpoint.path,
        attempt,
        elapsed_ms = millis(elapsed),
        failure = cause.name(),
        "no response"
    );
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// The body as text that is one complete JSON value; the check every success has to pass.
fn text(body: &Bytes) -> Result<&str, BodyFault> {
    let text = std::str::from_utf8(body).map_err(BodyFault::NotUtf8)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim_ascii().is_empty() {
        return Err(BodyFault::Empty);
    }
    serde_json::from_str::<&RawValue>(text).map_err(BodyFault::NotJson)?;
    Ok(text)
}
