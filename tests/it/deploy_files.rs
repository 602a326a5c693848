//! The files of `.deploy` fit the program and each other; `.ci/deploy` tries them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use fastintercom::config::keys::KEYS;

use crate::support::cli::files_below;
use crate::support::tree::in_tree;

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(path.as_ref()).unwrap()
}

/// Every file, by its path below `.deploy`.
fn files() -> Vec<(String, String)> {
    let top: PathBuf = in_tree(".deploy");
    let files = files_below(&top).into_iter();
    files.map(|file| (file.strip_prefix(&top).unwrap().display().to_string(), read(&file))).collect()
}

/// What follows a word, up to white space, everywhere in a text.
fn after<'a>(text: &'a str, word: &str) -> BTreeSet<&'a str> {
    text.split(word).skip(1).filter_map(|rest| rest.split_whitespace().next()).collect()
}

#[test]
fn settings_named_there_are_settings() {
    let known: BTreeSet<&str> = KEYS.iter().flat_map(|key| key.env).map(|variable| variable.name).collect();
    let mut named = 0;
    for (file, text) in files() {
        let words = text.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_'));
        for word in words.filter(|word| word.starts_with("FASTINTERCOM_") || word.starts_with("INTERCOM_")) {
            assert!(known.contains(word), "{word} in {file}");
            named += 1;
        }
    }
    assert!(named > 10);
}

#[test]
fn image_manifests_and_compose_file_agree() {
    let file = |name: &str| read(in_tree(".deploy").join(name));
    let image = file("docker/Dockerfile");
    let (home, user, port) =
        (after(&image, "FASTINTERCOM_HOME="), after(&image, "\nUSER "), after(&image, "\nEXPOSE "));
    let (home, port) = (home.first().unwrap(), port.first().unwrap());
    let (uid, gid) = user.first().unwrap().split_once(':').unwrap();
    for pod in ["kubernetes/writer.yaml", "kubernetes/readers.yaml"] {
        let pod = file(pod);
        assert_eq!(after(&pod, "runAsUser: "), BTreeSet::from([uid]));
        assert_eq!(after(&pod, "runAsGroup: "), BTreeSet::from([gid]));
        assert_eq!(after(&pod, "containerPort: "), BTreeSet::from([*port]));
        assert_eq!(after(&pod, "mountPath: "), BTreeSet::from([*home, "/tmp"]));
        assert_eq!(
            after(&pod, "image: "),
            BTreeSet::from([concat!("fastintercom:", env!("CARGO_PKG_VERSION"))])
        );
    }
    let compose = file("docker/compose.yaml");
    assert!(
        compose.contains(&format!("\"home:{home}\"")) && compose.contains(&format!("\"home:{home}:ro\""))
    );
    assert!(compose.contains(&format!(":{port}\"]")));
    assert_eq!(after(&file("systemd/fi.service"), "Environment=FASTINTERCOM_HOME="), BTreeSet::from([*home]));
    let version = format!("rust:{}.", env!("CARGO_PKG_RUST_VERSION"));
    assert!(image.contains(&version), "the image is not built with {version}*");
}

#[test]
fn every_file_is_told_of_in_the_list() {
    let list = read(in_tree(".deploy/README.md"));
    for (file, _) in files().iter().filter(|(file, _)| file != "README.md") {
        assert!(list.contains(&format!("`{file}`")), "{file} is not in .deploy/README.md");
    }
}
