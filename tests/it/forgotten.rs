//! What is easy to forget: a test file that is not a module, a view or check that nobody lists.

use crate::support::tree::in_tree;
use std::collections::BTreeSet;

fn names(directory: &str, extension: &str) -> BTreeSet<String> {
    let directory = in_tree(directory);
    let entries = std::fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().path());
    let of_kind = entries.filter(|path| path.extension().is_some_and(|found| found == extension));
    of_kind.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

#[test]
fn every_test_file_is_a_module() {
    for (directory, list) in
        [("tests/it", include_str!("main.rs")), ("tests/support", include_str!("../support/mod.rs"))]
    {
        let forgotten: Vec<String> = names(directory, "rs")
            .into_iter()
            .filter(|name| {
                !["main", "mod"].contains(&name.as_str()) && !list.contains(&format!("mod {name};"))
            })
            .collect();
        assert_eq!(forgotten, Vec::<String>::new(), "in {directory}");
    }
}
