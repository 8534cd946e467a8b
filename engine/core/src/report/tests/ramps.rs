//! One fix on several nodes, as somebody reads it.

use insta::assert_snapshot;

use super::repairs::planned;
use super::stories::{ended, fix_run, instance, located, report, run, screen, started, target};
use crate::event::{Event, Exit, FixPlan, NodeEnd, RampStep};
use crate::report::FixState;

fn plan() -> FixPlan {
    let plan = planned().into_iter().find_map(|event| match event {
        Event::FixPlanned(plan) => Some(plan),
        _ => None,
    });
    let one = plan.expect("a plan");
    let mut whole = one.clone();
    whole.proof = "table-full: on each of 3 nodes".into();
    (whole.pins, whole.changes) = (Vec::new(), Vec::new());
    for number in [23, 24, 25] {
        let pins = one.pins.iter().cloned();
        whole
            .pins
            .extend(pins.map(|(_, boot)| (instance(number), boot)));
        for change in &one.changes {
            let mut change = change.clone();
            change.instance = instance(number);
            whole.changes.push(change);
        }
    }
    whole
}

fn begun(number: u8) -> Event {
    Event::Ramp(RampStep::Begun {
        instance: instance(number),
        run: run(),
    })
}

fn node_ended(number: u8, end: NodeEnd, says: &str) -> Event {
    Event::Ramp(RampStep::Ended {
        instance: instance(number),
        run: run(),
        commands: 5,
        end,
        says: says.into(),
    })
}

fn approved() -> Vec<Event> {
    let step = |number| {
        Event::Ramp(RampStep::Planned {
            instance: instance(number),
            run: run(),
            commands: 2,
        })
    };
    vec![
        started("fix", Some(run())),
        located(),
        Event::Resolved {
            targets: vec![target(23), target(24), target(25), target(26)],
        },
        Event::Ramp(RampStep::Paced {
            at_once: 2,
            canary_first: true,
            max_errors: 0,
        }),
        step(23),
        step(24),
        step(25),
        Event::Ramp(RampStep::LeftOut {
            instance: instance(26),
            run: run(),
            commands: 1,
            reason: "what the fix sets is there already; there is nothing left to change".into(),
            failed: false,
        }),
        Event::FixPlanned(plan()),
        Event::FixApproved {
            digest: plan().digest,
            by: "ops/alice".into(),
            how: "digest".into(),
            signed: Vec::new(),
        },
    ]
}

#[test]
fn it_stops_where_it_does_not_help() {
    let mut events = approved();
    events.extend([
        begun(23),
        node_ended(23, NodeEnd::Kept, "it works, 41 s after the change"),
        begun(24),
        node_ended(
            24,
            NodeEnd::Reverted,
            "it did not hold for 30 s within 300 s",
        ),
        Event::Ramp(RampStep::Stopped {
            reason: "it failed on a node".into(),
        }),
        ended(Exit::Reverted, true),
    ]);
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    plan       shorten-time-wait, because of table-full: on each of 3 nodes
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
      i-0abc1234def567824  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
      i-0abc1234def567825  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    ramp       one node first, then more as it helps, at most 2 at once; none is begun any more once it has failed on one
    left out   ip-10-0-1-26: what the fix sets is there already; there is nothing left to change
    approved   by ops/alice by its digest
    kept       ip-10-0-1-23: it works, 41 s after the change
               heeler revert 7m36p
    reverted   ip-10-0-1-24: it did not hold for 30 s within 300 s
               heeler report 7m36p
    not begun  ip-10-0-1-25: it failed on a node
    the rest   heeler fix 7m36p shorten-time-wait --all -i time_wait=60s   leaves alone what is done
    way back   heeler revert rw787   on every node on which it stands
    3.4 s, 1 command, the change is kept on some nodes only
    ");
}

#[test]
fn what_has_no_end_is_in_doubt() {
    let mut events = approved();
    events.push(begun(23));
    let told = report(fix_run(), events.clone());
    assert_eq!(told.fix.state(), Some(FixState::InDoubt));
    assert_eq!(told.doubts().len(), 1);
    assert_snapshot!(screen(fix_run(), events), @r"
    prod-eu (cluster prod) 111122223333 eu-west-1 as ops/alice
    plan       shorten-time-wait, because of table-full: on each of 3 nodes
      i-0abc1234def567823  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
      i-0abc1234def567824  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
      i-0abc1234def567825  net.netfilter.nf_conntrack_tcp_timeout_time_wait: 120 s → 60 s
    effect     120 → 60 s: helps from 60 s on
    verify     traffic.drop.growth <= traffic.insert_failed.growth for 30 s, within 5 min
    undo       none on the node
    digest     4d1f00ba
    ramp       one node first, then more as it helps, at most 2 at once; none is begun any more once it has failed on one
    left out   ip-10-0-1-26: what the fix sets is there already; there is nothing left to change
    approved   by ops/alice by its digest
    in doubt   ip-10-0-1-23: its own run 7m36p has no recorded end here
               heeler report 7m36p
    not begun  ip-10-0-1-24, ip-10-0-1-25: its turn has not come
    the rest   heeler fix 7m36p shorten-time-wait --all -i time_wait=60s   leaves alone what is done
    way back   heeler revert rw787   on every node on which it stands
    this run did not end: its last record is of 2026-03-01 03:12:11 UTC
    ");
}

#[test]
fn the_state_is_that_of_all_nodes() {
    let of = |ends: &[(u8, NodeEnd)]| {
        let mut events = approved();
        for (number, end) in ends {
            events.extend([begun(*number), node_ended(*number, *end, "")]);
        }
        report(fix_run(), events).fix.state()
    };
    use NodeEnd::{Failed, InDoubt, Kept, Refused, Reverted, Stuck};
    assert_eq!(of(&[]), Some(FixState::Approved));
    assert_eq!(of(&[(23, Kept)]), Some(FixState::Partly));
    assert_eq!(
        of(&[(23, Kept), (24, Kept), (25, Kept)]),
        Some(FixState::Kept)
    );
    assert_eq!(
        of(&[(23, Kept), (24, Reverted), (25, Kept)]),
        Some(FixState::Partly)
    );
    assert_eq!(of(&[(23, Reverted)]), Some(FixState::Reverted));
    assert_eq!(of(&[(23, Refused)]), Some(FixState::Refused));
    assert_eq!(of(&[(23, Failed)]), Some(FixState::NotApplied));
    assert_eq!(of(&[(23, Kept), (24, InDoubt)]), Some(FixState::InDoubt));
    assert_eq!(of(&[(23, InDoubt), (24, Stuck)]), Some(FixState::Stuck));
}
