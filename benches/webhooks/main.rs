//! How soon webhooks are answered, whether what was answered survives, and how soon it can be found: the built server as
//! a process of its own, the stand-in and whoever sends beside it on the same machine.
//!
//! `cargo bench --bench webhooks` sends 2,500 notifications a second for a minute; `-- --kill` ends the server with
//! `kill -9` every two seconds meanwhile, and looks for every acknowledged id in the lake afterwards; `-- --visible` lets
//! customers reply and searches. `--rate N`, `--seconds N` and `--conversations N` change how much.
//! Figures are printed, never asserted, but for one: nothing that was acknowledged may be lost.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints and may fail")]

mod sender;
mod world;

use std::collections::HashSet;
use std::time::{Duration, Instant};

use fastintercom::demo::WebhookTarget;
use serde_json::json;

use sender::{Load, Sent};
use world::{SECRET, World};

/// How often the server is killed.
const KILL_EVERY: Duration = Duration::from_secs(2);
/// Replies that are searched for.
const REPLIES: usize = 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_given = |flag: &str| arguments.iter().any(|text| text == flag);
    let number = |flag: &str, usual: usize| {
        let at = arguments.iter().position(|text| text == flag);
        at.map_or(usual, |at| arguments[at + 1].parse().unwrap())
    };
    let seconds = number("--seconds", 60);
    if is_given("--visible") {
        visible(number("--conversations", 10_000));
    } else if is_given("--kill") {
        let rate = number("--rate", 1_000);
        killed(&Load { rate, seconds });
    } else {
        answered(number("--conversations", 10_000), &Load { rate: number("--rate", 2_500), seconds });
    }
}

/// Times of answers, in milliseconds.
fn told(sent: &[Sent]) -> String {
    let mut times: Vec<f64> = sent.iter().map(|one| one.took.as_secs_f64() * 1e3).collect();
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    format!("p50, p95, p99, most   {:.1}, {:.1}, {:.1}, {:.0} ms", at(0.5), at(0.95), at(0.99), at(1.0))
}

fn answered(conversations: usize, load: &Load) {
    // As much as Intercom allows an app.
    let world = World::new(conversations, Some(1_666));
    let mut server = world.serve();
    let sent = world.runtime.block_on(sender::send(load, server.address, &world.ids, world.payload()));
    let taken = sent.iter().filter(|one| one.status == Some(200)).count();
    println!(
        "{} notifications a second for {} s, {} bytes each",
        load.rate,
        load.seconds,
        world.payload().len()
    );
    println!("  answered 200          {taken} of {}", sent.len());
    println!("  {}", told(&sent));
    println!("  waiting to be fetched {} bytes of hints", world.hint_bytes());
    println!("  memory of the server  {:.0} MB", server.memory_bytes() as f64 / 1e6);
    server.kill();
}

fn killed(load: &Load) {
    // Each conversation is told of once, so that no hint stands in for another.
    let world = World::new(load.rate * load.seconds, None);
    world.change_silently();
    let mut server = world.serve();
    let until = Instant::now() + Duration::from_secs(load.seconds as u64);
    let payload = world.payload();
    let (ids, address, load_copy) = (world.ids.clone(), server.address, *load);
    let sending = world.runtime.spawn(async move { sender::send(&load_copy, address, &ids, payload).await });
    let mut kills = 0;
    while Instant::now() < until {
        std::thread::sleep(KILL_EVERY);
        server.kill();
        server = world.serve_at(address);
        kills += 1;
    }
    let sent = world.runtime.block_on(sending).unwrap();
    let acknowledged: HashSet<u64> =
        sent.iter().filter(|one| one.status == Some(200)).map(|one| one.id).collect();
    let recovered = Instant::now();
    while world.hint_bytes() > 0 {
        std::thread::sleep(Duration::from_millis(200));
    }
    let took = recovered.elapsed();
    let held = world.changed();
    let lost = acknowledged.iter().filter(|id| !held.contains(id)).count();
    println!("{} notifications a second for {} s, kill -9 every 2 s", load.rate, load.seconds);
    println!("  kills                 {kills}");
    println!("  acknowledged          {} of {}", acknowledged.len(), sent.len());
    println!("  all fetched           {:.0} s after the last", took.as_secs_f64());
    println!("  lost                  {lost}");
    assert_eq!(lost, 0, "what was acknowledged is in the lake");
}

fn visible(conversations: usize) {
    let world = World::new(conversations, Some(1_666));
    let server = world.serve();
    let url = format!("http://{}/webhooks/intercom", server.address);
    // A busy machine may take longer than Intercom waits.
    let save = || world.runtime.block_on(world.server.set_webhook(WebhookTarget::new(&url, SECRET)));
    (0..20).find(|_| save().is_ok()).unwrap();
    let mut times = Vec::new();
    for number in 0..REPLIES {
        let word = format!("xylophone{number}");
        let begun = Instant::now();
        let entered = world.runtime.enter();
        world.server.reply(world.ids[number * 7], &format!("<p>{word}</p>")).unwrap();
        drop(entered);
        while server.found(&json!({"query": word})) == 0 {
            assert!(begun.elapsed() < Duration::from_secs(60), "the reply never came");
            std::thread::sleep(Duration::from_millis(25));
        }
        times.push(Sent { id: 0, status: None, took: begun.elapsed() });
    }
    println!("{REPLIES} replies one after the other, lake of {conversations} conversations");
    println!("  found by a search     {}", told(&times));
}
