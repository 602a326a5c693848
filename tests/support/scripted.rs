//! A client whose server is a function: each request is recorded and answered by a closure or the next
//! entry of a list. For tests of what the client sends and of what it makes of answers.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use fastintercom::intercom::{Client, ClientOptions};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::router_transport::RouterTransport;

/// The token of every test client; must never be seen anywhere.
pub(crate) const TOKEN: &str = "dG9rOmNhbmFyeS03YTFm";

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The method.
    pub(crate) method: String,
    /// The path without the query.
    pub(crate) path: String,
    /// The query, empty if there is none.
    pub(crate) query: String,
    /// The headers.
    pub(crate) headers: axum::http::HeaderMap,
    /// The body as text.
    pub(crate) body: String,
    /// When it came.
    pub(crate) at: Instant,
}

impl Seen {
    /// The body as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// One parameter of the query, decoded.
    pub(crate) fn param(&self, name: &str) -> Option<String> {
        let url = Url::parse(&format!("http://localhost/?{}", self.query)).unwrap();
        url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

/// An answer.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

impl Reply {
    /// 200 with this JSON.
    pub(crate) fn ok(body: Value) -> Self {
        Self::raw(200, body.to_string())
    }

    /// Intercom's error format.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let errors = json!([{"code": code, "message": message, "field": null}]);
        Self::raw(status, json!({"type": "error.list", "request_id": "000req", "errors": errors}).to_string())
    }

    /// Any status with any body.
    pub(crate) fn raw(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// The same with a header.
    #[must_use]
    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A client and what its server saw.
pub(crate) struct Scripted {
    /// The client.
    pub(crate) client: Client,
    log: Arc<Mutex<Vec<Seen>>>,
}

impl Scripted {
    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.log.lock().unwrap().clone()
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.log.lock().unwrap().len()
    }
}

/// Options of a client of this machine.
pub(crate) fn options() -> ClientOptions {
    ClientOptions::at(Url::parse("http://localhost:4010/").unwrap(), TOKEN.into())
}

/// A client answered from a list; its last entry answers everything after it.
pub(crate) fn scripted(replies: Vec<Reply>) -> Scripted {
    served(options(), move |number, _| replies[number.min(replies.len() - 1)].clone())
}

/// A client answered by a function of the request's number and the request.
pub(crate) fn served(
    options: ClientOptions,
    answer: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static,
) -> Scripted {
    let log: Arc<Mutex<Vec<Seen>>> = Arc::default();
    let answer = Arc::new(answer);
    let recorded = log.clone();
    let router = Router::new().fallback(move |request: Request| {
        let (answer, log) = (answer.clone(), recorded.clone());
        async move {
            let (head, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let seen = Seen {
                method: head.method.to_string(),
                path: head.uri.path().to_owned(),
                query: head.uri.query().unwrap_or_default().to_owned(),
                headers: head.headers,
                body: String::from_utf8(body.to_vec()).unwrap(),
                at: Instant::now(),
            };
            let reply = {
                let mut log = log.lock().unwrap();
                log.push(seen.clone());
                answer(log.len() - 1, &seen)
            };
            let mut response = Response::builder().status(reply.status);
            for (name, value) in reply.headers {
                response = response.header(name, value);
            }
            response.body(Body::from(reply.body)).unwrap()
        }
    });
    let transport = RouterTransport::new(router).with_max_response_bytes(options.max_response_bytes);
    let client = Client::with_transport(options, Arc::new(transport)).unwrap();
    Scripted { client, log }
}
