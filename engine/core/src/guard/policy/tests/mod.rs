//! Policies: what they decide, each rule by itself, and what is wrong with a file.

mod accept;
mod codes;
mod faults;
mod limits;
mod rules;
mod times;

use jiff::Timestamp;

use super::{Fact, Load, Policy, Request, Site, read};
use crate::action::Impact;
use crate::guard::Identity;
use crate::syntax::{Source, render};

const HERE: &str = "111122223333";

fn source(text: &str) -> Source {
    Source {
        name: "heeler.yaml".to_owned(),
        text: text.to_owned(),
    }
}

fn policy(text: &str) -> Policy {
    let source = source(text);
    let shown = source.clone();
    read(source).unwrap_or_else(|faults| panic!("{}", render(&shown, &faults, false)))
}

/// A policy that allows everybody everything, and says this besides.
fn open(rest: &str) -> Policy {
    policy(&format!(
        "heeler-policy: 1\nallow:\n  - {{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\n{rest}"
    ))
}

/// `ops/alice` in an account.
fn of(account: &str, name: &str) -> Identity {
    Identity::read(&format!("arn:aws:sts::{account}:assumed-role/{name}")).expect("a caller")
}

fn caller(name: &str) -> Identity {
    of(HERE, name)
}

const PROD: Site<'static> = Site {
    account: HERE,
    cluster: Fact::Is("prod-eu"),
    node_group: Fact::Is("general"),
    namespace: Fact::Is("shop"),
};
const IDLE: Load<'static> = Load {
    changing: Some(0),
    started: Some(&[]),
    groups: &[],
    own_changing: 0,
    own_verified: 0,
};

fn at(moment: &str) -> Timestamp {
    moment.parse().expect("a moment")
}

/// A reversible fix of the conntrack runbook by `caller` in the production cluster.
fn fix(caller: &Identity) -> Request<'_> {
    Request {
        caller,
        runbook: "conntrack-exhaustion",
        fix: Some("shorten-time-wait"),
        impact: Impact::Reversible,
        sites: &[PROD],
        at: at("2026-11-18T12:00:00Z"),
        load: IDLE,
    }
}

/// The same runbook without a fix.
fn look(caller: &Identity) -> Request<'_> {
    Request {
        fix: None,
        impact: Impact::Read,
        ..fix(caller)
    }
}

fn refused(policy: &Policy, request: &Request<'_>) -> (&'static str, String) {
    let refusal = policy.decide(request).expect_err("it is refused");
    (refusal.code(), refusal.to_string())
}
