//! The order in which pods are evicted, and what ends that.

use std::time::Duration;

use serde_json::Value as Json;

use super::{STRICT, WITHIN, going, pod};
use crate::plan::drain::{Course, Eviction, Halt, Left, Tenants, Turn, tenants};

const AT_ONCE: Turn = Turn::Look(Duration::ZERO);
const A_SECOND_LATER: Turn = Turn::Look(Duration::from_secs(1));

fn seen(pods: &[Json]) -> Tenants {
    tenants(pods, &STRICT).expect("whole pods")
}

/// The evictions of these pods.
fn course(names: &[&str]) -> Course {
    let instance = "i-0abc1234def567890".parse().expect("an id");
    let pods: Vec<Json> = names.iter().map(|name| pod(name)).collect();
    let changes = seen(&pods).evicted;
    let changes: Vec<_> = changes
        .iter()
        .map(|tenant| tenant.change(&instance, WITHIN))
        .collect();
    Course::new(&changes, WITHIN)
}

fn after(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn not_now() -> Eviction {
    Eviction::NotNow("budget web needs 2 and has 2".to_owned())
}

#[test]
fn each_pod_is_asked_for_once_and_looked_for_until_it_is_gone() {
    let mut course = course(&["a", "b"]);
    assert_eq!(course.turn(after(0)), AT_ONCE);
    assert_eq!(
        course.saw(&seen(&[pod("a"), pod("b")]), true),
        (vec![], true)
    );
    assert_eq!(course.turn(after(0)), Turn::Evict(0));
    assert!(!course.has_touched());
    course.told(0, Eviction::Taken, after(0));
    assert!(course.has_touched());
    assert_eq!(course.turn(after(0)), Turn::Evict(1));
    course.told(1, Eviction::Taken, after(0));
    assert_eq!(course.turn(after(0)), A_SECOND_LATER);
    assert_eq!(course.saw(&seen(&[going("b")]), true), (vec![0], false));
    assert_eq!(course.turn(after(1)), A_SECOND_LATER);
    assert_eq!(course.left(0), None);
    assert_eq!(course.left(1), Some(Left::Going));
    assert_eq!(course.saw(&seen(&[]), true), (vec![1], false));
    assert_eq!(course.turn(after(2)), Turn::End);
    assert!(course.is_whole());
    assert_eq!(course.says(), "2 of 2 pods are gone");
}

#[test]
fn what_is_gone_before_the_first_look_was_nobodys_eviction() {
    let mut course = course(&["a", "b"]);
    assert_eq!(course.saw(&seen(&[]), true), (vec![0, 1], true));
    assert_eq!(course.turn(after(0)), Turn::End);
    assert!(course.is_whole() && !course.has_touched());
}

#[test]
fn a_budget_is_asked_again_and_never_overruled() {
    let mut course = course(&["a", "b"]);
    course.saw(&seen(&[pod("a"), pod("b")]), true);
    course.told(0, not_now(), after(0));
    assert_eq!(course.turn(after(0)), Turn::Evict(1));
    course.told(1, Eviction::Taken, after(0));
    course.saw(&seen(&[pod("a")]), true);
    assert_eq!(course.turn(after(4)), A_SECOND_LATER);
    assert_eq!(course.turn(after(5)), Turn::Evict(0));
    course.told(0, not_now(), after(5));
    assert_eq!(course.turn(after(60)), Turn::End);
    assert!(!course.is_whole());
    let stands = Left::Stands("budget web needs 2 and has 2".to_owned());
    assert_eq!(course.left(0), Some(stands));
    assert_eq!(
        course.says(),
        "1 of 2 pods are gone; the others were not within 60 s; shop/a: budget web needs 2 and has 2"
    );
}

#[test]
fn an_eviction_without_an_answer_is_looked_for_before_any_other() {
    let mut course = course(&["a", "b"]);
    course.saw(&seen(&[pod("a"), pod("b")]), true);
    course.told(0, Eviction::Unknown("silence".to_owned()), after(0));
    assert_eq!(course.turn(after(0)), A_SECOND_LATER);
    assert_eq!(course.left(0), Some(Left::Unknown("silence".to_owned())));
    course.missed("no answer".to_owned());
    assert_eq!(course.turn(after(1)), A_SECOND_LATER);
    assert_eq!(
        course.says(),
        "0 of 2 pods are gone; the others were not within 60 s; what stands now is not known: no answer; \
         shop/a: whether it was evicted is not known: silence, shop/b: it was not evicted"
    );
    // It was lost: it is tried again, when its time has come.
    course.saw(&seen(&[pod("a"), pod("b")]), true);
    assert_eq!(course.turn(after(2)), Turn::Evict(1));
    course.told(1, Eviction::Taken, after(2));
    assert_eq!(course.turn(after(5)), Turn::Evict(0));
    // It had come.
    course.told(0, Eviction::Unknown("silence".to_owned()), after(5));
    assert_eq!(course.saw(&seen(&[]), true), (vec![0, 1], false));
    assert!(course.is_whole());
}

#[test]
fn a_pod_that_went_while_a_budget_held_all_back_was_not_evicted() {
    let mut course = course(&["a", "b"]);
    course.saw(&seen(&[pod("a"), pod("b")]), true);
    course.told(0, not_now(), after(0));
    assert_eq!(course.saw(&seen(&[pod("b")]), true), (vec![0], true));
    course.told(1, Eviction::Taken, after(1));
    assert_eq!(course.saw(&seen(&[]), true), (vec![1], false));
}

#[test]
fn nothing_begins_before_the_node_was_seen() {
    let mut course = course(&["a"]);
    course.missed("no answer".to_owned());
    assert_eq!(course.turn(after(0)), A_SECOND_LATER);
    assert_eq!(course.turn(after(60)), Turn::End);
    assert_eq!(
        course.left(0),
        Some(Left::Stands("it was not evicted".to_owned()))
    );
    course.halt(Halt::Interrupted);
    assert_eq!(course.turn(after(1)), Turn::End);
}

#[test]
fn what_halts_it_lets_no_other_go_and_waits_for_those_that_go() {
    for (halt, says) in [
        (Halt::Interrupted, "it was interrupted"),
        (
            Halt::Unwritten("full".to_owned()),
            "the journal can't be written: full",
        ),
    ] {
        let mut course = course(&["a", "b"]);
        course.saw(&seen(&[pod("a"), pod("b")]), true);
        course.told(0, Eviction::Taken, after(0));
        course.halt(halt);
        assert_eq!(course.turn(after(0)), A_SECOND_LATER);
        course.saw(&seen(&[going("a"), pod("b")]), true);
        assert_eq!(course.turn(after(1)), A_SECOND_LATER);
        course.saw(&seen(&[pod("b")]), true);
        assert_eq!(course.turn(after(2)), Turn::End);
        let said = format!("1 of 2 pods are gone; {says}; shop/b: it was not evicted");
        assert_eq!(course.says(), said);
    }
}

#[test]
fn a_node_that_takes_pods_again_is_not_emptied() {
    let mut course = course(&["a"]);
    course.saw(&seen(&[pod("a")]), false);
    assert_eq!(course.turn(after(0)), Turn::End);
    assert!(course.says().contains("the node is not cordoned any more"));
    // Nor is one empty that others may come to.
    course.saw(&seen(&[]), true);
    assert!(!course.is_whole());
}

#[test]
fn it_is_not_empty_where_it_takes_pods_whatever_halted_it_first() {
    for (pods, is_cordoned) in [(vec![], false), (vec![pod("z")], true)] {
        let mut course = course(&["a"]);
        course.halt(Halt::Interrupted);
        course.saw(&seen(&pods), is_cordoned);
        assert!(!course.is_whole(), "{}", course.says());
    }
}

#[test]
fn what_the_plan_does_not_show_is_not_evicted() {
    let mut course = course(&["a"]);
    course.saw(&seen(&[pod("a"), going("old"), pod("new")]), true);
    assert_eq!(course.turn(after(0)), Turn::End);
    assert_eq!(
        course.says(),
        "0 of 1 pods are gone; the plan does not show what has come to the node since: shop/new; \
         shop/a: it was not evicted"
    );
    course.saw(&seen(&[pod("new")]), true);
    assert!(!course.is_whole());
}

#[test]
fn a_plan_without_pods_looks_too() {
    let mut empty = course(&[]);
    assert!(!empty.is_whole(), "nobody has looked");
    assert_eq!(empty.turn(after(0)), Turn::Look(Duration::ZERO));
    // It came and ends already: it has its time, too.
    empty.saw(&seen(&[going("new")]), true);
    assert!(!empty.is_whole());
    assert_eq!(empty.turn(after(0)), A_SECOND_LATER);
    empty.saw(&seen(&[]), true);
    assert_eq!(empty.turn(after(1)), Turn::End);
    assert!(empty.is_whole());
    let mut taken = course(&[]);
    taken.saw(&seen(&[pod("new")]), true);
    assert_eq!(taken.turn(after(0)), Turn::End);
    assert!(!taken.is_whole());
}

#[test]
fn a_pod_of_the_same_name_is_another_one() {
    let mut course = course(&["a"]);
    let mut other = pod("a");
    other["metadata"]["uid"] = "another".into();
    let (gone, _) = course.saw(&seen(&[other]), true);
    assert_eq!(gone, [0]);
    assert!(!course.is_whole());
}

#[test]
fn where_one_can_t_go_at_all_no_other_does() {
    let mut course = course(&["a", "b", "c"]);
    course.saw(&seen(&[pod("a"), pod("b"), pod("c")]), true);
    course.told(0, Eviction::Taken, after(0));
    course.told(1, Eviction::Refused("no right".to_owned()), after(0));
    assert_eq!(course.turn(after(0)), A_SECOND_LATER);
    course.saw(&seen(&[pod("b"), pod("c")]), true);
    assert_eq!(course.turn(after(1)), Turn::End);
    assert_eq!(
        course.says(),
        "1 of 3 pods are gone; shop/b can't be evicted: no right; shop/b: no right, shop/c: it was not evicted"
    );
}

#[test]
fn people_read_a_few_names() {
    let names: Vec<String> = (0..8).map(|number| format!("p{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut course = course(&names);
    course.halt(Halt::Interrupted);
    let said = course.says();
    assert!(
        said.ends_with("shop/p4: it was not evicted and 3 more"),
        "{said}"
    );
}
