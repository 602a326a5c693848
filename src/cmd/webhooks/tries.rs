//! Asks a server what Intercom asks: whether it is there, and to take deliveries that are genuine and some that are not.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode, Url};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::cmd::doctor::check::Check;
use crate::config::Config;
use crate::error::{CommandError, Explain, Kind};
use crate::intercom::webhook::{SIGNATURE_HEADER, sign};

/// How long Intercom waits.
const WITHIN: Duration = Duration::from_secs(5);
/// What signs a delivery that must be refused.
const NOBODYS_SECRET: &str = "nobody has this secret";

/// What came back: a status, and the words with it.
struct Answer {
    status: StatusCode,
    code: String,
}

/// All that can be tried with these settings, at an address of others or at the server's own on this machine.
pub(super) async fn all(config: &Config, url: &Url, is_own: bool) -> Result<Vec<Check>, CommandError> {
    let client = Client::builder().timeout(WITHIN).redirect(Policy::none());
    // The certificate of the server is for the name that others know it by; nothing secret is sent.
    let client = client.tls_danger_accept_invalid_certs(is_own);
    let is_here = url.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
    let client = if is_here { client.no_proxy() } else { client }.build();
    let client = client.explain(Kind::Failed, || "could not make a client for HTTP")?;
    let mut checks = vec![secret(config)];
    let head = client.head(url.clone()).send().await;
    let is_there = head.as_ref().is_ok_and(|answer| answer.status() == StatusCode::OK);
    let head = match head {
        // The words of a refusal come only with a GET.
        Ok(answer) if answer.status() != StatusCode::OK => {
            answered(client.get(url.clone()).send().await).await
        }
        head => answered(head).await,
    };
    checks.push(there(head));
    let Some(current) = config.webhook_secret.as_ref().filter(|_| is_there) else {
        checks.push(Check::skipped("ping", "not tried"));
        return Ok(checks);
    };
    checks.push(genuine("ping", post(&client, url, current).await));
    if let Some(previous) = &config.webhook_secret_previous {
        checks.push(genuine("previous secret", post(&client, url, previous).await));
    }
    checks.push(forged(post(&client, url, &SecretString::from(NOBODYS_SECRET)).await));
    Ok(checks)
}

fn secret(config: &Config) -> Check {
    match (&config.webhook_secret, &config.webhook_secret_previous) {
        (Some(_), None) => Check::ok("secret", "webhook_secret is set"),
        (Some(_), Some(_)) => Check::ok("secret", "webhook_secret is set, and the one before it"),
        (None, _) => Check::fail(
            "secret",
            "webhook_secret is not set",
            "take it from the Developer Hub, your app, Configure, Basic information",
        ),
    }
}

async fn post(client: &Client, url: &Url, secret: &SecretString) -> Result<Answer, reqwest::Error> {
    let item = json!({"type": "ping", "message": "something something interzen"});
    let ping = json!({
        "type": "notification_event", "topic": "ping", "id": null,
        "data": {"type": "notification_event_data", "item": item},
    });
    let body = ping.to_string();
    let signature = sign(body.as_bytes(), secret);
    let request = client.post(url.clone()).header("content-type", "application/json");
    answered(request.header(SIGNATURE_HEADER, signature).body(body).send().await).await
}

async fn answered(answer: Result<reqwest::Response, reqwest::Error>) -> Result<Answer, reqwest::Error> {
    let answer = answer.map_err(reqwest::Error::without_url)?;
    let status = answer.status();
    let body: Value = answer.json().await.unwrap_or_default();
    Ok(Answer { status, code: body["error"]["code"].as_str().unwrap_or_default().to_owned() })
}

fn there(answer: Result<Answer, reqwest::Error>) -> Check {
    let name = "endpoint";
    match answer {
        Ok(answer) if answer.status == StatusCode::OK => Check::ok(name, "answers HEAD with 200"),
        answer => unexpected(name, answer),
    }
}

fn genuine(name: &'static str, answer: Result<Answer, reqwest::Error>) -> Check {
    match answer {
        Ok(answer) if answer.status == StatusCode::OK => Check::ok(name, "a signed ping is taken"),
        answer => unexpected(name, answer),
    }
}

fn forged(answer: Result<Answer, reqwest::Error>) -> Check {
    let name = "forged ping";
    match answer {
        Ok(answer) if answer.status == StatusCode::UNAUTHORIZED => Check::ok(name, "refused, as it must be"),
        Ok(answer) if answer.status.is_success() => Check::fail(
            name,
            "taken, though nobody signed it",
            "this is no server of `fi serve`, or not its own answer",
        ),
        answer => unexpected(name, answer),
    }
}

/// What else a server can answer, and what to do about it.
fn unexpected(name: &'static str, answer: Result<Answer, reqwest::Error>) -> Check {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return unreachable(name, &error),
    };
    let message = match answer.code.as_str() {
        "" => format!("answered with {}", answer.status),
        code => format!("answered with {} ({code})", answer.status),
    };
    let hint = match (answer.status.as_u16(), answer.code.as_str()) {
        (_, "webhooks_not_set_up") => "set webhook_secret where the server runs, and restart it",
        (_, "host_not_allowed") => "let it be known by that name: fi serve --allowed-host NAME",
        (401, _) => "the server has another secret: set the same webhook_secret there, and restart it",
        (503, _) => "the server cannot store what comes: `fi logs` there tells why",
        (300..=399, _) => "name the address it leads to, which Intercom has to be given as well",
        (404, _) => {
            "there is no `fi serve` at this address: look at the path, and at what the proxy in front passes on"
        }
        _ => "something in front of `fi serve` may have answered: look at the proxy",
    };
    Check::fail(name, message, hint)
}

fn unreachable(name: &'static str, error: &reqwest::Error) -> Check {
    let (message, hint) = match error {
        error if error.is_timeout() => ("no answer within 5 seconds", "Intercom waits no longer than that"),
        error if error.is_connect() => ("nobody listens there, or TLS failed", "start the server: fi serve"),
        _ => ("the answer broke off", "look at the proxy in front of `fi serve`"),
    };
    Check::fail(name, message, hint)
}
