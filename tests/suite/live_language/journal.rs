//! `journal`: lines of a unit as the host's own journalctl has them.

use std::time::Duration;

use anyhow::{Result, ensure};
use heeler_tests::node::Place;

use super::desk::{Desk, TRACE};
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::lines_of_a_units_journal_are_counted",
        &[Need::Nodes],
        counted,
    ),
    Case::new(
        "live_language::without_the_admin_container_no_journal_is_seen",
        &[Need::Nodes],
        admin_off,
    ),
];

const LOOKS: &str = "inputs:
  unit: { type: text, default: sync, help: a unit }
look:
  all: { journal: { unit: sync, window: 1h } }
  long: { journal: { unit: \"{{ inputs.unit }}\", window: 1d } }
  failed: { journal: { unit: sync.service, window: 1h, pattern: 'fail(ed|ure): .*7' } }
  silent: { journal: { unit: sync, window: 1h, pattern: no such words } }
  old: { journal: { unit: sync, window: 1m } }
  nobody: { journal: { unit: snyc, window: 1d } }
  kubelet: { journal: { unit: kubelet, window: 1h, pattern: network not ready } }
  started: { journal: { unit: kubelet, window: 1h, pattern: Started kubelet.service } }
find:
  failing:
    when: failed.lines == 1 and silent.lines == 0 and old.lines == 0 and nobody.lines is absent
    severity: note
    says: \"{{ failed.last }}, {{ failed.last_age }} ago\"
  unknown-unit:
    when: all.lines is absent or long.lines is absent or kubelet.lines is absent or started.lines is absent
    severity: warning
    says: no such unit
";

fn plant(desk: &Desk<'_>) -> Result<String> {
    let hostile = format!(
        "'; touch /tmp/{TRACE}; $(touch /tmp/{TRACE})`touch /tmp/{TRACE}` {{{{ 7 * 7 }}}} %s\\n"
    );
    let node = desk.node()?;
    for (age, text) in [
        (7200, "failed: 7 items, long ago"),
        (600, "failed: 7 items"),
        (300, "three lines,\nfailure: 8\nand no more"),
        (200, hostile.as_str()),
    ] {
        node.plant_journal_line("sync.service", Duration::from_secs(age), text)?;
    }
    node.plant_journal_line("other.service", Duration::from_secs(100), "failed: 7")?;
    Ok(hostile)
}

fn counted(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    let hostile = plant(&desk)?;
    desk.write("log", LOOKS)?;
    let seen = desk.see("log", &[], 3)?;
    seen.expect("all", "/lines", 3)?;
    seen.expect(
        "all",
        "/last",
        format!("sync[1357]: {}", hostile.trim_end()),
    )?;
    seen.expect("long", "/lines", 4)?;
    seen.expect("failed", "/last", "sync[1357]: failed: 7 items")?;
    for (look, age) in [("all", 200.0), ("failed", 600.0), ("kubelet", 1785.0)] {
        let found = seen.number(look, "/last_age")?;
        ensure!((found - age).abs() < 30.0, "{look}: {found} s, not {age} s");
    }
    for look in ["silent", "old"] {
        seen.expect(look, "/lines", 0)?;
        seen.expect(look, "/last", ())?;
        seen.expect(look, "/last_age", ())?;
    }
    for field in ["/lines", "/last", "/last_age"] {
        seen.expect("nobody", field, ())?;
    }
    seen.expect("kubelet", "/lines", 2)?;
    // What systemd says of the unit is in its journal, too.
    seen.expect(
        "started",
        "/last",
        "systemd[1]: Started kubelet.service - Kubelet.",
    )?;
    seen.expect_verdict("failing", "holds")?;
    seen.expect_verdict("unknown-unit", "ruled-out")?;
    // The host's own words.
    let argv = [
        "journalctl",
        "-q",
        "--no-pager",
        "-o",
        "cat",
        "-u",
        "sync",
        "--since",
        "-1h",
    ];
    let printed = desk.on_node(Place::Host, &argv)?;
    ensure!(printed.lines().count() == 5, "{printed}");
    for unit in [
        "kubelet; touch /tmp/x",
        "-b",
        "$(reboot)",
        "a b",
        "x\ny",
        "",
    ] {
        let input = format!("unit={unit}");
        let asked = desk.run("log", &["-i", &input])?.finish()?;
        ensure!(asked.stdout.contains("no name of a unit"), "{asked}");
    }
    desk.expect_no_trace()
}

fn admin_off(context: &Context) -> Result<()> {
    let desk = Desk::open(context, false)?;
    plant(&desk)?;
    desk.write("log", LOOKS)?;
    let seen = desk.see("log", &[], 4)?;
    for look in ["all", "failed", "nobody", "kubelet"] {
        seen.expect_unseen(look, "the admin container is off")?;
    }
    seen.expect_verdict("failing", "not-seen")?;
    seen.expect_verdict("unknown-unit", "not-seen")
}
