//! `conversation_metrics` equals a second computation of the same definitions, column by column, over a whole
//! company.

use std::collections::BTreeMap;

use crate::support::little_lake::{noon, written};
use crate::support::oracle;
use crate::support::world::World;
use fastintercom::demo::ApiVersion;
use fastintercom::engine::{Access, Engine, EngineOptions, Now, QueryOptions};
use fastintercom::format::Format;
use fastintercom::lake::Layout;

/// Columns that are shown as something else than themselves.
fn shown(column: &str) -> String {
    match column {
        name if name.ends_with("_at") => format!("epoch({name})::BIGINT"),
        "median_reply_seconds" => format!("printf('%.1f', {column})"),
        "replier_ids" => format!("nullif(array_to_string({column}, ';'), '')"),
        name => name.to_owned(),
    }
}

#[tokio::test(start_paused = true)]
async fn every_column_equals_an_independent_computation_over_5000_conversations() {
    let world = World::new(5_000);
    world.sync().await;
    let now = world.clock.now_ms() / 1_000;
    let company = world.server.snapshot();
    let mut expected: BTreeMap<String, BTreeMap<&str, String>> = BTreeMap::new();
    for id in company.conversation_ids() {
        let json = company.conversation_json(id, ApiVersion::default(), now).unwrap();
        expected.insert(id.to_string(), oracle::metrics(&json));
    }
    let columns: Vec<&str> = expected.values().next().unwrap().keys().copied().collect();
    let list: Vec<String> = columns.iter().map(|column| format!("{} AS {column}", shown(column))).collect();
    let options = EngineOptions { access: Access::ViewsOnly, ..EngineOptions::new(Now::fixed(noon())) };
    let engine = Engine::open(&Layout::new(world.home()), options).unwrap();
    let sql = format!("SELECT conversation_id, {} FROM conversation_metrics", list.join(", "));
    let answer = written(&engine.query(&sql, &QueryOptions::default()).unwrap(), Format::Csv);
    let mut wrong = Vec::new();
    let mut met = BTreeMap::new();
    for line in answer.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let row = expected.remove(cells[0]).expect("only conversations of the company");
        for (column, cell) in columns.iter().zip(&cells[1..]) {
            if row[column] != *cell {
                wrong.push(format!("{} {column}: {cell}, not {}", cells[0], row[column]));
            }
            *met.entry(*column).or_insert(0) += i32::from(!cell.is_empty());
        }
    }
    assert!(wrong.is_empty(), "{} wrong, like {:?}", wrong.len(), &wrong[..wrong.len().min(10)]);
    assert_eq!(expected.len(), 0, "conversations without a row");
    let never_met: Vec<_> = met.iter().filter(|(_, count)| **count == 0).collect();
    assert!(never_met.is_empty(), "the company shows nothing of {never_met:?}");
}
