//! Scripts of the runbook's own: what is put around them, and what is made of what they print.

use super::node::{Node, SHELLS, shellcheck};
use super::{at, look, rungs};
use crate::action::{Impact, Look, Target};
use crate::frame::Place;
use crate::value::{Value, Why};

fn script(text: &str) -> Box<dyn Look> {
    let quoted = serde_json::to_string(text).expect("JSON is YAML");
    look("run", &format!("{{ at: control, script: {quoted} }}")).expect("a good look")
}

fn answers(look: &dyn Look, target: &Target) -> Vec<Result<Value, Why>> {
    let rung = &rungs(look, target)[0];
    shellcheck(&rung.script);
    SHELLS
        .iter()
        .map(|shell| look.read(&Node::new().reply(shell, 0, rung), target))
        .collect()
}

fn values(text: &str) -> Vec<Value> {
    answers(script(text).as_ref(), &Target::default())
        .into_iter()
        .map(|answer| answer.expect("an answer"))
        .collect()
}

#[test]
fn exit_code_and_text_are_the_scripts_own() {
    for (text, exit, printed, lines) in [
        ("echo one; echo two", 0, "one\ntwo", 2),
        ("exit 69", 69, "", 0),
        ("printf 'no end'; exit 3", 3, "no end", 1),
        ("printf '\\n\\n'", 0, "", 0),
        ("echo \"$#\"; set -e; false; echo never", 1, "0", 1),
        ("(exit 124)", 124, "", 0),
        ("cat; echo 'stdin is empty'", 0, "stdin is empty", 1),
        ("echo 'a'\"'\"'b' '$(id)'", 0, "a'b $(id)", 1),
        ("cat <<'HEELER_END'\nx\nHEELER_END", 0, "x", 1),
        ("kill -9 $(exec sh -c 'echo $PPID')", 137, "", 0),
        ("echo out; echo err >&2", 0, "out", 1),
    ] {
        for value in values(text) {
            assert_eq!(at(&value, "exit"), &Value::Integer(exit), "{text}");
            assert_eq!(at(&value, "text"), &Value::text(printed), "{text}");
            assert_eq!(at(&value, "lines"), &Value::Integer(lines), "{text}");
        }
    }
}

#[test]
fn a_script_that_no_shell_reads_has_an_exit_code_too() {
    for text in ["if", "echo )", "fi; echo \"", "))"] {
        for value in values(text) {
            assert_ne!(at(&value, "exit"), &Value::Integer(0), "{text}");
        }
    }
}

#[test]
fn more_than_fits_is_not_seen_and_ends_no_script() {
    for value in values("head -c 4000 /dev/zero | tr '\\0' x") {
        assert!(matches!(at(&value, "text"), Value::Text(text) if text.len() == 4000));
    }
    let long = script("head -c 9000 /dev/zero | tr '\\0' x");
    for answer in answers(long.as_ref(), &Target::default()) {
        assert_eq!(answer, Err(Why::Truncated));
    }
    let node = Node::new();
    let mark = node.folder().join("mark");
    let text = format!("yes | head -n 100000; echo done >{}", mark.display());
    let look = script(&text);
    node.reply("dash", 0, &rungs(look.as_ref(), &Target::default())[0]);
    assert!(mark.exists(), "it ran to its end");
}

#[test]
fn bytes_that_are_no_text_are_replaced() {
    for value in values("printf 'a\\377b'") {
        assert_eq!(at(&value, "text"), &Value::text("a\u{fffd}b"));
    }
}

#[test]
fn parts_are_taken_by_patterns() {
    let look = look(
        "run",
        r#"{ at: control, script: "echo 'TCP: estab 42, age 90s of kubelet'", extract: {
            estab: { pattern: 'estab ([0-9]+)', type: integer },
            age: { pattern: 'age (\S+)', type: duration },
            none: { pattern: 'orphaned (\d+)', type: integer },
            odd: { pattern: 'of (\w+)', type: integer } } }"#,
    )
    .expect("a good look");
    for answer in answers(look.as_ref(), &Target::default()) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "estab"), &Value::Integer(42));
        assert_eq!(at(&value, "age").to_string(), "90 s");
        assert_eq!(at(&value, "none"), &Value::Absent);
        let Value::Unseen(unseen) = at(&value, "odd") else {
            panic!("{value}")
        };
        assert_eq!(
            unseen[0].why.to_string(),
            "the answer makes no sense: `odd` is `kubelet`, not an integer"
        );
    }
}

#[test]
fn a_program_of_the_host_gets_its_arguments_as_they_are() {
    let look = look(
        "run",
        r#"{ at: host, argv: [printf, "%s|", "a b", "$(id)", "'", "{{ inputs.x }}"] }"#,
    )
    .expect("a good look");
    assert_eq!(look.texts().len(), 1);
    let target = Target {
        texts: vec!["; reboot".into()],
        ..Target::default()
    };
    assert_eq!(rungs(look.as_ref(), &target)[0].place, Place::Host);
    for answer in answers(look.as_ref(), &target) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "text"), &Value::text("a b|$(id)|'|; reboot|"));
    }
    let rung = &rungs(look.as_ref(), &target)[0];
    for shell in SHELLS {
        let node = Node::new();
        node.program("chroot", "exit 127");
        assert_eq!(node.reply(shell, 0, rung).exit, 69, "no such program");
    }
}

#[test]
fn it_is_unconfined() {
    assert_eq!(script("true").impact(), Impact::Unconfined);
}

#[test]
fn what_can_t_be_run_is_refused() {
    for (parameters, title) in [
        (
            "{ at: host, script: id }",
            "the host has no shell that could run a script",
        ),
        (
            "{ at: admin, argv: [id] }",
            "`argv` names a program of the host",
        ),
        ("{ at: host }", "a `run` look on the host has no `argv`"),
        ("{ at: admin }", "a `run` look has no `script`"),
        ("{ script: id }", "a `run` look has no `at`"),
        ("{ at: pod, script: id }", "a node has no place `pod`"),
        ("{ at: host, argv: [] }", "`argv` names no program"),
        (
            "{ at: host, argv: [--userspec=x, id] }",
            "`argv` names no program",
        ),
        ("{ at: admin, script: \" \" }", "the script is empty"),
        (
            "{ at: admin, script: id, extract: { a: { pattern: 'x', type: text } } }",
            "the pattern has 0 groups, and one of them is taken",
        ),
        (
            "{ at: admin, script: id, extract: { a: { pattern: '(x', type: text } } }",
            "the pattern can't be read",
        ),
        (
            "{ at: admin, script: id, extract: { a: { pattern: '((\\w{500}){500})', type: text } } }",
            "the pattern is too large",
        ),
        (
            "{ at: admin, script: id, extract: { exit: { pattern: '(x)', type: text } } }",
            "every answer of a script has `exit` already",
        ),
    ] {
        let faults = look("run", parameters).expect_err(parameters);
        assert_eq!(faults, [title]);
    }
    let long = format!("{{ at: admin, script: \"{}\" }}", "x".repeat(4_001));
    let faults = look("run", &long).expect_err("too long");
    assert_eq!(faults, ["the script is longer than 4000 bytes"]);
}
