//! What stands on the board, whose a Lease is, and whether a change may begin.

mod members;

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Beginning, Board, Cord, Hindrance, Membership, NodeLease};
use crate::event::{InstanceId, RunId};
use crate::guard::approval::ApprovalId;
use crate::guard::policy::{Full, Policy, read};
use crate::syntax::Source;

const ALICES: u128 = 0xa11ce;
const BOBS: u128 = 0xb0b;

fn run(number: u128) -> RunId {
    RunId::new(Uuid::from_u128(number))
}

fn node(letter: char) -> InstanceId {
    format!("i-0000000{letter}").parse().unwrap()
}

fn at(time: &str) -> Timestamp {
    format!("2026-11-18T{time}Z").parse().unwrap()
}

fn map() -> Value {
    json!({"metadata": {"name": "heeler", "resourceVersion": "7"}, "data": {"note": "ours"}})
}

fn policy(limits: &str) -> Policy {
    let source = Source {
        name: "heeler.yaml".into(),
        text: format!(
            "heeler-policy: 1\nallow: [{{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}]\nlimits: {limits}\n"
        ),
    };
    read(source).unwrap()
}

fn lease(of: u128, letter: char, now: &str) -> NodeLease {
    let undo = Duration::from_secs(120);
    NodeLease::new(node(letter), (run(of), "ops/alice"), undo, at(now))
}

/// Whether a run may change a node by this policy.
fn begin(
    policy: &Policy,
    (board, leases): (&Board, &[NodeLease]),
    (of, letter): (u128, char),
    now: &str,
) -> Result<Board, Hindrance> {
    begin_in(policy, &[], (board, leases), (of, letter), now)
}

fn begin_in(
    policy: &Policy,
    groups: &[Membership],
    (board, leases): (&Board, &[NodeLease]),
    (of, letter): (u128, char),
    now: &str,
) -> Result<Board, Hindrance> {
    let beginning = Beginning {
        run: run(of),
        ramp: None,
        instance: &node(letter),
        limits: policy.limits(),
        groups,
        own_changing: 0,
        own_verified: 0,
    };
    beginning.on(board, leases, at(now))
}

#[test]
fn what_stands_on_the_board_is_read_back_and_the_rest_stays() {
    let board = Board::default();
    let board = begin(&Policy::default(), (&board, &[]), (ALICES, 'a'), "12:00:00").unwrap();
    let id = ApprovalId::new(Uuid::from_u128(1));
    let mut board = board.using(run(BOBS), &[id], at("12:00:00")).unwrap();
    board.cord = Some(Cord {
        by: "ops/bob".into(),
        at: Some(at("12:00:01")),
        reason: Some("the \"launch\"".into()),
    });
    let written = board.onto(&map());
    assert_eq!(written["data"]["note"], "ours");
    assert_eq!(written["metadata"]["resourceVersion"], "7");
    assert_eq!(Board::read(&written), Ok(board));
    assert_eq!(
        Board::default().onto(&written)["data"],
        json!({"note": "ours"})
    );
    // A ConfigMap without data is an empty board.
    assert_eq!(Board::read(&json!({})), Ok(Board::default()));
}

#[test]
fn a_board_that_somebody_has_scribbled_on_still_stops() {
    let mut scribbled = map();
    scribbled["data"]["started"] = json!("yesterday");
    scribbled["data"]["stop"] = json!("Black Friday\n");
    let fault = Board::read(&scribbled).unwrap_err();
    assert!(fault.to_string().contains("`started`"), "{fault}");
    let cord = Board::cord(&scribbled).unwrap();
    assert_eq!(
        cord.to_string(),
        "somebody has stopped all changes of this cluster: Black Friday"
    );
    let released = Board::with_cord(&scribbled, None);
    assert_eq!(Board::cord(&released), None);
    assert_eq!(released["data"]["started"], "yesterday");
    scribbled["data"]["stop"] = json!("");
    assert!(Board::cord(&scribbled).is_some());
}

#[test]
fn nothing_begins_while_the_cord_is_pulled() {
    let cord = Cord {
        by: "ops/bob".into(),
        at: Some(at("03:12:00")),
        reason: Some("we lose orders".into()),
    };
    let board = Board::read(&Board::with_cord(&map(), Some(&cord))).unwrap();
    let stopped = begin(&Policy::default(), (&board, &[]), (ALICES, 'a'), "12:00:00");
    let hindrance = stopped.unwrap_err();
    assert_eq!(hindrance.code(), "stopped");
    assert_eq!(
        hindrance.to_string(),
        "ops/bob has stopped all changes of this cluster at 2026-11-18 03:12 UTC: we lose orders"
    );
}

#[test]
fn a_lease_is_read_back_and_ends_by_itself() {
    let taken = lease(ALICES, 'a', "12:00:00");
    let object = taken.object();
    assert_eq!(object["metadata"]["name"], "node-i-0000000a");
    assert_eq!(object["spec"]["renewTime"], "2026-11-18T12:00:00.000000Z");
    assert_eq!(NodeLease::read(&object), Some(taken.clone()));
    assert!(taken.is_live(at("12:02:29")));
    assert!(!taken.is_live(at("12:02:30")));
    assert!(taken.renewed(at("12:02:00")).is_live(at("12:04:29")));
    let mut stored = object.clone();
    stored["metadata"]["resourceVersion"] = json!("41");
    stored["spec"]["holderIdentity"] = json!("");
    let next = lease(BOBS, 'a', "13:00:00").in_place_among(&[stored.clone()]);
    assert_eq!(next.object()["metadata"]["resourceVersion"], "41");
    let beside = lease(BOBS, 'b', "13:00:00").in_place_among(&[stored]);
    assert_eq!(beside.object()["metadata"].get("resourceVersion"), None);
    for (pointer, other) in [
        ("/metadata/name", json!("leader")),
        ("/spec/holderIdentity", json!("")),
        ("/spec/holderIdentity", json!("somebody else")),
        ("/spec/renewTime", Value::Null),
        ("/spec/leaseDurationSeconds", Value::Null),
    ] {
        let mut odd = object.clone();
        *odd.pointer_mut(pointer).unwrap() = other;
        assert_eq!(NodeLease::read(&odd), None, "{pointer}");
    }
}

#[test]
fn a_node_that_somebody_else_holds_is_seen() {
    let policy = Policy::default();
    let instance = node('a');
    let beginning = Beginning {
        run: run(BOBS),
        ramp: None,
        instance: &instance,
        limits: policy.limits(),
        groups: &[],
        own_changing: 0,
        own_verified: 0,
    };
    let leases = [
        lease(ALICES, 'a', "12:00:00"),
        lease(ALICES, 'b', "12:00:00"),
    ];
    let other = beginning.other(&leases, at("12:01:00")).unwrap();
    assert_eq!(
        Hindrance::Taken(Box::new(other.clone())).to_string(),
        format!(
            "i-0000000a is being changed by run {} of ops/alice, until 12:02:30 UTC at most if nobody hears of them",
            run(ALICES)
        )
    );
    assert_eq!(beginning.other(&leases, at("12:03:00")), None);
    let own = [lease(BOBS, 'a', "12:00:00")];
    assert_eq!(beginning.other(&own, at("12:01:00")), None);
}

#[test]
fn of_two_that_hold_a_lease_the_first_on_the_board_begins() {
    let policy = policy("{ nodes-at-once: 1 }");
    let leases = [lease(ALICES, 'a', "12:00:00"), lease(BOBS, 'b', "12:00:00")];
    let empty = Board::default();
    let alices = begin(&policy, (&empty, &leases), (ALICES, 'a'), "12:00:01").unwrap();
    // Bob has read the same empty board, but can't write his: he reads Alice's.
    assert!(begin(&policy, (&empty, &leases), (BOBS, 'b'), "12:00:01").is_ok());
    let full = begin(&policy, (&alices, &leases), (BOBS, 'b'), "12:00:02");
    assert_eq!(full, Err(Hindrance::Full(Full::Nodes { most: 1 })));
    // She asks again, as the answer was lost.
    let again = begin(&policy, (&alices, &leases), (ALICES, 'a'), "12:00:03");
    assert_eq!(again, Ok(alices.clone()));
    // Her Lease is released, or has ended by itself.
    assert!(begin(&policy, (&alices, &leases[1..]), (BOBS, 'b'), "12:00:04").is_ok());
    assert!(begin(&policy, (&alices, &leases[..1]), (BOBS, 'b'), "12:03:00").is_ok());
}

#[test]
fn fixes_an_hour_are_runs_and_not_nodes() {
    let policy = policy("{ nodes-at-once: 9, fixes-an-hour: 1, canary-first: false }");
    let board = begin(&policy, (&Board::default(), &[]), (ALICES, 'a'), "12:00:00").unwrap();
    // A second node of the same run.
    let board = begin(&policy, (&board, &[]), (ALICES, 'b'), "12:10:00").unwrap();
    let full = begin(&policy, (&board, &[]), (BOBS, 'c'), "12:59:59");
    let next = at("13:00:00");
    assert_eq!(full, Err(Hindrance::Full(Full::Fixes { most: 1, next })));
    let board = begin(&policy, (&board, &[]), (BOBS, 'c'), "13:00:00").unwrap();
    assert_eq!(board.started.len(), 2, "{board:?}");
}

#[test]
fn a_fix_of_several_nodes_is_one_fix_and_does_not_hinder_itself() {
    let policy = policy("{ nodes-at-once: 9, fixes-an-hour: 2, canary-first: false }");
    let (first, second, whole) = (run(1), run(2), Some(run(ALICES)));
    let begin = |board: &Board, (run, ramp), letter| {
        let beginning = Beginning {
            run,
            ramp,
            instance: &node(letter),
            limits: policy.limits(),
            groups: &[],
            own_changing: 0,
            own_verified: 0,
        };
        beginning.on(board, &[], at("12:00:00"))
    };
    let board = begin(&Board::default(), (run(BOBS), None), 'a').unwrap();
    let board = begin(&board, (first, whole), 'b').unwrap();
    // Its canary was refused for another reason, so that it is at its first node again.
    let board = begin(&board, (second, whole), 'c').unwrap();
    assert_eq!(Board::read(&board.onto(&map())), Ok(board.clone()));
    let full = begin(&board, (run(7), None), 'd').unwrap_err();
    assert!(
        matches!(full, Hindrance::Full(Full::Fixes { most: 2, .. })),
        "{full:?}"
    );
    // Others count it as one.
    let three = self::policy("{ nodes-at-once: 9, fixes-an-hour: 3 }");
    assert!(self::begin(&three, (&board, &[]), (7, 'd'), "12:00:01").is_ok());
}

#[test]
fn a_change_that_lasts_is_not_forgotten_after_an_hour() {
    let policy = policy("{ nodes-at-once: 1 }");
    let board = begin(&policy, (&Board::default(), &[]), (ALICES, 'a'), "12:00:00").unwrap();
    let lasting = [lease(ALICES, 'a', "12:00:00").renewed(at("13:30:00"))];
    let full = begin(&policy, (&board, &lasting), (BOBS, 'b'), "13:31:00");
    assert_eq!(full, Err(Hindrance::Full(Full::Nodes { most: 1 })));
    let two = self::policy("{ nodes-at-once: 2 }");
    let board = begin(&two, (&board, &lasting), (BOBS, 'b'), "13:31:00").unwrap();
    assert!(board.has_started(run(ALICES), &node('a')));
}

#[test]
fn an_approval_is_used_once_until_it_ends_by_itself() {
    let id = |number| ApprovalId::new(Uuid::from_u128(number));
    let board = Board::default()
        .using(run(ALICES), &[id(1), id(2)], at("12:00:00"))
        .unwrap();
    assert_eq!(
        board.using(run(BOBS), &[id(3), id(2)], at("12:29:59")),
        Err(id(2))
    );
    let later = board.using(run(BOBS), &[id(3)], at("12:30:00")).unwrap();
    // What has ended by itself is forgotten.
    assert!(later.using(run(BOBS), &[id(1)], at("12:30:00")).is_ok());
    assert_eq!(
        later.using(run(ALICES), &[id(3)], at("12:30:01")),
        Err(id(3))
    );
    // His own answer was lost, and he asks again.
    assert_eq!(later.using(run(BOBS), &[id(3)], at("12:30:01")), Ok(later));
}
