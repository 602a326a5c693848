//! The server dies between its answer and the commit: whatever it acknowledged is in the lake after all.

use std::collections::BTreeMap;

use fastintercom::demo::ServerOptions;
use fastintercom::model::Conversation;
use serde_json::json;

use crate::support::cli::TestEnv;
use crate::support::hooks::{deliver, hinted, notification, wait, with_secret};
use crate::support::serving::Serving;
use crate::support::standin::StandIn;
use crate::support::truth::Held;

/// How often it is killed; `FI_TEST_KILLS=100` for long.
fn kills() -> usize {
    std::env::var("FI_TEST_KILLS")
        .map_or(4, |text| text.parse().expect("FI_TEST_KILLS is a number, like 100"))
}

/// The scores that the lake holds, by conversation.
fn scores(env: &TestEnv) -> BTreeMap<u64, i64> {
    let rows = Held::at(&env.home()).rows::<Conversation>();
    let of = |row: &Conversation| {
        let attributes = row.custom_attributes.as_ref()?.to_value();
        Some((row.conversation_id.as_str().parse().ok()?, attributes["CX Score rating"].as_i64()?))
    };
    rows.iter().filter_map(of).collect()
}

#[test]
fn whatever_was_acknowledged_is_in_the_lake_after_a_kill() {
    let standin = StandIn::with(60, ServerOptions::default());
    let env = with_secret(standin.env());
    assert_eq!(env.fi(&["sync"]).code, Some(0));
    let ids = standin.server.read(|workspace| workspace.conversation_ids());
    let mut acknowledged = BTreeMap::new();
    for kill in 0..kills() {
        let server = Serving::start(&env, &[]);
        // Nothing but a hint tells of this: no time of any conversation moves.
        for number in 0..8 + kill % 3 {
            let id = ids[(kill * 7 + number * 3) % ids.len()];
            let score = (kill * 100 + number) as i64;
            standin.server.set_attribute_silently(id, "CX Score rating", json!(score)).unwrap();
            let item = json!({"type": "conversation", "id": id.to_string()});
            let told = notification("conversation.rating.added", &format!("notif_{kill}_{number}"), &item);
            if deliver(&server, &told).status == 200 {
                acknowledged.insert(id, score);
            }
        }
        if kill % 2 == 1 {
            // In the middle of fetching them, or of the commit.
            std::thread::sleep(std::time::Duration::from_millis(1_050 + 37 * kill as u64 % 400));
        }
        server.kill();
    }
    assert!(acknowledged.len() > 20, "{} were acknowledged", acknowledged.len());
    let server = Serving::start(&env, &[]);
    wait(|| hinted(&env.home()).is_empty());
    let held = scores(&env);
    let lost: Vec<_> = acknowledged.iter().filter(|(id, score)| held.get(id) != Some(score)).collect();
    assert!(lost.is_empty(), "lost: {lost:?}");
    let run = env.fi(&["verify"]);
    assert!(run.code == Some(0), "{run}");
    assert!(server.end().0.success());
}
