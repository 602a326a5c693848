//! `fi status --url`: how a running server stands, as it says itself.

use std::time::Duration;

use reqwest::{Client, StatusCode, Url, redirect};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::cmd::{Context, assemble, server_url, words};
use crate::config::values;
use crate::error::{CommandError, Explain, Kind};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A server and the key for it.
struct Remote {
    url: Url,
    key: Option<SecretString>,
    client: Client,
}

/// Asks a server and shows what it says.
pub(super) fn run(context: &Context, url: &str, is_key_on_stdin: bool) -> Result<(), CommandError> {
    let remote = Remote { url: address(url)?, key: key(context, is_key_on_stdin)?, client: client()? };
    if remote.key.is_some() && remote.url.scheme() == "http" && values::api_url(url).is_err() {
        context.printer.warn("the key goes over the network unencrypted: https:// keeps it to yourself");
    }
    let told = assemble::runtime()?.block_on(remote.told())?;
    if context.printer.is_json() {
        context.printer.json(&told)?;
    } else {
        context.printer.line(lines(&told).join("\n"))?;
    }
    match told["ready"]["ready"] == json!(true) {
        true => Ok(()),
        false => {
            let reason = told["ready"]["reason"].as_str().unwrap_or("it does not tell why");
            Err(CommandError::failed(format!("the server is not ready: {reason}")))
        }
    }
}

fn address(url: &str) -> Result<Url, CommandError> {
    let mut url = server_url::read(url, "fi status --url https://fi.example.com")?;
    if !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    Ok(url)
}

fn key(context: &Context, is_on_stdin: bool) -> Result<Option<SecretString>, CommandError> {
    if !is_on_stdin {
        return Ok(context.config.api_key.clone());
    }
    let read = context.printer.read_secret().explain(Kind::Failed, || "could not read the key from stdin")?;
    let key = values::api_key(read.expose_secret().trim());
    key.map(Some).map_err(|allowed| {
        CommandError::auth("that is not a key").because(format!("it takes {allowed}, like fi_…"))
    })
}

fn client() -> Result<Client, CommandError> {
    let client = Client::builder().timeout(PATIENCE).redirect(redirect::Policy::none()).build();
    client.explain(Kind::Failed, || "could not set up the connection")
}

impl Remote {
    /// Everything it says.
    async fn told(&self) -> Result<Value, CommandError> {
        let (status, ready) = self.answer(self.client.get(self.at("ready"))).await?;
        if ready["ready"].as_bool().is_none() {
            let said = format!("{} is no `fi serve`: it answered {status} to /ready", self.url);
            return Err(CommandError::failed(said).hint("--url is the address before /mcp and /tools"));
        }
        let server = self.tool("get_server_status").await?;
        let data = self.tool("get_data_info").await?;
        let url = self.url.as_str().trim_end_matches('/');
        Ok(json!({"url": url, "ready": ready, "server": server, "data": data}))
    }

    async fn tool(&self, name: &str) -> Result<Value, CommandError> {
        let mut request = self.client.post(self.at(&format!("tools/{name}"))).json(&json!({}));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key.expose_secret());
        }
        let (status, answer) = self.answer(request).await?;
        let message = || answer["error"]["message"].as_str().unwrap_or("it does not tell why").to_owned();
        match status {
            StatusCode::OK => Ok(answer),
            StatusCode::UNAUTHORIZED => Err(CommandError::auth("the server does not know this key")
                .hint("set FASTINTERCOM_API_KEY to it, or pass it with --key-stdin")
                .hint("whoever runs the server makes one with: fi keys add NAME")),
            StatusCode::FORBIDDEN => {
                Err(CommandError::auth("this key may not be used for that").because(message()))
            }
            _ => Err(CommandError::failed(format!("the server answered {status}")).because(message())),
        }
    }

    async fn answer(&self, request: reqwest::RequestBuilder) -> Result<(StatusCode, Value), CommandError> {
        let unreachable = |error: reqwest::Error| {
            CommandError::failed(format!("{} cannot be reached", self.url))
                .because(error.without_url())
                .hint("is it running? `fi serve` tells its address when it begins")
        };
        let response = request.send().await.map_err(unreachable)?;
        let status = response.status();
        let text = response.text().await.map_err(unreachable)?;
        Ok((status, serde_json::from_str(&text).unwrap_or_default()))
    }

    fn at(&self, path: &str) -> Url {
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path()));
        url
    }
}

/// What it says, for people.
fn lines(told: &Value) -> Vec<String> {
    let (server, data) = (&told["server"], &told["data"]);
    let number = |value: &Value| value.as_u64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or("never").to_owned();
    let uptime = words::span(number(&server["uptime_seconds"]) as f64);
    let mut lines = vec![
        format!("{} runs fi {}, for {uptime}", text(&told["url"]), text(&server["version"])),
        text(&server["message"]),
        text(&data["message"]),
        format!(
            "{}, {}, {}",
            words::many(number(&server["total_conversations"]), "conversation"),
            words::many(number(&server["total_messages"]), "message"),
            words::bytes(number(&server["lake_bytes"]))
        ),
    ];
    if told["ready"]["disk"] == json!("full") {
        lines.push("Its disk is full: nothing new can be stored".to_owned());
    }
    lines
}
