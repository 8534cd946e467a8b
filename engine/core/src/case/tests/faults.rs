//! What can be wrong with a case: each with its code, its place and the way out.

use super::{BUSY, runbook, source};
use crate::case;
use crate::syntax::{Diagnostic, render};

/// What is wrong with the busy case after `from` was replaced.
fn spoilt(from: &str, to: &str) -> (String, Vec<Diagnostic>) {
    assert_eq!(BUSY.matches(from).count(), 1, "`{from}` has to occur once");
    let text = BUSY.replace(from, to);
    let faults = case::read("busy", source("busy.yaml", &text), &runbook())
        .expect_err("the case has a fault");
    (text, faults)
}

/// One fault with this code, at this text; its help has these words.
#[track_caller]
fn one(from: &str, to: &str, code: &str, at: &str, help: &str) {
    let (text, faults) = spoilt(from, to);
    let shown = render(&source("busy.yaml", &text), &faults, false);
    let [fault] = faults.as_slice() else {
        panic!("one fault was expected:\n{shown}");
    };
    assert_eq!(fault.code, code, "{shown}");
    let (span, _) = fault.labels.first().expect("a fault has a place");
    let place = text.get(span.start..).expect("the place is in the text");
    assert!(place.starts_with(at), "{shown}");
    assert!(
        fault.help.clone().unwrap_or_default().contains(help),
        "{shown}"
    );
}

#[test]
fn the_head_says_what_it_is() {
    one(
        "heeler-case: 1",
        "heeler-case: 2",
        "unknown-case-format",
        "2",
        "update heeler",
    );
    one(
        "heeler-case: 1\n",
        "",
        "missing-key",
        "runbook",
        "add `heeler-case:`",
    );
    one(
        "runbook: busy-table",
        "runbook: conntrack",
        "other-runbook",
        "conntrack",
        "move the file",
    );
    one(
        "about: The table is busy\n",
        "",
        "missing-key",
        "heeler-case",
        "add `about:`",
    );
    one(
        "about:",
        "abuot: x\nabout:",
        "unknown-key",
        "abuot",
        "did you mean `about`?",
    );
    one(BUSY, "", "empty-case", "", "start with `heeler-case: 1`");
    one(
        "about: The",
        "about: a: The",
        "yaml-unquoted",
        "",
        "written in quotes",
    );
}

#[test]
fn inputs_are_those_of_the_runbook() {
    let given = "{token: secret-1}";
    one(
        given,
        "{token: x, limt: 3}",
        "unknown-input",
        "limt",
        "did you mean `limit`?",
    );
    one(
        given,
        "{token: x, limit: 0}",
        "refused-input",
        "0",
        "below the minimum",
    );
    one(
        given,
        "{token: x, limit: many}",
        "refused-input",
        "many",
        "no whole number",
    );
    one(given, "{}", "missing-input", "", "add `inputs: {token: …}`");
}

#[test]
fn looks_are_named_and_stand_where_they_are_asked() {
    one(
        "      table: {count: 30}",
        "      tabel: {count: 30}",
        "unknown-look",
        "tabel",
        "did you mean `table`?",
    );
    one(
        "      table: {count: 30}\n",
        "",
        "missing-look",
        "",
        "add `table:`",
    );
    one(
        "looks:\n  proxy: {version: 1.28.2}\n",
        "",
        "missing-look",
        "",
        "add `proxy:`",
    );
    one(
        "      table: {count: 30}",
        "      table: {count: 30}\n      proxy: {version: 1.28.2}",
        "wrong-scope",
        "proxy",
        "at the top of the file",
    );
    one(
        "  proxy: {version: 1.28.2}\n",
        "  proxy: {version: 1.28.2}\n  log: {lines: 0}\n",
        "wrong-scope",
        "log",
        "below the `looks:` of a node",
    );
}

#[test]
fn values_have_the_kinds_of_their_looks() {
    one(
        "count: 30",
        "count: thirty",
        "wrong-type",
        "thirty",
        "write it as 262144",
    );
    one("count: 30", "count: [30]", "wrong-type", "[30]", "`absent`");
    one(
        "table: {count: 30}",
        "table: 30",
        "wrong-type",
        "30",
        "write it as a map",
    );
    one("1.28.2}", "new}", "wrong-type", "new", "1.33");
    one("{count: 30}", "{}", "missing-field", "", "add `count:`");
    one(
        "total: 12, growth: 4",
        "growth: 4",
        "missing-field",
        "",
        "add `total:`",
    );
    one(
        "count: 30",
        "count: 30, cuont: 3",
        "unknown-field",
        "cuont",
        "did you mean `count`?",
    );
}

#[test]
fn what_was_not_seen_has_a_known_reason() {
    let put = |to: &str, code: &'static str, at: &str, help: &str| {
        one(
            "{count: 30}",
            &format!("{{not-seen: {to}}}"),
            code,
            at,
            help,
        );
    };
    put(
        "admin_off",
        "unknown-reason",
        "admin_off",
        "did you mean `admin-off`?",
    );
    put(
        "forbidden",
        "unknown-reason",
        "forbidden",
        "write `{forbidden: …}`",
    );
    put(
        "{forbidden: x, failed: y}",
        "unknown-reason",
        "{forbidden",
        "admin-off",
    );
    put(
        "{forbiden: x}",
        "unknown-reason",
        "forbiden",
        "did you mean `forbidden`?",
    );
    put(
        "{timed-out: soon}",
        "not-a-duration",
        "soon",
        "write it as 5s",
    );
}

#[test]
fn nodes_are_told_apart() {
    one(
        "instance: i-00000000000000001",
        "instance: i-1",
        "not-an-instance",
        "i-1",
        "looks like",
    );
    one("cpus: 8", "cpus: 0", "no-cpus", "0", "leave `cpus` out");
    one(
        "cpus: 8",
        "cpus: 8\n    pod: checkout",
        "not-a-pod",
        "checkout",
        "NAMESPACE/NAME",
    );
    let nodes = BUSY.split_once("nodes:\n").unwrap().1;
    let twice = format!("{nodes}{nodes}");
    let (_, faults) = spoilt(nodes, &twice);
    assert_eq!(
        faults.iter().map(|fault| fault.code).collect::<Vec<_>>(),
        ["duplicate-node"]
    );
    one(nodes, "  []\n", "no-nodes", "[]", "");
    let (_, faults) = spoilt("cpus: 8", "no-answer: it is off");
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["silent-node", "silent-node", "silent-node"]);
}

#[test]
fn every_finding_is_named_once() {
    let then = "        old-proxy: the proxy is 1.28.2\n";
    one(
        then,
        "",
        "unnamed-finding",
        "holds",
        "name every finding once",
    );
    one(
        then,
        &format!("{then}      ruled-out: [old-proxy]\n"),
        "named-twice",
        "old-proxy",
        "",
    );
    one(
        then,
        &format!("{then}        odd: x\n"),
        "unknown-finding",
        "odd",
        "",
    );
    one(
        "offers: [shorten]",
        "offers: [shortn]",
        "unknown-fix",
        "shortn",
        "did you mean `shorten`?",
    );
    one(
        "shorten: kept",
        "shorten: undone",
        "unknown-ending",
        "undone",
        "`kept` or `reverted`",
    );
    one(
        "shorten: kept}",
        "shorten: kept}\n      bundle: true",
        "no-bundle",
        "true",
        "add `bundle:` to the runbook",
    );
    let (_, faults) = spoilt("holds:", "hold:");
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["unknown-key", "unnamed-finding"]);
}

#[test]
fn samples_go_with_a_fix_and_come_in_order() {
    one(
        "after: 33s",
        "after: 3s",
        "sample-order",
        "after",
        "the earliest first",
    );
    one(
        "      fix: {shorten: kept}\n",
        "",
        "samples-without-fix",
        "",
        "add `fix:",
    );
    let behind = BUSY.split_once("    later:").unwrap().1;
    let later = behind.split_once("    then:").unwrap().0;
    one(
        &format!("    later:{later}"),
        "",
        "fix-without-samples",
        "shorten",
        "add `later:`",
    );
    let (_, faults) = spoilt(
        "      - after: 3s\n        looks:\n          traffic:",
        "      - after: soon\n        looks:\n          traffik:",
    );
    let codes: Vec<_> = faults.iter().map(|fault| fault.code).collect();
    assert_eq!(codes, ["missing-look", "not-a-duration", "unknown-look"]);
}

#[test]
fn a_case_has_as_many_nodes_as_can_be_mutated_soon() {
    let (head, rest) = BUSY.split_once("nodes:\n").expect("it has nodes");
    let node = rest.split("\n  - ").next().expect("it has one");
    let nodes = |count: usize| {
        let node = |number: usize| {
            let instance = format!("i-{number:017}");
            let name = node.split("instance: ").nth(1).expect("an instance");
            let old = name.split(['\n', ',', '}']).next().expect("its id");
            node.replace(old, &instance) + "\n"
        };
        format!("{head}nodes:\n{}", (0..count).map(node).collect::<String>())
    };
    let codes = |count: usize| -> Vec<&str> {
        let text = nodes(count);
        match case::read("busy", source("busy.yaml", &text), &runbook()) {
            Ok(_) => Vec::new(),
            Err(faults) => faults.into_iter().map(|fault| fault.code).collect(),
        }
    };
    assert_eq!(codes(50), [""; 0]);
    assert_eq!(codes(51), ["too-many-entries"]);
}
