//! Whose approval counts.

use super::super::{Policy, Unfit};
use super::{caller, fix, of, open, policy};

fn code(policy: &Policy, approver: &str, before: &[&str]) -> Option<&'static str> {
    let alice = caller("ops/alice");
    let before: Vec<_> = before.iter().map(|name| caller(name)).collect();
    let accepted = policy.accept(&fix(&alice), &caller(approver), &before);
    accepted.err().map(|unfit| unfit.code())
}

#[test]
fn whoever_asks_is_nobody_else() {
    for policy in [
        Policy::default(),
        open(""),
        open("approvers: [ops/*, leads/*]\n"),
    ] {
        assert_eq!(code(&policy, "ops/alice", &[]), Some("approval-own"));
        assert_eq!(code(&policy, "leads/alice", &[]), Some("approval-own"));
        assert_eq!(code(&policy, "leads/bob", &[]), None);
    }
    let alice = caller("ops/alice");
    let unfit = Policy::default().accept(&fix(&alice), &caller("leads/alice"), &[]);
    let wanted = "leads/alice is the same person as ops/alice, who asked for it, and another one has to approve";
    assert_eq!(unfit.expect_err("it is refused").to_string(), wanted);
}

#[test]
fn two_are_two() {
    let policy = Policy::default();
    assert_eq!(code(&policy, "ops/bob", &["ops/carol"]), None);
    assert_eq!(
        code(&policy, "ops/bob", &["ops/bob"]),
        Some("approval-twice")
    );
    assert_eq!(
        code(&policy, "leads/bob", &["ops/bob"]),
        Some("approval-twice")
    );
}

#[test]
fn approvers_are_those_who_are_named_or_else_may_do_it_themselves() {
    let named = open("approvers: [leads/*]\n");
    assert_eq!(code(&named, "leads/carol", &[]), None);
    assert_eq!(code(&named, "ops/bob", &[]), Some("approval-not-approver"));
    let rules = policy(
        "heeler-policy: 1\nallow:\n  - { who: [ops/*], runbooks: conntrack-*, fixes: \"*\", where: { clusters: prod-* } }\n\
         forbid:\n  - { who: ops/mallory, because: an open question }\n",
    );
    assert_eq!(code(&rules, "ops/bob", &[]), None);
    assert_eq!(
        code(&rules, "apps/checkout", &[]),
        Some("approval-not-allowed")
    );
    assert_eq!(
        code(&rules, "ops/mallory", &[]),
        Some("approval-not-allowed")
    );
}

#[test]
fn another_account_counts_only_by_its_arn() {
    let alice = caller("ops/alice");
    let carol = of("444455556666", "leads/carol");
    let accept = |policy: &Policy| policy.accept(&fix(&alice), &carol, &[]);
    let elsewhere = Unfit::OtherAccount {
        approver: "leads/carol".into(),
        account: "444455556666".into(),
        wanted: "111122223333".into(),
    };
    for policy in [Policy::default(), open(""), open("approvers: leads/*\n")] {
        assert_eq!(accept(&policy), Err(elsewhere.clone()));
    }
    let named = open("approvers: arn:aws:iam::444455556666:role/leads\n");
    assert_eq!(accept(&named), Ok(()));
}
