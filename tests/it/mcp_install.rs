//! `fi mcp install`: one entry in a client's settings, everything else as it was.

use std::fs;

use serde_json::{Value, json};

use crate::support::cli::{CANARY, TestEnv};

const FILES: &[(&str, &str, &str)] = &[
    ("claude-desktop", "user/.config/Claude/claude_desktop_config.json", "mcpServers"),
    ("claude-code", "user/.claude.json", "mcpServers"),
    ("cursor", "user/.cursor/mcp.json", "mcpServers"),
    ("vscode", "user/.config/Code/User/mcp.json", "servers"),
];

fn read(env: &TestEnv, name: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(env.path().join(name)).unwrap()).unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn each_client_gets_an_entry_and_loses_it_again() {
    for (client, file, key) in FILES {
        let env = TestEnv::new().with("INTERCOM_ACCESS_TOKEN", CANARY);
        let run = env.fi(&["mcp", "install", "--client", client, "--json"]);
        assert!(run.code == Some(0), "{run}");
        assert_eq!((run.json()["action"].as_str(), run.json()["backup"].as_str()), (Some("added"), None));
        let entry = read(&env, file)[key]["fastintercom"].clone();
        assert!(entry["command"].as_str().unwrap().starts_with('/'), "{entry}");
        assert_eq!(entry["args"], json!(["mcp", "--home", env.home()]));
        assert!(!fs::read_to_string(env.path().join(file)).unwrap().contains(CANARY));
        let again = env.fi(&["mcp", "install", "--client", client, "--json"]);
        assert_eq!(again.json()["action"], "unchanged");
        let removed = env.fi(&["mcp", "install", "--client", client, "--uninstall", "--json"]);
        assert_eq!(removed.json()["action"], "removed");
        assert_eq!(read(&env, file), json!({key.to_owned(): {}}));
        let absent = env.fi(&["mcp", "install", "--client", client, "--uninstall", "--json"]);
        assert_eq!(absent.json()["action"], "absent");
    }
}

#[test]
fn what_was_there_is_kept_beside_and_a_symbolic_link_stays_one() {
    let env = TestEnv::new();
    let before = "{\n  // mine\n  \"mcpServers\": {\"other\": {\"command\": \"x\"}}\n}\n";
    let file = env.write("dotfiles/cursor.json", before);
    let link = env.path().join("link.json");
    #[cfg(unix)]
    std::os::unix::fs::symlink(&file, &link).unwrap();
    #[cfg(not(unix))]
    fs::copy(&file, &link).unwrap();
    let run = env.fi(&["mcp", "install", "--client", "cursor", "--file", link.to_str().unwrap()]);
    assert!(run.code == Some(0), "{run}");
    let after = fs::read_to_string(&file).unwrap();
    assert!(
        after.contains("// mine") && after.contains("\"other\"") && after.contains("fastintercom"),
        "{after}"
    );
    assert_eq!(fs::read_to_string(env.path().join("dotfiles/cursor.json.bak")).unwrap(), before);
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink() || cfg!(not(unix)));
}

#[test]
fn settings_of_their_own_are_named_by_their_whole_path() {
    let env = TestEnv::new();
    let (file, settings) = (env.path().join("c.json"), env.write("other.toml", ""));
    let file = file.to_str().unwrap();
    let run = env.fi(&["-c", "other.toml", "mcp", "install", "--client", "cursor", "--file", file, "--json"]);
    assert!(run.code == Some(0), "{run}");
    let written: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let args = &written["mcpServers"]["fastintercom"]["args"];
    assert_eq!(args, &json!(["mcp", "--home", env.home(), "--config", settings]), "{run}");
}

#[test]
fn print_shows_and_writes_nothing() {
    let env = TestEnv::new();
    let file = env.write("c.json", "{\"theme\": \"dark\"}");
    let run = env.fi(&["mcp", "install", "--client", "cursor", "--print", "--file", file.to_str().unwrap()]);
    assert!(run.stdout.contains("\"theme\": \"dark\"") && run.stdout.contains("fastintercom"), "{run}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"theme\": \"dark\"}");
}

#[test]
fn what_cannot_be_understood_is_left_alone() {
    let env = TestEnv::new();
    let file = env.write("c.json", "{\"mcpServers\": [");
    let run = env.fi(&["mcp", "install", "--client", "cursor", "--file", file.to_str().unwrap()]);
    assert_eq!(run.code, Some(1), "{run}");
    assert!(run.stderr.contains("is not changed"), "{run}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "{\"mcpServers\": [");
    let unknown = env.fi(&["mcp", "install", "--client", "emacs"]);
    assert_eq!(unknown.code, Some(2), "{unknown}");
    assert!(unknown.stderr.contains("claude-desktop"), "{unknown}");
}
