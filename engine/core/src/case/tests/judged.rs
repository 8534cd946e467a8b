//! Judging cases: what is asked, what differs, what a mutation may do, what is covered.

use super::{BUSY, busy, read, runbook};
use crate::case::{self, Coverage, Ending, Told, covered};
use crate::event::Verdict;
use crate::value::{Unseen, Why};

#[test]
fn the_busy_case_and_all_its_mutations_hold() {
    let (runbook, case) = (runbook(), busy("cpus: 8", "cpus: 8"));
    let checked = case::check(&runbook, &case);
    assert!(checked.passed(), "{checked:#?}");
    assert!(checked.mutations > 20, "{}", checked.mutations);
}

#[test]
fn a_look_that_a_run_would_not_ask_for_has_no_value() {
    let case = busy(
        "inputs: {token: secret-1}",
        "inputs: {token: secret-1, limit: 100}",
    );
    let outcome = case::replay(&runbook(), &case);
    let missing = Unseen {
        look: "the counters".into(),
        why: Why::NotAsked,
    };
    let verdict = outcome.nodes[0].verdicts.get("dropping");
    assert_eq!(verdict, Some(&Verdict::NotSeen(vec![missing])));
}

#[test]
fn a_node_without_an_answer_is_not_judged() {
    let silent = "  - instance: i-00000000000000002\n    no-answer: SSM does not know it\n";
    let case = read(&runbook(), "busy", &format!("{BUSY}{silent}"));
    let checked = case::check(&runbook(), &case);
    assert!(checked.passed(), "{checked:#?}");
    assert!(checked.outcome.nodes[1].verdicts.is_empty());
}

/// The differences of the busy case after `from` was replaced, one line each.
fn differences(from: &str, to: &str) -> Vec<String> {
    let (runbook, case) = (runbook(), busy(from, to));
    let outcome = case::replay(&runbook, &case);
    case::differences(&runbook, &case, &outcome)
        .into_iter()
        .map(|one| {
            let because = one.because.join(" | ");
            format!("{}: {} → {} [{because}]", one.about, one.expected, one.came)
        })
        .collect()
}

#[test]
fn a_difference_says_what_decides() {
    assert_eq!(
        differences("growth: 4,", "growth: 0,"),
        [
            "dropping: holds: 4 dropped on node-1 → ruled out \
             [traffic.drop.growth > 0: false (traffic.drop.growth 0)]",
            "shorten: offered → not offered []",
            "shorten: applied → it may not start []",
        ]
    );
    assert_eq!(
        differences(
            "traffic: {drop: {total: 12, growth: 4, per_second: 2}}",
            "traffic: {not-seen: admin-off}"
        ),
        [
            "dropping: holds: 4 dropped on node-1 → not seen \
             [not seen: the counters: the admin container is off]",
            "shorten: offered → not offered []",
            "shorten: applied → it may not start []",
        ]
    );
    assert_eq!(
        differences("count: 30", "count: 15"),
        [
            "shorten: offered → withheld [it would not help: table.count >= 20 is false]",
            "shorten: applied → it may not start [it would not help: table.count >= 20 is false]",
        ]
    );
    assert_eq!(
        differences("dropping: 4 dropped on node-1", "dropping: 5 dropped"),
        ["dropping: holds: 5 dropped → holds: 4 dropped on node-1 []"]
    );
    assert_eq!(
        differences(
            "dropping: 4 dropped on node-1",
            "dropping: {says: 4 dropped on node-1, details: [the proxy is new]}"
        ),
        ["dropping: holds: 4 dropped on node-1\nthe proxy is new → \
          holds: 4 dropped on node-1\nthe proxy is 1.28.2 []"]
    );
}

#[test]
fn a_fix_is_followed_through_its_samples() {
    let last = "total: 12, growth: 0, per_second: 0}}\n    then";
    assert_eq!(
        differences(last, &last.replace("12", "15")),
        [
            "shorten: kept → neither kept nor reverted: the samples end too early \
          [after 3 s: true for 0 s (traffic.drop: growth 0, per_second 0, total 12) | \
          after 33 s: false (traffic.drop: growth 3, per_second 0.1, total 15)]"
        ]
    );
    let late = BUSY
        .replace(last, &last.replace("12", "15"))
        .replace("after: 33s", "after: 117s")
        .replace("shorten: kept", "shorten: reverted");
    let checked = case::check(&runbook(), &read(&runbook(), "busy", &late));
    assert!(checked.passed(), "{checked:#?}");
    assert_eq!(
        checked.outcome.nodes[0].fixes["shorten"].ending,
        Ending::Reverted
    );
    // It would have been kept, but by then it had been taken back.
    let too_late = BUSY
        .replace("after: 33s", "after: 126s")
        .replace("shorten: kept", "shorten: reverted");
    let checked = case::check(&runbook(), &read(&runbook(), "busy", &too_late));
    assert!(checked.passed(), "{checked:#?}");
}

#[test]
fn a_mutation_that_turns_a_verdict_is_told() {
    let (runbook, case) = (runbook(), busy("cpus: 8", "cpus: 8"));
    let whole = case::replay(&runbook, &case);
    let mutations = case::mutations(&runbook, &case);
    let turned = |what: &str, finding: &str| {
        let mutation = mutations.iter().find(|mutation| mutation.what == what);
        let mutation = mutation.unwrap_or_else(|| panic!("no mutation `{what}`"));
        let mut spoilt = case::replay(&runbook, &mutation.case);
        let verdicts = &mut spoilt.nodes[0].verdicts;
        verdicts.insert(finding.to_owned(), Verdict::RuledOut);
        case::wrong(&runbook, (&case, &whole), (mutation, &spoilt))
            .into_iter()
            .map(|wrong| (wrong.difference.about, wrong.difference.came))
            .collect::<Vec<_>>()
    };
    let wrong = |finding: &str| vec![(finding.to_owned(), "ruled out".to_owned())];
    assert_eq!(
        turned("the counters: truncated", "dropping"),
        wrong("dropping")
    );
    // Another version may turn what reads it, and nothing else.
    assert_eq!(turned("proxy.version 999.0.0", "old-proxy"), []);
    assert_eq!(
        turned("proxy.version 999.0.0", "dropping"),
        wrong("dropping")
    );
    assert_eq!(
        turned("Bottlerocket 999.0.0", "old-proxy"),
        wrong("old-proxy")
    );
    assert_eq!(
        turned("the number of CPUs is not known", "old-proxy"),
        wrong("old-proxy")
    );
}

#[test]
fn a_mutation_may_not_offer_a_fix_nor_keep_one() {
    let runbook = runbook();
    let case = busy("count: 30", "count: 15");
    let whole = case::replay(&runbook, &case);
    let offering = case::replay(&runbook, &busy("cpus: 8", "cpus: 8"));
    let mutations = case::mutations(&runbook, &case);
    let dropped = mutations
        .iter()
        .find(|one| one.what == "the table: dropped");
    let mutation = dropped.expect("each look is dropped");
    let mut spoilt = case::replay(&runbook, &mutation.case);
    spoilt.nodes[0].offers.clone_from(&offering.nodes[0].offers);
    spoilt.nodes[0].fixes.clone_from(&offering.nodes[0].fixes);
    let mut reverted = whole.clone();
    reverted.nodes[0].fixes.get_mut("shorten").unwrap().ending = Ending::Reverted;
    let wrong = case::wrong(&runbook, (&case, &reverted), (mutation, &spoilt));
    let came: Vec<_> = wrong
        .iter()
        .map(|wrong| wrong.difference.came.as_str())
        .collect();
    assert_eq!(came, ["offered", "kept"]);
}

#[test]
fn every_way_of_not_answering_is_tried() {
    let runbook = runbook();
    let two = BUSY.replace("nodes:\n", "nodes:\n  - instance: i-00000000000000002\n    looks:\n      table: {count: 1}\n    then: {not-seen: [dropping], ruled-out: [old-proxy]}\n");
    let two = two
        .replace("ruled-out: [old-proxy]", "")
        .replace("[dropping], ", "[dropping, old-proxy]");
    let case = read(&runbook, "two", &two);
    let checked = case::check(&runbook, &case);
    assert!(checked.passed(), "{checked:#?}");
    let mutations = case::mutations(&runbook, &case);
    let what: Vec<&str> = mutations
        .iter()
        .map(|mutation| mutation.what.as_str())
        .collect();
    for expected in [
        "the table: dropped",
        "the table: truncated",
        "the table: refused",
        "the table: timed out",
        "the table of node-1: truncated",
        "traffic.drop.growth: not seen",
        "the admin container is off",
        "the admin container is off, and /proc shows the least",
        "the Kubernetes API is down",
        "everything is throttled",
        "Bottlerocket 0.1.0",
        "Bottlerocket 999.0.0",
        "proxy.version 0.1.0",
        "the number of CPUs is not known",
        "the nodes in another order",
    ] {
        assert!(what.contains(&expected), "no `{expected}` in {what:#?}");
    }
    let told = |what: &str, finding: &str| {
        let mutation = mutations.iter().find(|mutation| mutation.what == what);
        let said = case::replay(&runbook, &mutation.expect("it is tried").case);
        Told::of(&said.nodes[1].verdicts[finding])
    };
    // The counters are in the control container where the kernel shows them there.
    let holds = told("the admin container is off", "dropping");
    assert!(matches!(holds, Told::Holds(_)));
    let least = told(
        "the admin container is off, and /proc shows the least",
        "dropping",
    );
    assert_eq!(least, Told::NotSeen);
    assert_eq!(
        told("the Kubernetes API is down", "old-proxy"),
        Told::NotSeen
    );
    assert_eq!(told("everything is throttled", "dropping"), Told::NotSeen);
}

#[test]
fn coverage_counts_verdicts_and_conditions() {
    let (runbook, case) = (runbook(), busy("cpus: 8", "cpus: 8"));
    let mut coverage = Coverage::of(&runbook);
    coverage.add(&runbook, &case, &case::replay(&runbook, &case));
    let missed: Vec<String> = coverage
        .missed()
        .map(|row| format!("{}: {}", row.place, row.what))
        .collect();
    assert_eq!(
        missed,
        [
            "dropping: is ruled out",
            "dropping: is not seen",
            "old-proxy: is ruled out",
            "old-proxy: is not seen",
            "the look traffic only if: table.count > inputs.limit is false",
            "dropping when: traffic.drop.growth > 0 is false",
            "old-proxy when: proxy.version < \"1.29\" is false",
            "old-proxy when: node.cpus > 1 is false",
            "the fix shorten requires: table.count >= 20 is false",
            "the fix shorten verifies: traffic.drop.growth == 0 is false",
        ]
    );
    assert_eq!(
        (covered(&coverage.findings), coverage.findings.len()),
        (2, 6)
    );
    assert_eq!(
        (covered(&coverage.branches), coverage.branches.len()),
        (6, 12)
    );
}
