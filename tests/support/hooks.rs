//! Notifications as Intercom sends them, and as others would.

use std::path::Path;
use std::time::{Duration, Instant};

use fastintercom::intercom::webhook::{parse_notification, sign};
use fastintercom::lake::Layout;
use fastintercom::sync::hints::{Hint, HintLog, is_waiting};
use secrecy::SecretString;
use serde_json::{Value, json};

use super::cli::{CANARY, TestEnv};
use super::serving::{Reply, Request, Serving};

/// The path webhooks go to.
pub(crate) const PATH: &str = "/webhooks/intercom";

/// How long things may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A secret that must not appear anywhere.
pub(crate) fn secret() -> String {
    format!("{CANARY}0webhooks")
}

/// The world with that secret.
pub(crate) fn with_secret(env: TestEnv) -> TestEnv {
    env.with("FASTINTERCOM_WEBHOOK_SECRET", secret())
}

/// A notification about an object.
pub(crate) fn notification(topic: &str, notification_id: &str, item: &Value) -> Value {
    json!({
        "type": "notification_event", "app_id": null, "topic": topic, "id": notification_id, "created_at": 1,
        "data": {"type": "notification_event_data", "item": item},
    })
}

/// A notification about an object by its id.
pub(crate) fn about(topic: &str, number: usize, id: impl ToString) -> Value {
    notification(topic, &format!("notif_{number}"), &json!({"id": id.to_string()}))
}

/// A ping.
pub(crate) fn ping() -> Value {
    let item = json!({"type": "ping", "message": "something something interzen"});
    json!({"type": "notification_event", "topic": "ping", "id": null, "data": {"item": item}})
}

/// The request that brings a body, signed with a secret.
pub(crate) fn signed(body: &Value, secret: &str) -> Request<'static> {
    let body = body.to_string();
    let signature = sign(body.as_bytes(), &SecretString::from(secret));
    Request::post(PATH, body).with("X-Hub-Signature", signature)
}

/// Brings a genuine notification.
pub(crate) fn deliver(server: &Serving, body: &Value) -> Reply {
    server.send(&signed(body, &secret()))
}

/// Stores notifications where a lake keeps hints, and waits until they can be taken. It blocks, on a thread of its own:
/// paused time would run away while another thread writes.
pub(crate) fn hint(home: &Path, notifications: &[Value]) {
    std::thread::scope(|scope| scope.spawn(|| stored(home, notifications)).join().unwrap());
}

fn stored(home: &Path, notifications: &[Value]) {
    let dir = Layout::new(home).hints_dir();
    let log = HintLog::open(&dir, 0, || {}).unwrap();
    for body in notifications {
        let notification = parse_notification(body.to_string().as_bytes()).unwrap();
        futures::executor::block_on(log.store(&Hint::of(&notification, 1))).unwrap();
    }
    drop(log);
    wait(|| is_waiting(&dir));
}

/// Waits until something is so.
pub(crate) fn wait(mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < PATIENCE, "it never came to that");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Hints in a lake's home, by what they name. A file may be gone as soon as it is listed: its hints were taken.
pub(crate) fn hinted(home: &Path) -> Vec<String> {
    let dir = Layout::new(home).hints_dir();
    let files = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let read = files.filter_map(|file| std::fs::read(file.path()).ok());
    read.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
}
