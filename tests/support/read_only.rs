//! Runs `fi` where its home can only be read: a mount of its own in a namespace of its own, as a container has it. Rights
//! alone would not do, since tests often run as root.

use std::process::{Command, Stdio};

use super::cli::TestEnv;

/// Mounts the home over itself for reading, then becomes the rest of the arguments.
const STAGE: &str = r#"mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@""#;

/// The command, run so; `None`, with a notice, where the system lets nobody mount.
pub(crate) fn read_only(env: &TestEnv, arguments: &[&str]) -> Option<Command> {
    let tmp = env.path().join("tmp");
    std::fs::create_dir_all(&tmp).unwrap();
    let works = staged(env, &Command::new("true")).status().is_ok_and(|status| status.success());
    if !works {
        eprintln!("skipped: nothing can be mounted for reading here");
        return None;
    }
    let mut command = staged(env, &env.command(arguments));
    command.env("TMPDIR", tmp).stdout(Stdio::piped());
    Some(command)
}

fn staged(env: &TestEnv, inner: &Command) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", STAGE, "stage"]).arg(env.home());
    command.arg(inner.get_program()).args(inner.get_args());
    if let Some(directory) = inner.get_current_dir() {
        command.current_dir(directory).env_clear();
    }
    command.env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
    command.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}
