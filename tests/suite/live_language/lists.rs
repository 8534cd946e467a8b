//! Looks that go over lists, and looks of another runbook: as many questions, one command.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::desk::{Desk, TRACE};
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::a_look_goes_over_a_list",
        &[Need::Nodes],
        over_list,
    ),
    Case::new(
        "live_language::items_of_a_list_stay_words",
        &[Need::Nodes],
        hostile,
    ),
    Case::new(
        "live_language::no_more_than_fifty_items_are_asked_for",
        &[Need::Nodes],
        many,
    ),
    Case::new(
        "live_language::a_used_runbook_costs_no_command",
        &[Need::Nodes],
        used,
    ),
];

const UNITS: &str = "inputs:
  units: { type: list, of: text, default: [kubelet, containerd], help: units }
  paths: { type: list, of: text, default: \"/, /var/lib\", help: paths }
look:
  logs: { for-each: inputs.units, journal: { unit: \"{{ each }}\", window: 1h } }
  disks: { for-each: inputs.paths, disk: { path: \"{{ each }}\" } }
find:
  silent:
    for-each: logs
    when: each.lines is absent
    severity: note
    says: \"{{ each.each }} logs nothing\"
  logging:
    for-each: logs
    when: each.lines > 0
    severity: note
    says: \"{{ each.each }} logs {{ each.lines }}\"
  full:
    when: any(disks, each.used_share > 1.0) or not all(disks, each.size > \"1MiB\")
    severity: critical
    says: \"{{ count(disks, each.used_share > 1.0) }} are full\"
";

fn over_list(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("units", UNITS)?;
    let seen = desk.see("units", &[], 3)?;
    desk.expect_commands(1)?;
    seen.expect("logs", "/0/each", "kubelet")?;
    seen.expect("logs", "/0/lines", 5)?;
    seen.expect("logs", "/1/each", "containerd")?;
    seen.expect("logs", "/1/lines", 1)?;
    seen.expect("disks", "/1/each", "/var/lib")?;
    ensure!(seen.number("disks", "/1/size")? > 0.0, "{}", seen.ended);
    seen.expect_verdict("silent", "ruled-out")?;
    seen.expect_verdict("full", "ruled-out")?;
    let says = seen.finding("logging")?["says"]
        .as_str()
        .unwrap_or_default();
    ensure!(
        says.contains("kubelet logs 5") && says.contains("containerd logs 1"),
        "{says}"
    );
    let seen = desk.see("units", &["-i", "units=nobody,kubelet", "-i", "paths="], 3)?;
    let says = seen.finding("silent")?["says"].as_str().unwrap_or_default();
    ensure!(
        says.contains("nobody logs nothing") && !says.contains("kubelet"),
        "{says}"
    );
    ensure!(
        seen.look("disks")?.as_array().is_some_and(Vec::is_empty),
        "{}",
        seen.ended
    );
    Ok(())
}

const ECHO: &str = "inputs:
  words: { type: list, of: text, help: any words }
look:
  echo:
    for-each: inputs.words
    run: { at: control, script: \"printf %s {{ each }}\" }
  logs: { for-each: inputs.words, journal: { unit: \"{{ each }}\", window: 1h } }
find:
  other:
    for-each: echo
    when: each.text != each.each
    severity: warning
    says: \"{{ each.each }} came back as {{ each.text }}\"
  logs:
    for-each: logs
    when: each.lines > 0
    severity: warning
    says: \"{{ each.each }}\"
";

fn hostile(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("echo", ECHO)?;
    let words = [
        format!("'; touch /tmp/{TRACE}; echo '"),
        format!("$(touch /tmp/{TRACE})`touch /tmp/{TRACE}`\"{{{{7*7}}}}%s\\n{{{{ssm:x}}}}"),
        format!("x\nHEELER_END\ntouch /tmp/{TRACE}\ny"),
        "-x".to_owned(),
    ];
    let input = format!("words={}", words.join(","));
    let seen = desk.see("echo", &["--unconfined", "-i", &input], 4)?;
    for (index, word) in words.iter().enumerate() {
        for field in ["each", "text"] {
            seen.expect("echo", &format!("/{index}/{field}"), word.as_str())?;
        }
        let why = &seen.look("logs")?[index]["lines"]["unseen"][0]["text"];
        let said = why
            .as_str()
            .is_some_and(|why| why.contains("is no name of a unit"));
        ensure!(said, "{why}\n{}", seen.ended);
    }
    seen.expect_verdict("other", "ruled-out")?;
    seen.expect_verdict("logs", "not-seen")?;
    desk.expect_no_trace()
}

fn many(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("echo", ECHO)?;
    let words: Vec<String> = (0..60).map(|number| format!("w{number}")).collect();
    let input = format!("words={}", words.join(","));
    let seen = desk.see("echo", &["--unconfined", "-i", &input], 4)?;
    seen.expect("echo", "/49/text", "w49")?;
    let last = &seen.look("echo")?[50]["unseen"][0]["text"];
    ensure!(
        last == "10 items more than are asked for",
        "{last}\n{}",
        seen.ended
    );
    // All that were asked for are as they should be, and nobody knows the others.
    seen.expect_verdict("other", "not-seen")?;
    let notes = seen.json["notes"].as_array().into_iter().flatten();
    let noted = notes
        .into_iter()
        .any(|note| note["code"] == "items-left-out");
    ensure!(noted, "{}", seen.ended);
    Ok(())
}

const HEALTH: &str = "inputs:
  unit: { type: text, help: a unit }
  most: { type: quantity, default: 1Ti, help: how large a disk may be }
look:
  log: { journal: { unit: \"{{ inputs.unit }}\", window: 1h } }
  data: { disk: { path: /local } }
  shell: { run: { at: control, script: echo well } }
find:
  unit-logs:
    when: log.lines > 0
    severity: note
    says: it logs
  too-large:
    when: data.size > inputs.most
    severity: note
    says: it is large
  odd-shell:
    when: shell.text != \"well\"
    severity: note
    says: it is odd
";

const USER: &str = "inputs:
  unit: { type: text, default: kubelet, help: a unit }
look:
  system: { sysctl: { name: kernel.ostype } }
  health: { use: health, with: { unit: \"{{ inputs.unit }}\", most: 1Mi } }
  other: { use: health, with: { unit: sync } }
find:
  logs-and-large:
    when: health.unit_logs and health.too_large and not other.unit_logs and system.name == \"Linux\"
    severity: warning
    says: \"{{ system.name }} is well\"
  odd:
    when: health.odd_shell
    severity: note
    says: odd
";

fn used(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("health", HEALTH)?;
    desk.write("user", USER)?;
    // The unit is known, and has said nothing within the window.
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(7200), "started")?;
    let seen = desk.see("user", &[], 3)?;
    desk.expect_commands(1)?;
    // The other's findings are no findings of this run.
    ensure!(seen.finding("unit-logs").is_err(), "{}", seen.ended);
    seen.expect_verdict("logs-and-large", "holds")?;
    seen.expect_verdict("odd", "not-seen")?;
    let seen = desk.see("user", &["--unconfined"], 3)?;
    desk.expect_commands(2)?;
    seen.expect_verdict("odd", "ruled-out")?;
    // One of the other's looks that can't be seen leaves the rest as it is.
    let off = Desk::open(context, false)?;
    off.write("health", HEALTH)?;
    off.write("user", USER)?;
    let seen = off.see("user", &["--unconfined"], 4)?;
    seen.expect_verdict("logs-and-large", "not-seen")?;
    seen.expect_verdict("odd", "ruled-out")
}
