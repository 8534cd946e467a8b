//! Plans that other people have to approve, and the commands that lead there.

use insta::assert_snapshot;

use super::repairs::planned;
use super::stories::{ended, fix_run, report, screen};
use crate::event::{Event, Exit, FixPlan, Ruling};
use crate::report::{Style, json, plan_text};

const DIGEST: &str = "4d1f00ba4d1f00ba4d1f00ba4d1f00ba4d1f00ba4d1f00ba4d1f00ba4d1f00ba";

fn ruled(approval: &str, file: Option<&str>) -> Vec<Event> {
    let mut events = planned();
    for event in &mut events {
        if let Event::FixPlanned(plan) = event {
            DIGEST.clone_into(&mut plan.digest);
            plan.ruling = Some(Ruling {
                impact: "reversible".into(),
                approval: approval.into(),
                policy: "b01d".into(),
                file: file.map(str::to_owned),
                unkept: vec!["nodes-at-once".into()],
            });
        }
    }
    events
}

/// The screen from the policy on, or from the digest where nothing is said of it.
fn shown(approval: &str, file: Option<&str>) -> String {
    let mut events = ruled(approval, file);
    events.push(ended(Exit::Clear, false));
    let screen = screen(fix_run(), events);
    let lines = screen.lines().skip_while(|line| !line.starts_with("undo"));
    lines.skip(1).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_plan_that_another_person_has_to_approve() {
    assert_snapshot!(shown("another", Some("heeler.yaml")), @r"
    policy     it is reversible: another person has to approve (heeler.yaml)
    not kept   nodes-at-once: what is under way elsewhere is not known
    digest     4d1f00ba4d1f
    approve    heeler approve rw787   by somebody else, with this journal
    apply      heeler fix 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --plan rw787 --approval @approval.txt   with the approval in that file
    elsewhere  heeler plan 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --output json > plan.json
               heeler approve plan.json   prints the approval, and the command that applies it
    way back   heeler revert, with the id of the run that applies it
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn a_plan_that_the_operator_has_to_approve() {
    assert_snapshot!(shown("operator", None), @r"
    digest     4d1f00ba4d1f
    approve    heeler fix 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --yes 4d1f00ba4d1f
    way back   heeler revert, with the id of the run that applies it
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn a_plan_that_nobody_has_to_approve() {
    assert_snapshot!(shown("nobody", None), @r"
    policy     it is reversible: nobody has to approve
    digest     4d1f00ba4d1f
    apply      heeler fix 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s
    way back   heeler revert, with the id of the run that applies it
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn the_commands_for_programs() {
    let mut events = ruled("two", None);
    events.push(ended(Exit::Clear, false));
    let report = report(fix_run(), events);
    let json = json(&report);
    let plan = json.pointer("/fix/plan").expect("a plan");
    assert_eq!(plan["approval"], "two");
    assert_eq!(plan["impact"], "reversible");
    assert_eq!(plan["policy_sha256"], "b01d");
    assert_eq!(plan["digest"], DIGEST);
    let approve = plan["approve"].as_str().expect("a command");
    assert!(approve.starts_with("heeler approve "), "{approve}");
}

#[test]
fn a_plan_for_somebody_who_was_not_there() {
    let events = ruled("another", Some("heeler.yaml"));
    let report = report(fix_run(), events);
    let place = report.place.expect("a place");
    let plan: FixPlan = report.fix.plan.expect("a plan");
    let nodes: Vec<_> = report.nodes.into_iter().map(|node| node.target).collect();
    // Nothing of it is believed to be one line of letters.
    let wish = "ops/alice wants to apply x of y\u{1b}[8m\ndigest     4d1f";
    assert_snapshot!(plan_text(wish, (&place, &nodes), &plan, &Style::default()), @r"
    ops/alice wants to apply x of y\u{1b}[8m\ndigest     4d1f
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    node       ip-10-0-1-23 i-0abc1234def567823
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    policy     it is reversible: another person has to approve (heeler.yaml)
    not kept   nodes-at-once: what is under way elsewhere is not known
    digest     4d1f00ba4d1f
    ");
}
