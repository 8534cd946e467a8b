//! A unit's journal, over what a stand-in for journalctl prints.

use super::node::{Node, SHELLS, shellcheck};
use super::{at, look, rungs};
use crate::action::{Look, Rung, Target};
use crate::frame::Place;
use crate::value::{DurationSpan, Value, Why};

/// Three entries of the last hour, one of them of two lines; `--lines=1` gives the last.
const JOURNALCTL: &str = r#"now=$(date +%s)
echo "$@" >"${0%/*}/../asked"
entry() { printf '%s.123456 ip-10-0-1-23 kubelet[812]: %s\n' "$((now - $1))" "$2"; }
case "$*" in *--lines=1*) entry 60 'PLEG is not healthy: late'; exit 0 ;; esac
entry 3000 'Started kubelet.'
entry 600 'Failed to start container'
printf '                                         because of a reason\n'
entry 60 'PLEG is not healthy: late'
"#;

fn journal(parameters: &str) -> Box<dyn Look> {
    look("journal", parameters).expect("a good look")
}

fn only(look: &dyn Look, target: &Target) -> Rung {
    let rungs = rungs(look, target);
    assert_eq!(rungs.len(), 1);
    assert_eq!(rungs[0].place, Place::Host);
    shellcheck(&rungs[0].script);
    rungs[0].clone()
}

/// What both shells make of it, with this program in place of journalctl.
fn answers(parameters: &str, journalctl: &str) -> Vec<Result<Value, Why>> {
    let look = journal(parameters);
    let rung = only(look.as_ref(), &Target::default());
    SHELLS
        .iter()
        .map(|shell| {
            let node = Node::new();
            node.program("journalctl", journalctl);
            look.read(&node.reply(shell, 0, &rung), &Target::default())
        })
        .collect()
}

#[test]
fn lines_are_counted_and_the_last_is_told() {
    for answer in answers("{ unit: kubelet, window: 1h }", JOURNALCTL) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "lines"), &Value::Integer(3));
        assert_eq!(
            at(&value, "last"),
            &Value::text("kubelet[812]: PLEG is not healthy: late")
        );
        assert!(
            matches!(at(&value, "last_age"), Value::Duration(DurationSpan(age)) if (59..=63).contains(&age.as_secs())),
            "{value}"
        );
    }
}

#[test]
fn a_pattern_sees_messages_of_several_lines_whole() {
    let parameters =
        r#"{ unit: kubelet, window: 1h, pattern: "Failed .* because of a (reason|whim)$" }"#;
    for answer in answers(parameters, JOURNALCTL) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "lines"), &Value::Integer(1));
        assert_eq!(
            at(&value, "last"),
            &Value::text("kubelet[812]: Failed to start container because of a reason")
        );
    }
    for answer in answers(
        "{ unit: kubelet, window: 1h, pattern: \"'$(id)\" }",
        JOURNALCTL,
    ) {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "lines"), &Value::Integer(0));
        assert_eq!(at(&value, "last_age"), &Value::Absent);
        assert_eq!(at(&value, "last"), &Value::Absent);
    }
}

#[test]
fn a_unit_of_which_the_journal_knows_nothing_is_no_quiet_unit() {
    for answer in answers("{ unit: kubelt, window: 1h }", "exit 0") {
        let value = answer.expect("an answer");
        assert_eq!(at(&value, "lines"), &Value::Absent);
    }
}

#[test]
fn what_fails_is_unseen() {
    let late = format!("case \"$*\" in *--since*) exit 1 ;; esac\n{JOURNALCTL}");
    for program in ["echo no journal >&2; exit 1", &late] {
        for answer in answers("{ unit: kubelet, window: 1h }", program) {
            assert!(matches!(answer, Err(Why::Failed(_))), "{answer:?}");
        }
    }
    for answer in answers(
        "{ unit: kubelet, window: 1h, pattern: \"[[:no:]]\" }",
        JOURNALCTL,
    ) {
        assert!(matches!(answer, Err(Why::Failed(_))), "{answer:?}");
    }
    let look = journal("{ unit: kubelet, window: 1h }");
    let rung = only(look.as_ref(), &Target::default());
    for shell in SHELLS {
        let node = Node::new();
        node.program("chroot", "exit 127");
        assert_eq!(node.reply(shell, 0, &rung).exit, 69);
    }
}

#[test]
fn journalctl_is_asked_for_the_window_of_that_unit() {
    let look = journal("{ unit: \"{{ inputs.unit }}\", window: 10m }");
    let target = Target {
        texts: vec!["host-containers@admin.service".into()],
        ..Target::default()
    };
    let rung = only(look.as_ref(), &target);
    let node = Node::new();
    node.program("journalctl", JOURNALCTL);
    node.reply("dash", 0, &rung);
    let asked = std::fs::read_to_string(node.folder().join("asked")).expect("it was asked");
    let words: Vec<&str> = asked.split_whitespace().collect();
    assert!(
        words.contains(&"--unit=host-containers@admin.service"),
        "{asked}"
    );
    let since = words.iter().find_map(|word| word.strip_prefix("--since=@"));
    let since: u64 = since.expect("a beginning").parse().expect("seconds");
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a clock");
    assert!((598..=603).contains(&(now.as_secs() - since)), "{asked}");
}

#[test]
fn a_unit_is_a_name() {
    for wrong in ["-x", "a b", "kubelet;", "../x", "a*"] {
        let parameters = format!("{{ unit: \"{wrong}\", window: 1h }}");
        assert!(look("journal", &parameters).is_err(), "{wrong}");
        let target = Target {
            texts: vec![wrong.into()],
            ..Target::default()
        };
        let filled = journal("{ unit: \"{{ a }}\", window: 1h }").source(&target);
        let why = Why::Unusable(format!("`{wrong}` is no name of a unit"));
        assert_eq!(filled, Err(why));
    }
    for wrong in [
        "{ unit: kubelet }",
        "{ unit: kubelet, window: 0s }",
        "{ unit: kubelet, window: 8d }",
        "{ unit: kubelet, window: 1h, pattern: \"\" }",
        "{ unit: kubelet, window: 1h, pattern: [a] }",
        "{ window: 1h }",
    ] {
        assert_eq!(look("journal", wrong).expect_err(wrong).len(), 1, "{wrong}");
    }
}
