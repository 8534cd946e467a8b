//! The `run` change: a script of the runbook's own, there and back.

use std::fs;

use super::node::{Node, SHELLS, shellcheck};
use super::{OnNode, change};
use crate::action::Impact;

/// A change of a file in the node's folder.
fn mode(node: &Node, script: &str) -> OnNode {
    let file = node.folder().join("mode");
    fs::write(&file, "idle\n").expect("a file");
    let file = file.display();
    let parameters = format!(
        "{{ at: control, present: 'cat {file}', to: busy, script: '{}', revert: 'echo idle >{file}' }}",
        script.replace("FILE", &file.to_string())
    );
    change("run", &parameters).expect("a good change")
}

fn run(node: &Node, shell: &str, script: &str) -> (Option<i32>, String, String) {
    let script = format!("alone() {{ \"$@\"; }}\n{script}");
    let script = script.as_str();
    shellcheck(script);
    let output = node.run(shell, script);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end().to_owned();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn value(node: &Node) -> String {
    let text = fs::read_to_string(node.folder().join("mode")).expect("a file");
    text.trim_end().to_owned()
}

#[test]
fn it_is_run_and_taken_back_by_its_own_scripts() {
    for shell in SHELLS {
        let node = Node::new();
        // Neither what it prints nor how it leaves its shell is ours.
        let mode = mode(
            &node,
            "echo noise; v=other; echo busy >FILE; set -e; exit 0",
        );
        let there = run(&node, shell, &mode.present());
        assert_eq!(there, (Some(0), "idle".into(), String::new()));
        let done = run(&node, shell, &mode.apply("idle", "busy"));
        assert_eq!(done, (Some(0), "busy".into(), String::new()));
        // Once more it is not run.
        assert_eq!(run(&node, shell, &mode.apply("idle", "busy")).0, Some(65));
        let back = run(&node, shell, &mode.apply("busy", "idle"));
        assert_eq!(back, (Some(0), "idle".into(), String::new()));
        assert_eq!(value(&node), "idle");
    }
}

#[test]
fn what_does_not_come_to_it_has_failed() {
    for (script, present, said) in [
        (
            "echo half >FILE",
            "half",
            "the script has ended well, and it did not come to that",
        ),
        ("exit 3", "idle", "the script ended with 3"),
        ("echo busy >FILE; exit 4", "busy", "the script ended with 4"),
    ] {
        for shell in SHELLS {
            let node = Node::new();
            let ended = run(&node, shell, &mode(&node, script).apply("idle", "busy"));
            assert_eq!(ended, (Some(1), present.into(), said.into()), "{script}");
        }
    }
    let node = Node::new();
    let mode = mode(&node, "rm FILE");
    let (exit, value, said) = run(&node, "dash", &mode.apply("idle", "busy"));
    assert_eq!((exit, value.as_str()), (Some(1), ""));
    assert!(said.ends_with("the script `present` has failed"), "{said}");
}

#[test]
fn several_lines_are_one_value() {
    let node = Node::new();
    let two = "{ at: control, present: 'printf \"a\\nb  c\\n\"', to: x, script: x, revert: x }";
    let two = change("run", two).expect("a good change");
    let there = run(&node, "dash", &two.present());
    assert_eq!(there, (Some(0), "a b  c".into(), String::new()));
}

#[test]
fn it_says_what_it_can_do() {
    let node = Node::new();
    let mode = mode(&node, "echo busy >FILE");
    assert_eq!(
        (mode.impact(), mode.has_way_back()),
        (Impact::Reversible, true)
    );
    assert!(mode.by_hand("idle").starts_with("sh -c 'echo idle >"));
    assert_eq!(mode.wanted(&[]).as_deref(), Ok("busy"));
    let gone = "{ at: admin, present: 'echo full', to: empty, script: 'conntrack -F', irreversible: true }";
    let gone = change("run", gone).expect("a good change");
    assert_eq!(
        (gone.impact(), gone.has_way_back()),
        (Impact::Irreversible, false)
    );
    // SHA-256 of the script: another one that begins alike is another change.
    assert_eq!(gone.subject(), "the script `conntrack -F` (a211d3fa)");
    let effects = gone.effects(&[]);
    assert!(
        effects.contains(&"script: conntrack -F".to_owned()),
        "{effects:?}"
    );
    assert!(
        effects.contains(&"present: echo full".to_owned()),
        "{effects:?}"
    );
    assert_eq!(gone.by_hand("empty"), "sh -c 'echo full'");
}

#[test]
fn half_a_change_is_refused() {
    for wrong in [
        "{}",
        "{ at: control, to: b, script: c, revert: d }",
        "{ at: control, present: a, script: c, revert: d }",
        "{ at: control, present: a, to: b, revert: d }",
        "{ at: host, present: a, to: b, script: c, irreversible: true }",
        "{ at: control, present: a, to: ' ', script: ' ', revert: d }",
        "{ at: control, present: '', to: b, script: c, revert: d }",
        "{ at: control, present: a, to: b, script: '{{ c }}', revert: d }",
        "{ at: control, present: a, to: b, script: c }",
    ] {
        assert!(change("run", wrong).is_err(), "{wrong}");
    }
}
