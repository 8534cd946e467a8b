//! Findings over several nodes, findings that stand for others, and what proves them.

use std::time::Duration;

use anyhow::{Result, ensure};

use super::desk::Desk;
use crate::harness::{Case, Context, Need};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new(
        "live_language::findings_over_nodes_follow_kleene",
        &[Need::Nodes],
        over_nodes,
    ),
    Case::new(
        "live_language::a_finding_stands_for_another",
        &[Need::Nodes],
        instead,
    ),
    Case::new(
        "live_language::a_finding_names_the_bytes_that_prove_it",
        &[Need::Nodes],
        evidence,
    ),
    Case::new(
        "live_language::a_runbook_keeps_to_its_hops",
        &[Need::Nodes],
        hops,
    ),
];

const FLEET: &str = "look:
  log: { journal: { unit: sync, window: 1h } }
  data: { disk: { path: /local } }
find:
  both-have-a-disk:
    when: count(data.size > \"1MiB\") == 2
    severity: note
    says: '{{ count(data.size > \"1MiB\") }} nodes, {{ max(data.used_share) }} at most'
  some-log:
    when: any(log.lines > 1)
    severity: note
    says: some node logs
  all-log:
    when: all(log.lines > 1)
    severity: note
    says: all nodes log
  half-log:
    when: share(log.lines > 1) >= 0.5
    severity: note
    says: half of the nodes log
  own:
    when: log.lines > 1
    severity: note
    says: \"{{ log.last }}\"
";

fn over_nodes(context: &Context) -> Result<()> {
    let mut first = true;
    let plan = context.plan().instant().nodes(2).each_node(|node| {
        node.admin_enabled = std::mem::take(&mut first);
    });
    let desk = Desk::with(context, plan)?;
    for (age, text) in [(30, "one"), (20, "two")] {
        desk.node()?
            .plant_journal_line("sync.service", Duration::from_secs(age), text)?;
    }
    desk.write("fleet", FLEET)?;
    let seen = desk.see("fleet", &[], 3)?;
    desk.expect_commands(1)?;
    for (finding, wanted) in [
        ("both-have-a-disk", "holds"),
        ("some-log", "holds"),
        ("all-log", "not-seen"),
        ("half-log", "not-seen"),
    ] {
        let verdict = &seen.whole(finding)?["verdict"];
        ensure!(verdict == wanted, "{finding}: {verdict}\n{}", seen.ended);
    }
    let says = seen.whole("both-have-a-disk")?["says"]
        .as_str()
        .unwrap_or_default();
    ensure!(says.starts_with("2 nodes, "), "{says}");
    seen.expect_verdict("own", "holds")?;
    let second = &seen.json["nodes"][1]["findings"];
    ensure!(
        second.as_array().is_some_and(|all| all.len() == 1) && second[0]["verdict"] == "not-seen",
        "{}",
        seen.ended
    );
    let missing = seen.whole("all-log")?["missing"].to_string();
    ensure!(missing.contains("the admin container is off"), "{missing}");
    Ok(())
}

const CLAIMS: &str = "look:
  log: { journal: { unit: sync, window: 1h, pattern: disk } }
  data: { disk: { path: /local } }
find:
  disk-trouble:
    when: log.lines > 0
    severity: warning
    says: \"{{ log.lines }} lines\"
    evidence:
      - suggests: log
  disk-small:
    when: log.lines > 0 and data.size < \"1PiB\"
    severity: critical
    says: it is small
    instead-of: [disk-trouble]
";

fn instead(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    desk.write("claims", CLAIMS)?;
    // The unit is known, and has said nothing within the window.
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(7200), "started")?;
    let seen = desk.see("claims", &[], 0)?;
    seen.expect_verdict("disk-trouble", "ruled-out")?;
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(9), "disk: slow")?;
    let seen = desk.see("claims", &[], 3)?;
    seen.expect_verdict("disk-small", "holds")?;
    seen.expect_verdict("disk-trouble", "superseded")?;
    let by = &seen.finding("disk-trouble")?["superseded_by"];
    ensure!(by == "disk-small", "{by}\n{}", seen.ended);
    let node = &desk.node()?.config().name;
    let text = desk
        .heeler(&["run", "claims", "--node", node])?
        .expect_exit(3)?;
    ensure!(!text.stdout.contains("1 lines"), "{text}");
    desk.write("claims", &CLAIMS.replace("1PiB", "1KiB"))?;
    let seen = desk.see("claims", &[], 3)?;
    seen.expect_verdict("disk-small", "ruled-out")?;
    seen.expect_verdict("disk-trouble", "holds")
}

fn evidence(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    let line = "disk: sda is slow";
    desk.node()?
        .plant_journal_line("sync.service", Duration::from_secs(9), line)?;
    desk.write(
        "claims",
        &CLAIMS.replace("    instead-of: [disk-trouble]\n", ""),
    )?;
    let seen = desk.see("claims", &[], 3)?;
    let suggestion = seen.finding("disk-trouble")?;
    ensure!(suggestion["suggestion"] == true, "{}", seen.ended);
    ensure!(
        suggestion["evidence"][0]["strength"] == "suggests",
        "{}",
        seen.ended
    );
    let proven = seen.finding("disk-small")?;
    ensure!(proven["suggestion"] == false, "{}", seen.ended);
    let proofs = proven["evidence"].as_array().cloned().unwrap_or_default();
    let looks: Vec<_> = proofs
        .iter()
        .filter_map(|proof| proof["look"].as_str())
        .collect();
    ensure!(looks == ["log", "data"], "{looks:?}\n{}", seen.ended);
    for proof in &proofs {
        let excerpt = proof["excerpt"].as_str().unwrap_or_default();
        let size = u64::try_from(excerpt.len())?;
        let digest = proof["sha256"].as_str().unwrap_or_default();
        let named = proof["bytes"].as_u64() >= Some(size) && digest.len() == 64;
        ensure!(
            proof["strength"] == "proves" && size > 0 && named,
            "{proof:#}"
        );
    }
    ensure!(
        proofs[0]["excerpt"].to_string().contains(line),
        "{proofs:#?}"
    );
    Ok(())
}

fn hops(context: &Context) -> Result<()> {
    let desk = Desk::open(context, true)?;
    let near = "allow: [control]\nlook:\n  data: { disk: { path: /local } }\nfind:\n  large:\n    when: data.size > \"1MiB\"\n    severity: note\n    says: it is\n";
    desk.write("near", near)?;
    let seen = desk.see("near", &[], 3)?;
    let looks = seen.json["nodes"][0]["looks"].to_string();
    ensure!(
        !looks.contains("\"admin\"") && !looks.contains("\"host\""),
        "{looks}"
    );
    for (look, place) in [
        ("journal: { unit: kubelet, window: 1h }", "host"),
        ("run: { at: admin, script: id }", "admin"),
        ("disk: { path: /etc }", "host"),
    ] {
        desk.write("near", &near.replace("disk: { path: /local }", look))?;
        let ended = desk.run("near", &["--unconfined"])?.expect_exit(1)?;
        ended.expect_stderr("hop-not-allowed")?;
        ended.expect_stderr(place)?;
    }
    desk.expect_commands(1)
}
