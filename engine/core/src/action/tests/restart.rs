//! The `restart` change, with a systemd that starts things later, or not at all.

use std::fs;

use super::node::{Node, SHELLS, shellcheck};
use super::{OnNode, change};
use crate::action::Impact;

/// What `systemctl show` prints.
fn unit(state: &str, sub: &str, id: &str) -> String {
    format!("LoadState=loaded\nActiveState={state}\nSubState={sub}\nInvocationID={id}\n")
}

/// A host whose service stands like this, and like `later` when it was restarted.
fn host(now: &str, later: &[String]) -> Node {
    let node = Node::new();
    let folder = node.folder().display().to_string();
    // It goes on with each look at it.
    node.hurry();
    node.program("sheltie", "exec \"$@\"");
    node.program(
        "systemctl",
        &format!(
            "cd {folder}\ncase $1 in\n\
             show) [ ! -e next ] || {{ n=$(head -n 1 next); [ ! -e later.$n ] || {{ cp later.$n now; echo $((n + 1)) >next; }}; }}\n\
             cat now ;;\n\
             restart) echo \"$*\" >>restarts; [ ! -e refused ] || {{ echo 'Operation refused' >&2; exit 1; }}; echo 0 >next ;;\n\
             esac"
        ),
    );
    fs::write(node.folder().join("now"), now).expect("a file");
    for (number, state) in later.iter().enumerate() {
        fs::write(node.folder().join(format!("later.{number}")), state).expect("a file");
    }
    node
}

fn kubelet() -> OnNode {
    change("restart", "kubelet.service").expect("a good change")
}

fn run(node: &Node, shell: &str, script: &str) -> (Option<i32>, String, String) {
    shellcheck(script);
    // Nobody waits for a minute here.
    let output = node.run(shell, &script.replace(" 60\n", " 2\n"));
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end().to_owned();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

fn restarts(node: &Node) -> String {
    fs::read_to_string(node.folder().join("restarts")).unwrap_or_default()
}

#[test]
fn what_runs_or_has_failed_can_be_restarted() {
    let missing = unit("inactive", "dead", "").replace("=loaded", "=not-found");
    for (state, printed, said) in [
        (unit("active", "running", "0a1b"), "active 0a1b", ""),
        (unit("failed", "failed", "0a1b"), "failed 0a1b", ""),
        (unit("failed", "failed", ""), "failed -", ""),
        (
            unit("inactive", "dead", ""),
            "",
            "kubelet.service is inactive (dead): only a service that runs or has failed is restarted",
        ),
        (
            unit("active", "exited", "0a1b"),
            "",
            "kubelet.service is active (exited): only a service that runs or has failed is restarted",
        ),
        (
            unit("activating", "auto-restart", "0a1b"),
            "",
            "kubelet.service is activating (auto-restart): only a service that runs or has failed is restarted",
        ),
        (missing, "", "the host has no kubelet.service"),
    ] {
        for shell in SHELLS {
            let node = host(&state, &[]);
            let exit = if said.is_empty() { 0 } else { 1 };
            let found = run(&node, shell, &kubelet().present());
            assert_eq!(found, (Some(exit), printed.into(), said.into()), "{state}");
        }
    }
}

#[test]
fn it_is_restarted_and_seen_to_run_anew() {
    let later = [
        unit("deactivating", "stop-sigterm", "0a1b"),
        unit("activating", "start", "2c3d"),
        unit("active", "running", "2c3d"),
    ];
    for shell in SHELLS {
        let node = host(&unit("active", "running", "0a1b"), &later);
        let ended = run(&node, shell, &kubelet().apply("active 0a1b", "restarted"));
        assert_eq!(ended, (Some(0), "active 2c3d".into(), String::new()));
        assert_eq!(restarts(&node), "restart --no-block -- kubelet.service\n");
    }
    // One that fails while it stops is started all the same.
    let later = [
        unit("failed", "failed", "0a1b"),
        unit("active", "running", "2c3d"),
    ];
    let node = host(&unit("active", "running", "0a1b"), &later);
    let ended = run(&node, "dash", &kubelet().apply("active 0a1b", "restarted"));
    assert_eq!(ended.0, Some(0), "{ended:?}");
}

#[test]
fn one_that_was_started_anew_since_is_left_alone() {
    for shell in SHELLS {
        let node = host(&unit("active", "running", "2c3d"), &[]);
        let (exit, value, _) = run(&node, shell, &kubelet().apply("active 0a1b", "restarted"));
        assert_eq!((exit, value.as_str()), (Some(65), "active 2c3d"));
        assert_eq!(restarts(&node), "");
    }
}

#[test]
fn one_that_does_not_come_is_told() {
    let running = unit("active", "running", "0a1b");
    for (later, value, said) in [
        (
            vec![unit("failed", "failed", "2c3d")],
            "failed 2c3d",
            "it has failed",
        ),
        (
            vec![unit("activating", "start", "2c3d")],
            "activating 2c3d",
            "it is activating (start) 2 s after the restart",
        ),
        (
            vec![],
            "active 0a1b",
            "it is active (running) 2 s after the restart",
        ),
        (
            vec![
                unit("active", "running", "2c3d"),
                unit("activating", "auto-restart", "2c3d"),
            ],
            "activating 2c3d",
            "it did not stay: it is activating (auto-restart)",
        ),
    ] {
        let node = host(&running, &later);
        let ended = run(&node, "dash", &kubelet().apply("active 0a1b", "restarted"));
        assert_eq!(ended, (Some(1), value.into(), said.into()));
    }
    let node = host(&running, &[]);
    fs::write(node.folder().join("refused"), "").expect("a file");
    let ended = run(&node, "dash", &kubelet().apply("active 0a1b", "restarted"));
    assert_eq!(ended.2, "systemd refuses: Operation refused");
}

#[test]
fn people_read_what_it_costs() {
    let kubelet = kubelet();
    assert_eq!(kubelet.impact(), Impact::Disruptive);
    assert!(!kubelet.has_way_back());
    assert_eq!(kubelet.wanted(&[]).as_deref(), Ok("restarted"));
    assert_eq!(kubelet.display("active 0a1b"), "active");
    assert_eq!(kubelet.restarts(), Some("the kubelet"));
    assert_eq!(
        kubelet.by_hand("restarted"),
        "sheltie systemctl status --no-pager kubelet.service"
    );
    let effects = kubelet.effects(&[]);
    assert!(effects[0].starts_with("pods keep running"), "{effects:?}");
    let other = change("restart", "chronyd.service").expect("a good change");
    assert_eq!((other.services(), other.restarts()), (None, None));
}

#[test]
fn what_carries_the_command_is_refused() {
    for refused in [
        "host-containers@control.service",
        "host-containers@admin.service",
        "host-containerd.service",
        "apiserver.service",
        "systemd-networkd.service",
        "wicked.service",
    ] {
        assert!(change("restart", refused).is_err(), "{refused}");
    }
    for wrong in [
        "kubelet",
        "kubelet.timer",
        "--now.service",
        "'*.service'",
        "'a b.service'",
        ".service",
        "Kubelet.service",
        "{ unit: kubelet.service }",
    ] {
        assert!(change("restart", wrong).is_err(), "{wrong}");
    }
    for good in ["host-containers@probe.service", "a.b_c-1.service"] {
        assert!(change("restart", good).is_ok(), "{good}");
    }
}
