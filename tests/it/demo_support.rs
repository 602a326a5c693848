//! What the tests of the demo server share: a small company, and requests without a socket.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use fastintercom::demo::{Clock, DemoServer, Faults, ServerOptions, Shape, Workspace, WorkspaceParams};
use serde_json::{Value, json};
use std::sync::OnceLock;

/// The present of the small company.
pub(crate) const NOW: i64 = 1_795_176_000;

/// 600 conversations over 60 days: enough for one of every kind.
pub(crate) fn company() -> Workspace {
    static COMPANY: OnceLock<Workspace> = OnceLock::new();
    COMPANY
        .get_or_init(|| {
            Workspace::generate(&WorkspaceParams {
                conversations: 600,
                days: 60,
                now: NOW,
                ..WorkspaceParams::default()
            })
        })
        .clone()
}

pub(crate) fn plain(conversations: usize) -> Workspace {
    let params = WorkspaceParams {
        conversations,
        days: 10,
        now: NOW,
        shape: Shape::Plain,
        ..WorkspaceParams::default()
    };
    Workspace::generate(&params)
}

pub(crate) fn server() -> DemoServer {
    with(ServerOptions::default())
}

/// A server of the small company whose clock stands at its present, unless the options say otherwise.
pub(crate) fn with(options: ServerOptions) -> DemoServer {
    DemoServer::new(company(), ServerOptions { clock: Clock::fixed(NOW * 1_000), ..options })
}

pub(crate) fn faulty(faults: Faults) -> DemoServer {
    with(ServerOptions { faults, ..ServerOptions::default() })
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Status and code of an error, after checking its shape.
    pub(crate) fn error(&self) -> (u16, String) {
        let body = self.json();
        assert_eq!(body["type"], "error.list", "{body}");
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"));
        let code = body["errors"][0]["code"].as_str().unwrap().to_owned();
        (self.status.as_u16(), code)
    }

    pub(crate) fn message(&self) -> String {
        self.json()["errors"][0]["message"].as_str().unwrap().to_owned()
    }
}

pub(crate) struct Asked {
    method: &'static str,
    path: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

pub(crate) fn get(path: impl Into<String>) -> Asked {
    Asked {
        method: "GET",
        path: path.into(),
        headers: vec![("authorization", "Bearer secret".into())],
        body: None,
    }
}

pub(crate) fn post(path: impl Into<String>, body: Value) -> Asked {
    Asked { method: "POST", body: Some(body), ..get(path) }
}

/// A conversation search.
pub(crate) fn search(query: Value) -> Asked {
    post("/conversations/search", json!({"query": query}))
}

impl Asked {
    pub(crate) fn method(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(crate) fn version(self, version: &str) -> Self {
        self.header("intercom-version", version)
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn bare(mut self) -> Self {
        self.headers.clear();
        self
    }

    /// Sets a key of the body.
    pub(crate) fn set(mut self, key: &str, value: Value) -> Self {
        self.body.as_mut().unwrap()[key] = value;
        self
    }

    pub(crate) fn per_page(self, n: usize) -> Self {
        self.set("pagination", json!({"per_page": n}))
    }

    pub(crate) fn sort(self, field: &str, order: &str) -> Self {
        self.set("sort", json!({"field": field, "order": order}))
    }

    pub(crate) fn request(self) -> Request<Body> {
        let mut request = Request::builder().method(self.method).uri(self.path);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        match self.body {
            Some(body) => {
                let body = body.to_string();
                let request =
                    request.header("content-type", "application/json").header("content-length", body.len());
                request.body(Body::from(body)).unwrap()
            }
            None => request.body(Body::empty()).unwrap(),
        }
    }

    pub(crate) async fn ask(self, server: &DemoServer) -> Answer {
        let response = server.call(self.request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec();
        Answer { status, headers, bytes }
    }

    /// The JSON of an answer that must be a success.
    pub(crate) async fn ok(self, server: &DemoServer) -> Value {
        let answer = self.ask(server).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }
}

/// The ids of all items of a search, page by page.
pub(crate) async fn walk(server: &DemoServer, body: &Value, per_page: usize) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor = Value::Null;
    loop {
        let mut asked = post("/conversations/search", body.clone());
        asked = asked.set("pagination", json!({"per_page": per_page, "starting_after": cursor}));
        let page = asked.ok(server).await;
        ids.extend(
            page["conversations"].as_array().unwrap().iter().map(|c| c["id"].as_str().unwrap().to_owned()),
        );
        match page["pages"].get("next") {
            Some(next) => cursor = next["starting_after"].clone(),
            None => return ids,
        }
    }
}

pub(crate) fn ids(page: &Value) -> Vec<String> {
    let items = ["conversations", "data", "tickets"].into_iter().find_map(|key| page[key].as_array());
    items.unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
