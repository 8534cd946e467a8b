//! The hop to the admin container, and what can go wrong on it.

use std::time::Instant;

use super::{answer, one, rung};
use crate::action::tests::node::{Node, SHELLS};
use crate::frame::Place;
use crate::plan::longest;
use crate::value::Why;

#[test]
fn another_failure_of_the_exec_is_not_admin_off() {
    let looks = one(vec![rung(Place::Admin, "echo hello")]);
    for said in [
        r#"ctr: OCI runtime exec failed: exec failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown"#,
        "Failed to exec: Failed to connect to server",
    ] {
        let answer = answer(&Node::new().without_admin(said), "dash", &looks);
        let why = answer.reply("a").expect_err("no reply");
        assert!(
            matches!(&why, Why::Failed(text) if text.contains(said.split_at(40).0)),
            "{why}"
        );
    }
}

#[test]
fn streams_that_are_merged_do_not_hurt_the_inner_answer() {
    let looks = one(vec![rung(Place::Admin, "echo out; echo err >&2; exit 3")]);
    for shell in SHELLS {
        let node = Node::new();
        node.program("apiclient", "[ $1 = exec ] || exit 1\nshift 3; echo 'time=x level=warning'; \"$@\" 2>&1; echo 'bye'");
        let answer = answer(&node, shell, &looks);
        let reply = answer.reply("a").expect("a reply");
        assert_eq!(
            (reply.exit, reply.stdout.as_slice(), reply.stderr.as_slice()),
            (3, b"out\n".as_slice(), b"err\n".as_slice())
        );
        assert_eq!(answer.ident.cluster, None);
    }
}

#[test]
fn an_inner_answer_that_was_cut_is_none() {
    let node = Node::new();
    node.program(
        "apiclient",
        "[ $1 = exec ] || exit 1\nshift 3; \"$@\" 2>&1 | head -c 70",
    );
    let answer = answer(&node, "dash", &one(vec![rung(Place::Admin, "echo out")]));
    assert!(matches!(answer.reply("a"), Err(Why::Failed(_))));
}

#[test]
fn an_exec_that_hangs_is_given_up() {
    let node = Node::new();
    node.program("apiclient", "[ $1 = exec ] && sleep 60");
    let looks = one(vec![rung(Place::Admin, "echo out")]);
    let start = Instant::now();
    let asked = answer(&node, "bash", &looks);
    assert!(
        start.elapsed() < longest(&looks).expect("a plan"),
        "{:?}",
        start.elapsed()
    );
    assert!(
        matches!(asked.reply("a"), Err(Why::TimedOut(_))),
        "{asked:?}"
    );
}
