//! The `sysctl` change: its words, and its script, run with a `sysctl` that writes a file of the test's.

use std::fs;
use std::time::Duration;

use super::node::{Node, SHELLS, shellcheck};
use super::{at, change, look};
use crate::action::Target;
use crate::frame::{Place, Reply};
use crate::value::{DurationSpan, Unseen, Value, Why};

const TIME_WAIT: &str =
    "{ net.netfilter.nf_conntrack_tcp_timeout_time_wait: \"{{ inputs.time_wait }}\" }";

#[test]
fn units_come_from_the_key() {
    let look = look(
        "sysctl",
        "{ a: net.netfilter.nf_conntrack_tcp_timeout_time_wait, b: net/netfilter/nf_conntrack_max, c: net.netfilter.nf_conntrack_tcp_loose }",
    )
    .expect("a good look");
    let reply = |text: &str| Reply {
        look: "table".into(),
        rung: 0,
        place: Place::Control,
        before: None,
        exit: 0,
        stdout: text.into(),
        stderr: Vec::new(),
        cut: false,
    };
    let value = look
        .read(&reply("=120\n=262144\n=1\n"), &Target::default())
        .expect("a value");
    assert_eq!(
        at(&value, "a"),
        &Value::Duration(DurationSpan(Duration::from_secs(120)))
    );
    assert_eq!(at(&value, "b"), &Value::Integer(262_144));
    assert_eq!(at(&value, "c"), &Value::text("1"));
    for wrong in [
        "=120\n=262144\n",
        "=120\n=many\n=1\n",
        "=120\n262144\n=1\n",
        "=120\n=262144\n=1\n=2\n",
    ] {
        assert!(
            look.read(&reply(wrong), &Target::default()).is_err(),
            "{wrong}"
        );
    }
}

#[test]
fn wanted_values_are_what_the_kernel_takes() {
    let time_wait = change("sysctl", TIME_WAIT).expect("a good change");
    let span = |millis| Value::Duration(DurationSpan(Duration::from_millis(millis)));
    for (value, wanted) in [
        (span(60_000), "60"),
        (Value::text("1m"), "60"),
        (Value::text("60"), "60"),
        (Value::Integer(60), "60"),
    ] {
        assert_eq!(
            time_wait.wanted(std::slice::from_ref(&value)).as_deref(),
            Ok(wanted),
            "{value}"
        );
    }
    let unseen = Value::Unseen(vec![Unseen {
        look: "table".into(),
        why: Why::AdminOff,
    }]);
    for value in [
        span(500),
        Value::text("soon"),
        Value::text("60; reboot"),
        Value::Integer(-1),
        Value::Integer(1 << 40),
        Value::Absent,
        unseen,
        Value::Bool(true),
    ] {
        assert!(
            time_wait.wanted(std::slice::from_ref(&value)).is_err(),
            "{value}"
        );
    }
    let max =
        change("sysctl", "{ net.netfilter.nf_conntrack_max: 524288 }").expect("a good change");
    assert_eq!(
        max.wanted(&[Value::text("524288")]).as_deref(),
        Ok("524288")
    );
    assert!(max.wanted(&[span(1000)]).is_err());
    let text = change("sysctl", "{ kernel.core_pattern: x }").expect("a good change");
    assert!(text.wanted(&[Value::text("a\nb")]).is_err());
}

#[test]
fn people_read_it_with_its_unit() {
    let time_wait = change("sysctl", TIME_WAIT).expect("a good change");
    assert_eq!(time_wait.display("120"), "120 s");
    assert_eq!(
        time_wait.subject(),
        "net.netfilter.nf_conntrack_tcp_timeout_time_wait"
    );
    assert_eq!(
        time_wait.by_hand("120"),
        "sysctl -w 'net.netfilter.nf_conntrack_tcp_timeout_time_wait=120'"
    );
    let ways = time_wait.without_admin("60");
    assert!(ways[0].contains(r#"apiclient set --json '{"kernel":{"sysctl":{"net.netfilter.nf_conntrack_tcp_timeout_time_wait":"60"}}}'"#), "{}", ways[0]);
    assert!(ways[1].contains("apiclient set host-containers.admin.enabled=true"));
}

#[test]
fn a_change_sets_one_key() {
    for wrong in [
        "{}",
        "{ a.b: 1, c.d: 2 }",
        "{ 'a b': 1 }",
        "{ a..b: 1 }",
        "{ a.b: [1] }",
    ] {
        assert!(change("sysctl", wrong).is_err(), "{wrong}");
    }
}

/// Runs the change against a file that stands for `/proc/sys/…`.
fn apply(
    shell: &str,
    present: &str,
    from: &str,
    to: &str,
    set: &str,
) -> (Option<i32>, String, String) {
    let change = change("sysctl", "{ net.ipv4.tcp_rmem: x }").expect("a good change");
    let node = Node::new();
    let file = node.folder().join("value");
    fs::write(&file, format!("{present}\n")).expect("a value");
    node.program(
        "sysctl",
        set.replace("FILE", &file.display().to_string()).as_str(),
    );
    let script = change.apply(from, to);
    shellcheck(&script);
    let output = node.run(
        shell,
        &script.replace("/proc/sys/net/ipv4/tcp_rmem", &file.display().to_string()),
    );
    let left = fs::read_to_string(&file)
        .expect("a value")
        .trim_end()
        .to_owned();
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout)
            .trim_end()
            .to_owned(),
        left,
    )
}

const SET: &str = "[ \"$1\" = -w ] && echo \"${2#*=}\" >FILE";

#[test]
fn a_value_is_set_only_over_the_one_of_the_plan() {
    for shell in SHELLS {
        assert_eq!(
            apply(shell, "120", "120", "60", SET),
            (Some(0), "60".into(), "60".into())
        );
        assert_eq!(
            apply(shell, "60", "120", "60", SET),
            (Some(65), "60".into(), "60".into())
        );
        assert_eq!(
            apply(shell, "4096\t131072", "4096 131072", "1 2", SET),
            (Some(0), "1 2".into(), "1 2".into())
        );
        assert_eq!(
            apply(shell, "120", "120", "$(reboot)' x", SET),
            (Some(0), "$(reboot)' x".into(), "$(reboot)' x".into())
        );
    }
}

#[test]
fn a_value_that_is_not_taken_is_no_success() {
    for shell in SHELLS {
        assert_eq!(
            apply(shell, "120", "120", "60", "exit 1"),
            (Some(1), "120".into(), "120".into())
        );
        assert_eq!(
            apply(shell, "120", "120", "60", "exit 0"),
            (Some(1), "120".into(), "120".into())
        );
    }
}
