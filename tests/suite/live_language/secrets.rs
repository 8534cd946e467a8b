//! Secrets beside the looks that carry values: none reaches a script, a comment, the journal or a
//! report, also where the node itself prints it.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use super::desk::Desk;
use crate::harness::{Case, Context, Finished, Need};
use crate::traces::{collect, contents, given, holds, unwrap_scripts};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_secret_reaches_no_script_journal_or_comment",
        &[Need::Nodes],
        nowhere,
    ),
    Case::new(
        "live_language::a_secret_can_be_put_into_no_look",
        &[Need::Nodes],
        refused,
    ),
];

const SECRET: &str = "correct-horse-battery-staple-48";

const RUNBOOK: &str = "inputs:
  token: { type: text, secret: true, help: what nobody else may know }
  units: { type: list, of: text, default: [sync, kubelet], help: units }
look:
  log: { journal: { unit: sync, window: 1h } }
  logs: { for-each: inputs.units, journal: { unit: \"{{ each }}\", window: 1h } }
  shell: { run: { at: control, script: cat /.bottlerocket/support/token } }
  data: { disk: { path: /local } }
find:
  known:
    when: shell.text == inputs.token and log.lines > 0 and data.size > \"1MiB\"
    severity: critical
    says: \"{{ log.last }} {{ shell.text }}\"
  listed:
    for-each: logs
    when: each.lines > 0 and inputs.token != \"\"
    severity: note
    says: \"{{ each.last }}\"
";

fn nowhere(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("page", RUNBOOK)?;
    let said = format!("token={SECRET} accepted");
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(9), &said)?;
    fs::write(
        desk.node()?.data_dir().join("var/log/support/token"),
        SECRET,
    )?;
    let (_file, input) = given("token", SECRET)?;
    let node = desk.node()?.config().name.clone();
    let run = ["run", "page", "--node", &node, "--unconfined", "-i", &input];
    // It holds: the secret was there, and was compared with what the node has printed.
    let text = desk.heeler(&run)?.expect_exit(3)?;
    let json = desk.see("page", &["--unconfined", "-i", &input], 3)?;
    json.expect_verdict("known", "holds")?;
    let mut printed = vec![text, json.ended];
    for more in ["--plan", "--commands"] {
        printed.push(desk.heeler(&[&run[..], &[more]].concat())?.expect_exit(0)?);
    }
    let runs = desk.heeler(&["runs", "--output", "json"])?.expect_exit(0)?;
    let latest = runs.json()?["runs"][0]["run"].as_str().map(str::to_owned);
    let latest = latest.context("no run")?;
    for more in [
        &["report", &latest][..],
        &["report", &latest, "--output", "json"],
    ] {
        printed.push(desk.heeler(more)?.expect_exit(3)?);
    }
    printed.push(runs);
    let of = |ended: &Finished| format!("{}{}", ended.stdout, ended.stderr);
    let printed: String = printed.iter().map(of).collect();
    let aws = desk.lab.aws();
    let commands = aws.commands();
    ensure!(!commands.is_empty(), "no command was sent");
    let calls = format!("{:?}{commands:?}{:?}", aws.calls(), desk.lab.kube().calls());
    let state = contents(&desk.lab.state_folder())?;
    let scripts = scripts_sent(&desk)?;
    ensure!(scripts.contains("support/token"), "no script was read");
    ensure!(holds(&state, b"run-started"), "no journal was read");
    for (place, bytes) in [
        ("what was printed", printed.as_bytes()),
        ("the calls and comments", calls.as_bytes()),
        ("the operator's state", &state),
        ("the scripts", scripts.as_bytes()),
    ] {
        let unwrapped = unwrap_scripts(&String::from_utf8_lossy(bytes))?;
        let found = holds(bytes, SECRET.as_bytes()) || unwrapped.contains(SECRET);
        ensure!(
            !found,
            "the secret is in {place}:\n{}",
            String::from_utf8_lossy(bytes)
        );
    }
    Ok(())
}

fn refused(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    for look in [
        "run: { at: control, script: \"echo {{ inputs.token }}\" }",
        "run: { at: host, argv: [echo, \"{{ inputs.token }}\"] }",
        "journal: { unit: \"{{ inputs.token }}\", window: 1h }",
        "disk: { path: \"/{{ inputs.token }}\" }",
        "use: other\n    with: { word: \"{{ inputs.token }}\" }",
    ] {
        desk.write("other", "inputs:\n  word: { type: text, help: a word }\nlook:\n  system: { sysctl: { name: kernel.ostype } }\nfind:\n  it:\n    when: system.name == inputs.word\n    severity: note\n    says: it is\n")?;
        let when = if look.starts_with("use") {
            "it.it"
        } else {
            "it is absent or 1 == 1"
        };
        let text = format!(
            "inputs:\n  token: {{ type: text, secret: true, help: a token }}\nlook:\n  it:\n    {look}\nfind:\n  found:\n    when: {when}\n    severity: note\n    says: found\n"
        );
        desk.write("page", &text)?;
        let (_file, input) = given("token", SECRET)?;
        let ended = desk
            .run("page", &["--unconfined", "-i", &input])?
            .expect_exit(1)?;
        ended.expect_stderr("error[secret-in-text]: the secret input `token` would leave here")?;
        ensure!(!ended.stderr.contains(SECRET), "{ended}");
    }
    desk.expect_commands(0)
}

/// The scripts that the node's agent was given, unwrapped.
pub(super) fn scripts_sent(desk: &Desk<'_>) -> Result<String> {
    let mut all = String::new();
    collect(&desk.node()?.ssm_dir(), &mut |path| {
        if path.file_name().is_some_and(|name| name == "_script.sh") {
            let text = String::from_utf8_lossy(&fs::read(path)?).into_owned();
            all.push_str(&unwrap_scripts(&text)?);
            all.push_str(&text);
        }
        Ok(())
    })?;
    Ok(all)
}
