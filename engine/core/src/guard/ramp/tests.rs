//! Which node comes when, in every order of endings.

use super::{Reason, Tally, Turn, turn, whole};
use crate::event::{Event, FixPlan, samples};
use crate::guard::policy::{self, Limits};
use crate::syntax::Source;

fn limits(text: &str) -> Limits {
    let text = format!(
        "heeler-policy: 1\nallow:\n  - {{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\nlimits: \
         {{ {text} }}\n"
    );
    let source = Source {
        name: "heeler.yaml".to_owned(),
        text,
    };
    policy::read(source).expect("a policy").limits().clone()
}

/// Takes turns until the end. `ends` says of each node what becomes of it; nodes end in the order
/// in which they were begun. Gives the most that were under way, by the number kept before.
fn go(nodes: u32, limits: &Limits, ends: impl Fn(u32) -> char) -> (Tally, Reason, Vec<(u32, u32)>) {
    let mut tally = Tally {
        waiting: nodes,
        ..Tally::default()
    };
    let (mut next, mut ended, mut begun) = (0, 0, Vec::new());
    loop {
        match turn(&tally, limits, false) {
            Turn::Begin => {
                tally.waiting -= 1;
                tally.under_way += 1;
                begun.push((tally.kept, tally.under_way));
                next += 1;
            }
            Turn::Wait => {
                assert!(ended < next, "it waits for nobody");
                tally.under_way -= 1;
                match ends(ended) {
                    'k' => tally.kept += 1,
                    'f' => tally.failed += 1,
                    _ => tally.lost += 1,
                }
                ended += 1;
            }
            Turn::End(reason) => return (tally, reason, begun),
        }
    }
}

#[test]
fn the_first_is_alone_and_then_it_widens_up_to_the_limit() {
    let (tally, reason, begun) = go(12, &limits("nodes-at-once: 5"), |_| 'k');
    assert_eq!((tally.kept, reason), (12, Reason::Done));
    assert_eq!(begun[0], (0, 1));
    assert!(
        begun.iter().skip(1).all(|(kept, _)| *kept >= 1),
        "{begun:?}"
    );
    assert!(
        begun
            .iter()
            .all(|(kept, under)| *under <= (2 * kept).max(1)),
        "{begun:?}"
    );
    assert_eq!(begun.iter().map(|(_, under)| *under).max(), Some(5));
}

#[test]
fn without_a_canary_as_many_begin_as_may() {
    let limits = limits("nodes-at-once: 3, canary-first: false");
    let (_, _, begun) = go(4, &limits, |_| 'k');
    assert_eq!(begun[..3], [(0, 1), (0, 2), (0, 3)]);
}

#[test]
fn by_default_one_at_a_time_and_the_first_failure_ends_it() {
    let (tally, reason, begun) = go(
        4,
        &Limits::default(),
        |node| if node == 1 { 'f' } else { 'k' },
    );
    assert!(begun.iter().all(|(_, under)| *under == 1));
    assert_eq!((tally.kept, tally.failed, tally.waiting), (1, 1, 2));
    assert_eq!(reason, Reason::Errors { most: 0 });
}

#[test]
fn a_failed_first_one_is_followed_by_a_single_one_where_errors_may_be() {
    let limits = limits("nodes-at-once: 5, max-errors: 2");
    let (tally, reason, begun) = go(9, &limits, |node| if node < 2 { 'f' } else { 'k' });
    assert_eq!(begun[..3], [(0, 1), (0, 1), (0, 1)]);
    assert_eq!((tally.kept, tally.failed, reason), (7, 2, Reason::Done));
    let (tally, reason, _) = go(9, &limits, |_| 'f');
    assert_eq!((tally.failed, tally.waiting), (3, 6));
    assert_eq!(reason, Reason::Errors { most: 2 });
}

#[test]
fn nothing_begins_where_a_node_is_lost_however_many_errors_may_be() {
    let limits = limits("max-errors: 50");
    let (tally, reason, _) = go(3, &limits, |_| 'l');
    assert_eq!((tally.lost, tally.waiting, reason), (1, 2, Reason::Lost));
}

#[test]
fn who_wants_to_stop_waits_for_what_is_under_way() {
    let limits = limits("nodes-at-once: 2");
    let tally = |under_way| Tally {
        waiting: 3,
        kept: 1,
        under_way,
        ..Tally::default()
    };
    assert_eq!(turn(&tally(1), &limits, false), Turn::Begin);
    assert_eq!(turn(&tally(1), &limits, true), Turn::Wait);
    assert_eq!(turn(&tally(0), &limits, true), Turn::End(Reason::Halted));
}

fn planned() -> FixPlan {
    let planned = samples::events().into_iter().find_map(|event| match event {
        Event::FixPlanned(plan) => Some(plan),
        _ => None,
    });
    planned.expect("a sample of a plan")
}

#[test]
fn the_plan_of_one_node_is_that_plan() {
    let plan = planned();
    let one = whole(std::slice::from_ref(&plan)).unwrap();
    assert_eq!(
        FixPlan {
            digest: plan.digest.clone(),
            ..one
        },
        plan
    );
}

#[test]
fn the_plan_of_all_has_each_node_and_nothing_that_differs() {
    let (first, mut second) = (planned(), planned());
    second.pins[0].0 = "i-0fedcba9876543210".parse().unwrap();
    let both = whole(&[first.clone(), second.clone()]).unwrap();
    assert_eq!(
        both.pins,
        [first.pins.clone(), second.pins.clone()].concat()
    );
    assert_eq!(both.changes.len(), 2 * first.changes.len());
    assert!(
        both.proof.ends_with(": on each of 2 nodes"),
        "{}",
        both.proof
    );
    assert_eq!(both.effect, first.effect);
    second.effect = Some("costs 12 MiB".into());
    let both = whole(&[second.clone(), first.clone()]).unwrap();
    assert_eq!(
        both.effect.as_deref(),
        Some("costs 12 MiB (on i-0fedcba9876543210; the others have numbers of their own)")
    );
    second.undo += " or so";
    assert_eq!(whole(&[first, second]), Err("the undo"));
    assert_eq!(whole(&[]), Err("a node"));
}
