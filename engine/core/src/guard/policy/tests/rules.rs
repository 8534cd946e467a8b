//! Who may do what, and what it takes.

use super::super::{Approval, Fact, Policy, Refusal, Request, Site};
use super::{PROD, caller, fix, look, of, open, policy, refused};
use crate::action::Impact;

const TEAM: &str = "heeler-policy: 1
allow:
  - who: [ops/*, leads]
    runbooks: conntrack-*
    fixes: [shorten-time-wait]
    where: { clusters: prod-*, namespaces: [shop, pay] }
  - { who: viewers/*, runbooks: \"*\", where: {} }
forbid:
  - { who: ops/mallory, because: an open question }
  - { fixes: raise-max, where: { node-groups: small }, because: it has no memory to spare }
";

fn allowed(policy: &Policy, request: &Request<'_>) -> bool {
    policy.decide(request).is_ok()
}

#[test]
fn without_a_file_worse_changes_need_more() {
    let alice = caller("ops/alice");
    let needs = Impact::ALL.map(|impact| {
        let request = Request {
            impact,
            ..fix(&alice)
        };
        let decided = Policy::default().decide(&request).expect("it is allowed");
        decided.approval.word()
    });
    assert_eq!(needs, ["nobody", "operator", "operator", "another", "two"]);
}

#[test]
fn what_is_not_written_needs_what_it_needs_without_a_file_or_more() {
    let alice = caller("ops/alice");
    let needs = |text: &str| {
        let policy = open(text);
        Impact::ALL.map(|impact| {
            let request = Request {
                impact,
                ..fix(&alice)
            };
            policy.decide(&request).expect("it is allowed").approval
        })
    };
    use Approval::{Another, Nobody, Operator, Two};
    assert_eq!(needs(""), [Nobody, Operator, Operator, Another, Two]);
    assert_eq!(
        needs("approval: { reversible: two }\n"),
        [Nobody, Operator, Two, Two, Two]
    );
    assert_eq!(
        needs("approval: { irreversible: another, unconfined: nobody }\n"),
        [Nobody, Nobody, Operator, Another, Another]
    );
}

#[test]
fn silence_allows_nothing() {
    let nobody = policy("heeler-policy: 1\nallow: []\n");
    let alice = caller("ops/alice");
    assert_eq!(refused(&nobody, &look(&alice)).0, "policy-not-allowed");
    let viewer = caller("viewers/vera");
    let team = policy(TEAM);
    assert!(allowed(&team, &look(&viewer)));
    // Their rule names no fixes.
    assert!(!allowed(&team, &fix(&viewer)));
    let none = Request {
        sites: &[],
        ..look(&viewer)
    };
    assert_eq!(team.decide(&none), Err(Refusal::NoSite));
}

#[test]
fn each_part_of_a_rule_counts() {
    let team = policy(TEAM);
    let (alice, lead) = (caller("ops/alice"), caller("leads/carol"));
    assert!(allowed(&team, &fix(&alice)) && allowed(&team, &fix(&lead)));
    let (dan, stranger) = (caller("dev/dan"), of("444455556666", "ops/alice"));
    let wrong: [(&str, Request<'_>); 4] = [
        ("who", fix(&dan)),
        ("account", fix(&stranger)),
        (
            "runbook",
            Request {
                runbook: "disk-full",
                ..fix(&alice)
            },
        ),
        (
            "fix",
            Request {
                fix: Some("raise-max"),
                ..fix(&alice)
            },
        ),
    ];
    for (what, request) in wrong {
        assert_eq!(refused(&team, &request).0, "policy-not-allowed", "{what}");
    }
    let (_, said) = refused(&team, &fix(&dan));
    let wanted =
        "no rule allows dev/dan to apply shorten-time-wait of conntrack-exhaustion in prod-eu";
    assert_eq!(said, wanted);
}

#[test]
fn what_was_not_seen_is_in_no_list_that_allows_and_in_each_that_forbids() {
    let team = policy(TEAM);
    let alice = caller("ops/alice");
    let elsewhere = [
        (
            Site {
                cluster: Fact::Is("test"),
                ..PROD
            },
            false,
        ),
        (
            Site {
                cluster: Fact::NotSeen,
                ..PROD
            },
            true,
        ),
        (
            Site {
                namespace: Fact::Absent,
                ..PROD
            },
            false,
        ),
        (
            Site {
                namespace: Fact::NotSeen,
                ..PROD
            },
            true,
        ),
    ];
    for (site, unsure) in elsewhere {
        let request = Request {
            sites: &[site],
            ..fix(&alice)
        };
        let (code, said) = refused(&team, &request);
        assert_eq!(code, "policy-not-allowed");
        assert_eq!(
            said.contains("the one at heeler.yaml:3 might"),
            unsure,
            "{said}"
        );
    }
    let careful = open(
        "forbid:\n  - { fixes: \"*\", runbooks: \"*\", where: { node-groups: small }, because: x }\n",
    );
    for (node_group, forbidden) in [
        (Fact::Is("small"), true),
        (Fact::NotSeen, true),
        (Fact::Absent, false),
        (Fact::Is("general"), false),
    ] {
        let site = Site { node_group, ..PROD };
        let request = Request {
            sites: &[site],
            ..fix(&alice)
        };
        assert_eq!(!allowed(&careful, &request), forbidden, "{node_group:?}");
        let request = Request {
            sites: &[site],
            ..look(&alice)
        };
        assert!(allowed(&careful, &request), "only fixes are forbidden");
    }
}

#[test]
fn every_node_counts() {
    let team = policy(TEAM);
    let alice = caller("ops/alice");
    let other = Site {
        cluster: Fact::Is("test"),
        ..PROD
    };
    let request = Request {
        sites: &[PROD, other],
        ..fix(&alice)
    };
    assert_eq!(refused(&team, &request).0, "policy-not-allowed");
}

#[test]
fn what_forbids_goes_first_and_says_why_and_where() {
    let team = policy(TEAM);
    let mallory = caller("ops/mallory");
    let (code, said) = refused(&team, &fix(&mallory));
    assert_eq!(code, "policy-forbidden");
    assert_eq!(
        said,
        "heeler.yaml:9 forbids ops/mallory to apply shorten-time-wait of conntrack-exhaustion in \
         prod-eu: an open question"
    );
    assert_eq!(refused(&team, &look(&mallory)).0, "policy-forbidden");
}

#[test]
fn whom_nobody_knows_may_take_back_what_everybody_may_apply() {
    let alice = caller("ops/alice");
    let back = |policy: &Policy, who| {
        let what = ("conntrack-exhaustion", "shorten-time-wait");
        let said = policy.lets_revert(who, what, &PROD);
        said.err()
            .map(|refusal| (refusal.code(), refusal.to_string()))
    };
    for policy in [Policy::default(), open("")] {
        assert_eq!(back(&policy, None), None);
    }
    let team = policy(TEAM);
    assert_eq!(back(&team, Some(&alice)), None);
    // It may be the one whom a rule forbids it.
    let (code, _) = back(&team, None).expect("a refusal");
    assert_eq!(code, "policy-forbidden");
    let (rules, _) = TEAM.split_once("forbid").expect("two parts");
    let (code, said) = back(&policy(rules), None).expect("a refusal");
    assert_eq!(code, "policy-not-allowed");
    assert_eq!(
        said,
        "no rule allows somebody to apply shorten-time-wait of conntrack-exhaustion in prod-eu; the \
         one at heeler.yaml:3 might, but who asks, or where that is, can't be told"
    );
    // What is forbidden to everybody is forbidden because of what it does, which must not stay.
    for everybody in ["", ", who: \"*\""] {
        let rule = format!("forbid:\n  - {{ fixes: shorten-time-wait, because: x{everybody} }}\n");
        let policy = open(&rule);
        assert_eq!(refused(&policy, &fix(&alice)).0, "policy-forbidden");
        assert_eq!(back(&policy, Some(&alice)), None);
    }
    let hers = open("forbid:\n  - { fixes: shorten-time-wait, because: x, who: ops/alice }\n");
    assert!(back(&hers, Some(&alice)).is_some());
    // At any time.
    let frozen = open(
        "freezes:\n  - { from: \"2020-01-01 00:00\", until: \"9999-12-31 23:59\", because: x }\n",
    );
    assert_eq!(back(&frozen, None), None);
}

#[test]
fn bundles_are_forbidden_by_themselves_and_with_everything_else() {
    let alice = caller("ops/alice");
    let lets = |policy: &Policy| {
        let bundle = policy.lets_bundle(&alice, "conntrack-exhaustion", &PROD);
        let said = bundle.map_err(|refusal| refusal.to_string());
        (
            said,
            allowed(policy, &look(&alice)),
            allowed(policy, &fix(&alice)),
        )
    };
    assert_eq!(lets(&Policy::default()), (Ok(()), true, true));
    let forbid = |rule: &str| open(&format!("forbid:\n  - {{ {rule}, because: secrets }}\n"));
    let said = "heeler.yaml:5 forbids ops/alice to make the bundles of conntrack-exhaustion in \
                prod-eu: secrets";
    let refused = || Err(said.to_owned());
    assert_eq!(lets(&forbid("bundles: true")), (refused(), true, true));
    let both = forbid("bundles: true, fixes: shorten-time-wait");
    assert_eq!(lets(&both), (refused(), true, false));
    let fixes = forbid("fixes: shorten-time-wait");
    assert_eq!(lets(&fixes), (Ok(()), true, false));
    let all = forbid("runbooks: conntrack-*");
    assert_eq!(lets(&all), (refused(), false, false));
    let elsewhere = forbid("bundles: true, where: { clusters: test }");
    assert_eq!(lets(&elsewhere), (Ok(()), true, true));
    // Who may not look makes none either.
    let nobody = policy("heeler-policy: 1\nallow: []\n");
    assert!(lets(&nobody).0.is_err());
}
