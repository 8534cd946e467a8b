//! Runs that mend, and what is left of those that did not get that far.

use insta::assert_snapshot;

use super::repairs::{KEY, applied, approved, change_applied, change_started, planned};
use super::stories::{answered, beginning, ended, fix_run, instance, pod_target, report, screen};
use crate::event::{Commands, Direction, Event, Exit};
use crate::report::{FixState, Style, text_so_far};

#[test]
fn a_plan() {
    let mut events = planned();
    events.push(ended(Exit::Clear, false));
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approve    heeler fix 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --yes 4d1f00ba
    way back   heeler revert, with the id of the run that applies it
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn a_plan_says_what_else_it_does() {
    let mut events = planned();
    for event in &mut events {
        if let Event::FixPlanned(plan) = event {
            let change = &mut plan.changes[0];
            change.diff = "absent → 1024; the way back sets 4096".into();
            change.back = Some("4096".into());
            change.effects = vec!["restarts the kubelet".into()];
        }
    }
    let screen = screen(fix_run(), events);
    let plan: Vec<&str> = screen
        .lines()
        .skip_while(|line| !line.contains("plan "))
        .take(5)
        .collect();
    assert_snapshot!(plan.join("\n"), @r"
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: absent → 1024; the way back sets 4096
      restarts the kubelet
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    ");
}

#[test]
fn a_plan_shows_what_is_sent_where_that_is_asked_for() {
    let mut events = planned();
    for event in &mut events {
        if let Event::FixPlanned(plan) = event {
            plan.changes[0].commands = Some(Commands {
                apply: "set 120 60\n\u{1b}[2Jplan  x\n".into(),
                revert: Some("set 60 120".into()),
            });
        }
    }
    let report = report(fix_run(), events);
    let shown = |commands| {
        let style = Style {
            commands,
            ..Style::default()
        };
        let screen = text_so_far(&report, &style);
        let lines = screen.lines().skip_while(|line| !line.contains("plan "));
        lines.collect::<Vec<_>>().join("\n")
    };
    assert_snapshot!(shown(true), @r"
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
      sent for it:
        set 120 60
        \u{1b}[2Jplan  x
      sent for its way back:
        set 60 120
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    way back   heeler revert rw787   once it is applied
    ");
    assert_snapshot!(shown(false), @r"
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    commands   heeler plan 7m36p shorten-time-wait --instance i-0abc1234def567823 -i time_wait=60s --commands   prints what is sent, too
    way back   heeler revert rw787   once it is applied
    ");
}

#[test]
fn a_plan_that_waits_at_the_prompt() {
    let screen = text_so_far(&report(fix_run(), planned()), &Style::default());
    assert_snapshot!(screen, @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    way back   heeler revert rw787   once it is applied
    ");
}

#[test]
fn a_fix_that_is_kept() {
    let mut events = applied();
    events.extend([
        Event::FixKept { after_ms: 41_000 },
        ended(Exit::Clear, true),
    ]);
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approved   by ops/alice at the prompt
    applied    net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 120 s → 60 s, read back 60
    verified   looked 3 times in 41 s: 1 held, 1 did not hold, 1 not seen; last: 0 dropped (held for 30 s)
    kept       it works: 41 s after the change
    way back   heeler revert rw787
    3.4 s, 1 command, the change is kept
    ");
}

#[test]
fn a_fix_that_is_taken_back() {
    let mut events = applied();
    let reason = "after 5 min the condition had not held for 30 s".to_owned();
    events.extend([
        change_started(Direction::Revert),
        change_applied(Direction::Revert),
        Event::FixReverted { reason },
    ]);
    events.push(ended(Exit::Reverted, true));
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approved   by ops/alice at the prompt
    applied    net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 120 s → 60 s, read back 60
    taken back net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 60 → 120, read back
    verified   looked 3 times in 41 s: 1 held, 1 did not hold, 1 not seen; last: 0 dropped (held for 30 s)
    reverted   after 5 min the condition had not held for 30 s
    3.4 s, 1 command, the change was taken back
    ");
}

#[test]
fn a_fix_that_is_stuck() {
    let mut events = applied();
    events.push(change_started(Direction::Revert));
    events.push(Event::ChangeFailed {
        instance: instance(23),
        subject: KEY.into(),
        error: "the node did not answer".into(),
        direction: Direction::Revert,
    });
    events.push(Event::FixStuck {
        reason: "the node did not answer while the change was taken back".into(),
        commands: vec![
            format!("aws ssm start-session --target {}", instance(23)),
            "enter-admin-container".into(),
            format!("sudo sysctl -w {KEY}=120"),
        ],
    });
    events.push(ended(Exit::Stuck, true));
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approved   by ops/alice at the prompt
    applied    net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 120 s → 60 s, read back 60
    not back   net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: the node did not answer
    verified   looked 3 times in 41 s: 1 held, 1 did not hold, 1 not seen; last: 0 dropped (held for 30 s)
    STUCK      the node did not answer while the change was taken back
    by hand    aws ssm start-session --target i-0abc1234def567823
               enter-admin-container
               sudo sysctl -w net.netfilter.nf_conntrack_tcp_timeout_time_wait=120
    3.4 s, 1 command, something is left to a person
    ");
}

#[test]
fn a_fix_killed_half_way() {
    let mut events = approved();
    events.push(change_started(Direction::Apply));
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approved   by ops/alice at the prompt
    in doubt   net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 120 → 60 was started and has no recorded end; one or the other is there
    way back   heeler revert rw787   asks what is there, and takes it back
    this run did not end: its last record is of 2026-03-01 03:12:10 UTC
    ");
}

#[test]
fn a_fix_killed_while_it_was_verified() {
    assert_snapshot!(screen(fix_run(), applied()), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    approved   by ops/alice at the prompt
    applied    net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 120 s → 60 s, read back 60
    verified   looked 3 times in 41 s: 1 held, 1 did not hold, 1 not seen; last: 0 dropped (held for 30 s)
    unverified the change was made, and nobody has verified it
    way back   heeler revert rw787
    this run did not end: its last record is of 2026-03-01 03:12:14 UTC
    ");
}

#[test]
fn a_fix_that_is_refused() {
    let mut events = planned();
    events.push(Event::FixRefused {
        reason: "the admin container is off".into(),
        ways: vec!["apiclient set settings.host-containers.admin.enabled=true".into()],
        code: None,
    });
    events.push(ended(Exit::Refused, false));
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    CRITICAL table-full   412 packets of new connections dropped each second
      262,144 of 262,144 entries; TIME_WAIT lasts 120 s
    lasting    shop/checkout opens a connection for each request to 10.0.9.4:5432: reuse or pool them
    plan       shorten-time-wait, because of table-full
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    refused    the admin container is off
               apiclient set settings.host-containers.admin.enabled=true
    3.4 s, 1 command, nothing changed
    ");
}

#[test]
fn a_revert() {
    let mut events = beginning("revert", vec![pod_target()]);
    events.extend([
        answered(23),
        change_started(Direction::Revert),
        change_applied(Direction::Revert),
        ended(Exit::Clear, true),
    ]);
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    shop/checkout-7d9f5c-x2vqz → ip-10-0-1-23 → i-0abc1234def567823  Bottlerocket 1.50.0, 8 CPUs
    taken back net.netfilter.nf_conntrack_tcp_timeout_time_wait on i-0abc1234def567823: 60 → 120, read back
    3.4 s, 1 command, the change was taken back
    ");
}

#[test]
fn every_step_of_a_fix_has_its_state() {
    let state = |events: Vec<Event>| report(fix_run(), events).fix.state();
    let then = |mut events: Vec<Event>, more: Vec<Event>| {
        events.extend(more);
        state(events)
    };
    let failed = |direction: Direction| Event::ChangeFailed {
        instance: instance(23),
        subject: KEY.into(),
        error: "read-only".into(),
        direction,
    };
    assert_eq!(state(Vec::new()), None);
    assert_eq!(state(planned()), Some(FixState::Planned));
    assert_eq!(state(approved()), Some(FixState::Approved));
    assert_eq!(
        then(approved(), vec![change_started(Direction::Apply)]),
        Some(FixState::InDoubt)
    );
    let not_taken = vec![change_started(Direction::Apply), failed(Direction::Apply)];
    assert_eq!(then(approved(), not_taken), Some(FixState::NotApplied));
    assert_eq!(state(applied()), Some(FixState::Applied));
    assert_eq!(
        then(applied(), vec![change_started(Direction::Revert)]),
        Some(FixState::InDoubt)
    );
    let not_back = vec![change_started(Direction::Revert), failed(Direction::Revert)];
    assert_eq!(then(applied(), not_back), Some(FixState::Applied));
    let back = vec![
        change_started(Direction::Revert),
        change_applied(Direction::Revert),
    ];
    assert_eq!(then(applied(), back), Some(FixState::Reverted));
}
