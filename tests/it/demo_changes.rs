//! Changes while the server runs: what they do to a conversation, and who is told.

use crate::demo_support::*;
use axum::http::{HeaderMap, Method};
use bytes::Bytes;
use fastintercom::demo::workspace::{Assignee, Change, MutationError, Priority, State};
use fastintercom::demo::{Clock, DemoServer, ServerOptions, WebhookTarget};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A server whose clock runs, and a closed conversation of it.
fn running() -> (DemoServer, u64) {
    let server = DemoServer::new(
        company(),
        ServerOptions { clock: Clock::tokio(NOW * 1_000), ..ServerOptions::default() },
    );
    let id = company()
        .conversations()
        .find(|c| c.state == State::Closed && c.parts.len() > 4 && c.tags.is_empty())
        .unwrap()
        .id;
    (server, id)
}

/// The part a change leaves, the state it leaves, and the change.
type Step = (&'static str, &'static str, fn(&DemoServer, u64) -> Result<Change, MutationError>);

async fn shown(server: &DemoServer, id: u64) -> Value {
    get(format!("/conversations/{id}")).ok(server).await
}

fn last_part(conversation: &Value) -> &Value {
    conversation["conversation_parts"]["conversation_parts"].as_array().unwrap().last().unwrap()
}

#[tokio::test(start_paused = true)]
async fn what_people_do_moves_updated_at_to_the_time_of_the_part() {
    let (server, id) = running();
    let steps: [Step; 11] = [
        ("open", "open", |server, id| server.reply(id, "<p>again</p>")),
        ("comment", "open", |server, id| server.reply(id, "<p>and again</p>")),
        ("comment", "open", |server, id| server.reply_as_admin(id, 1, "<p>yes?</p>")),
        ("note", "open", |server, id| server.note(id, 1, "<p>hm</p>")),
        ("assignment", "open", |server, id| server.assign(id, 1, Assignee::Team(2))),
        ("priority_changed", "open", |server, id| server.set_priority(id, 1, Priority::Urgent)),
        ("snoozed", "snoozed", |server, id| server.snooze(id, 1, NOW + 9_000)),
        ("unsnoozed", "open", |server, id| server.unsnooze(id, 1)),
        ("conversation_tags_updated", "open", |server, id| server.tag_conversation(id, 1, 3)),
        ("close", "closed", |server, id| server.close(id, 1, Some("<p>bye</p>"))),
        ("open", "open", |server, id| server.reopen(id, 1)),
    ];
    for (n, (kind, state, step)) in steps.iter().enumerate() {
        tokio::time::advance(Duration::from_secs(60)).await;
        step(&server, id).unwrap();
        let now = NOW + 60 * (n as i64 + 1);
        let c = shown(&server, id).await;
        assert_eq!((&c["updated_at"], &c["state"]), (&json!(now), &json!(state)), "{kind}");
        assert_eq!((&last_part(&c)["part_type"], &last_part(&c)["created_at"]), (&json!(kind), &json!(now)));
    }
    let c = shown(&server, id).await;
    assert_eq!(
        (&c["priority"], &c["tags"]["tags"][0]["name"], &c["team_assignee_id"]),
        (&json!("urgent"), &json!("labels"), &json!(8_100_202))
    );
    assert_eq!(c["statistics"]["last_close_at"], NOW + 600);
    assert_eq!(c["open"], true);
}

#[tokio::test(start_paused = true)]
async fn a_customer_waits_from_their_message_until_a_teammate_answers() {
    let (server, id) = running();
    assert_eq!(shown(&server, id).await["waiting_since"], Value::Null);
    server.reply(id, "<p>again</p>").unwrap();
    tokio::time::advance(Duration::from_secs(5)).await;
    server.reply(id, "<p>hello?</p>").unwrap();
    assert_eq!(shown(&server, id).await["waiting_since"], NOW);
    server.note(id, 1, "<p>not an answer</p>").unwrap();
    assert_eq!(shown(&server, id).await["waiting_since"], NOW);
    server.reply_as_admin(id, 1, "<p>yes</p>").unwrap();
    assert_eq!(shown(&server, id).await["waiting_since"], Value::Null);
}

#[tokio::test(start_paused = true)]
async fn tags_on_parts_and_ratings_do_not_move_updated_at() {
    let (server, id) = running();
    let before = shown(&server, id).await["updated_at"].clone();
    let part = company().conversation(id).unwrap().parts[0].id;
    tokio::time::advance(Duration::from_secs(60)).await;
    server.tag_part(id, part, 2).unwrap();
    let c = shown(&server, id).await;
    let tagged = &c["conversation_parts"]["conversation_parts"][0];
    assert_eq!((&tagged["updated_at"], &tagged["tags"][0]["name"]), (&json!(NOW + 60), &json!("login")));
    server.rate(id, 2, Some("too slow")).unwrap();
    server.set_attribute_silently(id, "CX Score rating", json!(1)).unwrap();
    let c = shown(&server, id).await;
    assert_eq!(
        (&c["updated_at"], &c["conversation_rating"]["remark"], &c["custom_attributes"]["CX Score rating"]),
        (&before, &json!("too slow"), &json!(1))
    );
    server.set_attribute(id, "plan", json!("pro")).unwrap();
    assert_eq!(shown(&server, id).await["updated_at"], NOW + 60);
}

#[tokio::test(start_paused = true)]
async fn a_redaction_moves_the_part_and_the_conversation() {
    let (server, id) = running();
    let part = company().conversation(id).unwrap().parts.iter().find(|part| part.body.is_some()).unwrap().id;
    tokio::time::advance(Duration::from_secs(60)).await;
    server.redact(id, part).unwrap();
    let c = shown(&server, id).await;
    let parts = c["conversation_parts"]["conversation_parts"].as_array().unwrap();
    let redacted = parts.iter().find(|known| known["id"] == part.to_string().as_str()).unwrap();
    assert_eq!(redacted["body"], "<p><i>This message was deleted</i></p>");
    assert_eq!(
        (&redacted["redacted"], &redacted["updated_at"], &c["updated_at"]),
        (&json!(true), &json!(NOW + 60), &json!(NOW + 60))
    );
}

#[tokio::test]
async fn a_merged_contact_hands_its_conversations_over() {
    let (server, workspace) = (server(), company());
    let mut contacts = workspace.contacts().filter(|contact| {
        workspace.conversations().any(|c| {
            workspace.contact(contact.id).is_some_and(|_| {
                c.contacts.len() == 1
                    && workspace
                        .contacts()
                        .nth(c.contact() as usize)
                        .is_some_and(|known| known.id == contact.id)
            })
        })
    });
    let (from, into) = (contacts.next().unwrap().id, contacts.next().unwrap().id);
    let moved = server.merge_contacts(from, into).unwrap();
    assert!(!moved.is_empty());
    for id in moved {
        let c = shown(&server, id).await;
        assert!(!c.to_string().contains(&from.to_string()), "{id}");
        assert_eq!(c["updated_at"], workspace.conversation(id).unwrap().updated_at);
    }
    assert_eq!(get(format!("/contacts/{from}")).ask(&server).await.status, 410);
    assert_eq!(server.merge_contacts(from, into), Err(MutationError::UnknownContact(from.to_string())));
}

#[tokio::test]
async fn what_does_not_exist_cannot_be_changed() {
    let (server, id) = (server(), company().conversation_ids()[0]);
    assert_eq!(server.reply(1, "x"), Err(MutationError::UnknownConversation(1)));
    assert_eq!(server.redact(id, 1), Err(MutationError::UnknownPart { conversation: id, part: 1 }));
    assert_eq!(server.note(id, 99, "x"), Err(MutationError::UnknownPosition { what: "admin", position: 99 }));
    assert_eq!(
        server.tag_conversation(id, 1, 999),
        Err(MutationError::UnknownPosition { what: "tag", position: 999 })
    );
    server.delete(id).unwrap();
    assert_eq!(server.delete(id).unwrap_err().to_string(), format!("there is no conversation {id}"));
}

#[tokio::test]
async fn after_a_deletion_the_others_still_have_their_own_tickets() {
    let (server, workspace) = (server(), company());
    let first = workspace.conversations().find(|c| c.ticket.is_some()).unwrap().id;
    server.delete(first).unwrap();
    server.read(|workspace| {
        for c in workspace.conversations() {
            assert!(c.ticket.is_none_or(|n| workspace.tickets()[n as usize].conversation == Some(c.id)));
            assert!(c.linked.iter().all(|n| workspace.tickets()[*n as usize].linked.contains(&c.id)));
        }
    });
}

/// A receiver in this process: what it got, and what it answers.
#[derive(Clone, Default)]
struct Receiver {
    got: Arc<Mutex<Vec<(Method, HeaderMap, Bytes)>>>,
    answers: Arc<Mutex<VecDeque<Option<u16>>>>,
}

impl Receiver {
    fn target(&self) -> WebhookTarget {
        let receiver = self.clone();
        WebhookTarget::local("client secret", move |method, headers, body| {
            receiver.got.lock().unwrap().push((method, headers, body));
            let answer = receiver.answers.lock().unwrap().pop_front().unwrap_or(Some(200));
            Box::pin(async move { answer })
        })
    }

    /// Answers to come, after the HEAD request and the ping.
    fn will_answer(&self, answers: &[Option<u16>]) {
        self.answers.lock().unwrap().extend([Some(200), Some(200)]);
        self.answers.lock().unwrap().extend(answers);
    }

    /// Notifications so far, without HEAD and ping.
    fn notifications(&self) -> Vec<Value> {
        self.got
            .lock()
            .unwrap()
            .iter()
            .skip(2)
            .map(|(_, _, body)| serde_json::from_slice(body).unwrap())
            .collect()
    }
}

/// Lets background tasks run, and so much time pass.
async fn pass(time: Duration) {
    tokio::time::sleep(time + Duration::from_millis(1)).await;
}

#[tokio::test(start_paused = true)]
async fn a_receiver_is_asked_greeted_and_told_what_changes() {
    let ((server, id), receiver) = (running(), Receiver::default());
    server.set_webhook(receiver.target()).await.unwrap();
    server.reply(id, "<p>again &amp; again</p>").unwrap();
    pass(Duration::ZERO).await;
    server.close(id, 1, None).unwrap();
    pass(Duration::ZERO).await;
    server.delete(id).unwrap();
    pass(Duration::ZERO).await;
    let got = receiver.got.lock().unwrap().clone();
    assert_eq!(
        got.iter().map(|(method, _, _)| method.as_str()).collect::<Vec<_>>(),
        ["HEAD", "POST", "POST", "POST", "POST"]
    );
    let ping: Value = serde_json::from_slice(&got[1].2).unwrap();
    assert_eq!(
        (&ping["topic"], &ping["id"], &ping["data"]["item"]["message"]),
        (&json!("ping"), &Value::Null, &json!("something something interzen"))
    );
    let sent = receiver.notifications();
    let topics: Vec<_> = sent.iter().map(|event| event["topic"].as_str().unwrap()).collect();
    assert_eq!(topics, ["conversation.user.replied", "conversation.admin.closed", "conversation.deleted"]);
    assert_eq!(sent[2]["data"]["item"], json!({"type": "conversation", "conversation_id": id.to_string()}));
    let parts = &sent[0]["data"]["item"]["conversation_parts"];
    assert_eq!(
        (&parts["total_count"], &parts["conversation_parts"][0]["body"]),
        (&json!(1), &json!("again & again")),
        "plain text since 2.15"
    );
    assert!(sent[0]["id"].as_str().unwrap().starts_with("notif_"));
    assert_eq!((&sent[0]["created_at"], &sent[0]["delivery_attempts"]), (&json!(NOW), &json!(1)));
}

#[tokio::test(start_paused = true)]
async fn statistics_in_webhooks_have_dates_as_text_and_the_closer_as_a_number() {
    let ((server, id), receiver) = (running(), Receiver::default());
    server.set_webhook(receiver.target()).await.unwrap();
    server.close(id, 1, None).unwrap();
    pass(Duration::ZERO).await;
    let statistics = receiver.notifications()[0]["data"]["item"]["statistics"].clone();
    assert_eq!(statistics["last_close_at"], "2026-11-20T12:00:00.000Z");
    assert_eq!(statistics["last_closed_by_id"], 7_300_101);
    assert!(statistics["time_to_last_close"].is_number());
}

#[tokio::test(start_paused = true)]
async fn reading_carries_the_last_parts_and_moves_nothing() {
    let ((server, id), receiver) = (running(), Receiver::default());
    let before = shown(&server, id).await["updated_at"].clone();
    server.set_webhook(receiver.target()).await.unwrap();
    server.mark_read(id).unwrap();
    pass(Duration::ZERO).await;
    let item = receiver.notifications()[0]["data"]["item"].clone();
    assert_eq!((&item["conversation_parts"]["total_count"], &item["read"]), (&json!(4), &json!(true)));
    assert_eq!(shown(&server, id).await["updated_at"], before);
}

#[tokio::test(start_paused = true)]
async fn payloads_are_signed_over_the_raw_body() {
    let ((server, id), receiver) = (running(), Receiver::default());
    server.set_webhook(receiver.target()).await.unwrap();
    server.note(id, 1, "<p>é</p>").unwrap();
    pass(Duration::ZERO).await;
    for (_, headers, body) in receiver.got.lock().unwrap().iter().skip(1) {
        let mut mac = Hmac::<Sha1>::new_from_slice(b"client secret").unwrap();
        mac.update(body);
        let expected: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(headers["x-hub-signature"].to_str().unwrap(), format!("sha1={expected}"));
        assert_eq!(headers["user-agent"], "intercom-parrot-service-client/1.0");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_delivery_is_tried_once_more_after_a_minute() {
    let ((server, id), receiver) = (running(), Receiver::default());
    receiver.will_answer(&[Some(500), Some(500)]);
    server.set_webhook(receiver.target()).await.unwrap();
    server.note(id, 1, "<p>x</p>").unwrap();
    pass(Duration::from_secs(59)).await;
    assert_eq!(receiver.notifications().len(), 1);
    pass(Duration::from_secs(1)).await;
    let sent = receiver.notifications();
    assert_eq!((sent.len(), &sent[1]["delivery_attempts"]), (2, &json!(2)));
    assert_eq!(sent[0]["id"], sent[1]["id"]);
    pass(Duration::from_secs(600)).await;
    assert_eq!(receiver.notifications().len(), 2);
    let log: Vec<_> =
        server.deliveries().into_iter().map(|delivery| (delivery.attempt, delivery.status)).collect();
    assert_eq!(log, [(1, Some(200)), (1, Some(500)), (2, Some(500))]);
}

#[tokio::test(start_paused = true)]
async fn a_receiver_has_five_seconds() {
    let ((server, id), calls) = (running(), Arc::new(Mutex::new(0)));
    let counted = Arc::clone(&calls);
    let target = WebhookTarget::local("s", move |method, _, _| {
        *counted.lock().unwrap() += 1;
        let slow = method == Method::POST;
        Box::pin(async move {
            tokio::time::sleep(Duration::from_secs(if slow { 6 } else { 0 })).await;
            Some(200)
        })
    });
    server.set_webhook(target).await.unwrap();
    server.note(id, 1, "<p>x</p>").unwrap();
    pass(Duration::from_secs(100)).await;
    assert_eq!(*calls.lock().unwrap(), 4);
    assert!(server.deliveries().iter().all(|delivery| delivery.status.is_none()));
}

#[tokio::test(start_paused = true)]
async fn gone_ends_the_subscription_and_throttling_is_waited_out() {
    let ((server, id), receiver) = (running(), Receiver::default());
    receiver.will_answer(&[Some(429), Some(429), Some(200), Some(410)]);
    server.set_webhook(receiver.target()).await.unwrap();
    server.note(id, 1, "<p>x</p>").unwrap();
    pass(Duration::from_secs(600)).await;
    assert_eq!(receiver.notifications().len(), 3);
    server.note(id, 1, "<p>y</p>").unwrap();
    pass(Duration::from_secs(1)).await;
    server.note(id, 1, "<p>z</p>").unwrap();
    pass(Duration::from_secs(1)).await;
    assert_eq!(receiver.notifications().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn notifications_come_twice_and_out_of_order_if_they_are_told_to() {
    let ((server, id), receiver) = (running(), Receiver::default());
    let mut target = receiver.target();
    (target.duplicates, target.reorder) = (0.5, true);
    server.set_webhook(target).await.unwrap();
    for n in 0..40 {
        server.note(id, 1, &format!("<p>{n}</p>")).unwrap();
        pass(Duration::from_millis(100)).await;
    }
    pass(Duration::from_secs(5)).await;
    let sent = receiver.notifications();
    let ids: Vec<_> = sent.iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect();
    let unique: std::collections::BTreeSet<_> = ids.iter().collect();
    assert_eq!(unique.len(), 40);
    assert!((50..72).contains(&ids.len()), "{}", ids.len());
    let times: Vec<_> = sent
        .iter()
        .map(|event| event["data"]["item"]["statistics"]["count_conversation_parts"].as_u64().unwrap())
        .collect();
    assert!(!times.is_sorted());
}

#[tokio::test]
async fn a_receiver_that_does_not_answer_200_to_head_is_not_accepted() {
    let receiver = Receiver::default();
    receiver.answers.lock().unwrap().push_back(Some(405));
    let error = server().set_webhook(receiver.target()).await.unwrap_err().to_string();
    assert!(error.contains("405"), "{error}");
}

#[tokio::test]
async fn webhooks_work_over_the_network_too() {
    use axum::routing::post;
    let (sender, mut got) = tokio::sync::mpsc::unbounded_channel();
    let receive = move |headers: HeaderMap, body: Bytes| async move {
        sender.send((headers, body)).unwrap();
    };
    let router = axum::Router::new().route("/hook", post(receive).head(|| async {}));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let server = server();
    server.set_webhook(WebhookTarget::new(url, "s")).await.unwrap();
    server.note(company().conversation_ids()[0], 1, "<p>x</p>").unwrap();
    assert!(String::from_utf8_lossy(&got.recv().await.unwrap().1).contains("\"ping\""));
    let (headers, body) = got.recv().await.unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap()["topic"], "conversation.admin.noted");
    assert!(headers["x-hub-signature"].to_str().unwrap().starts_with("sha1="));
}
