//! What the memory limit binds, and what it must not.

use std::fs;

use super::{answer, rung, stdout};
use crate::action::tests::node::{Node, SHELLS};
use crate::frame::Place;

#[test]
fn it_binds_scripts_but_not_apiclient() {
    let looks: Vec<_> = [
        ("own", Place::Control, "ulimit -v"),
        ("behind", Place::Admin, "ulimit -v"),
        // As the settings look does.
        ("asks", Place::Control, "found=$(apiclient get x); echo $?"),
    ]
    .map(|(name, place, script)| (name.to_owned(), vec![rung(place, script)]))
    .into();
    for shell in SHELLS {
        let node = Node::new();
        let seen = node.folder().join("seen");
        node.program(
            "apiclient",
            &format!(
                "echo $1 $(ulimit -v) >>{}\n[ $1 = exec ] || exit 0\nshift 3; exec \"$@\" 2>&1",
                seen.display()
            ),
        );
        let answer = answer(&node, shell, &looks);
        assert_eq!(stdout(&answer, "own"), "524288\n");
        assert_eq!(stdout(&answer, "behind"), "524288\n");
        assert_eq!(stdout(&answer, "asks"), "0\n");
        let seen = fs::read_to_string(seen).expect("it was called");
        let mut seen: Vec<&str> = seen.lines().collect();
        seen.sort_unstable();
        assert_eq!(seen, ["exec unlimited", "get unlimited", "get unlimited"]);
    }
}
