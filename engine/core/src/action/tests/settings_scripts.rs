//! The scripts of the `settings` change, run with an `apiclient` that applies later.

use super::NodeChange;
use super::api::{Api, Ended};
use super::node::{SHELLS, shellcheck};
use super::settings::{EVICTION, MAP_COUNT, settings};
use crate::value::Value;

fn set(api: &Api, shell: &str, change: &dyn NodeChange, from: &str, to: &str) -> Ended {
    let script = change.apply(from, to);
    shellcheck(&script);
    api.run(shell, &script)
}

#[test]
fn present_values_are_written_as_wanted_ones() {
    let api = Api::new(
        r#"{"kubernetes":{"eviction-hard":{"nodefs.available":"10%","memory.available":"é 5%","pid.available":"1%"},
            "eviction-hardly":{"x":1},"pod-pids-limit":1024,"standalone-mode":false}}"#,
    );
    for shell in SHELLS {
        for (parameters, held) in [
            (
                EVICTION,
                r#"{"memory.available":"é 5%","nodefs.available":"10%"}"#,
            ),
            (MAP_COUNT, r#"{"vm.max_map_count":null}"#),
            ("{ settings.kubernetes.pod-pids-limit: 1 }", "1024"),
            ("{ settings.kubernetes.standalone-mode: true }", "false"),
            ("{ settings.kubernetes.max-pods: 1 }", "null"),
            (
                "{ settings.kubernetes: { pod-pids-limit: 1, eviction-hard: { nodefs.available: 1% }, max-pods: 7 } }",
                r#"{"eviction-hard":{"nodefs.available":"10%"},"max-pods":null,"pod-pids-limit":1024}"#,
            ),
        ] {
            let change = settings(parameters);
            shellcheck(&change.present());
            let (exit, found, _) = api.run(shell, &change.present());
            assert_eq!((exit, found.as_str()), (Some(0), held), "{parameters}");
        }
    }
    let eviction = settings(EVICTION);
    let wanted = eviction.wanted(&[Value::text("é 5%"), Value::text("10%")]);
    assert_eq!(
        wanted.as_deref(),
        Ok(r#"{"memory.available":"é 5%","nodefs.available":"10%"}"#)
    );
}

#[test]
fn several_settings_are_set_at_once_and_others_stay() {
    for shell in SHELLS {
        let api = Api::new(
            r#"{"kubernetes":{"eviction-hard":{"nodefs.available":"10%","pid.available":"1%"}}}"#,
        );
        let from = r#"{"memory.available":null,"nodefs.available":"10%"}"#;
        let to = r#"{"memory.available":"5%","nodefs.available":"20%"}"#;
        let eviction = settings(EVICTION);
        assert_eq!(
            set(&api, shell, &*eviction, from, to),
            (Some(0), to.into(), String::new())
        );
        assert_eq!(
            api.read("settings"),
            r#"{"kubernetes":{"eviction-hard":{"nodefs.available":"20%","pid.available":"1%","memory.available":"5%"}}}"#
        );
        assert_eq!(api.restarts(), 1);
        // Again: another value is there, and nothing restarts.
        let (exit, found, _) = set(&api, shell, &*eviction, from, to);
        assert_eq!((exit, found.as_str(), api.restarts()), (Some(65), to, 1));
    }
}

#[test]
fn a_value_never_becomes_code() {
    let motd = settings("{ settings.motd: x }");
    let to = motd
        .wanted(&[Value::text("'; touch $(id) \"\\n` -v --help")])
        .expect("one line");
    for shell in SHELLS {
        let api = Api::new("{}");
        assert_eq!(
            set(&api, shell, &*motd, "null", &to),
            (Some(0), to.clone(), String::new())
        );
    }
}

#[test]
fn a_kernel_parameter_is_read_back_from_the_kernel() {
    let map_count =
        settings("{ settings.kernel.sysctl: { vm.max_map_count: 1, net.ipv4.tcp_rmem: x } }");
    let from = r#"{"net.ipv4.tcp_rmem":null,"vm.max_map_count":null}"#;
    let to = r#"{"net.ipv4.tcp_rmem":"1 2 3","vm.max_map_count":"1"}"#;
    for shell in SHELLS {
        let api = Api::new("{}");
        api.parameter("vm/max_map_count", "65530");
        api.parameter("net/ipv4/tcp_rmem", "4\t5\t6");
        api.write("slow", "");
        let ended = set(&api, shell, &*map_count, from, to);
        assert_eq!(ended, (Some(0), to.into(), String::new()));
        assert_eq!(
            (
                api.read("sys/vm/max_map_count"),
                api.read("sys/net/ipv4/tcp_rmem")
            ),
            ("1".into(), "1\t2\t3".into())
        );
    }
}

#[test]
fn what_the_kernel_does_not_take_is_no_success() {
    let map_count = settings(MAP_COUNT);
    let (from, to) = (
        r#"{"vm.max_map_count":null}"#,
        r#"{"vm.max_map_count":"1048576"}"#,
    );
    for shell in SHELLS {
        let api = Api::new("{}");
        let (exit, found, said) = set(&api, shell, &*map_count, from, to);
        assert_eq!((exit, found.as_str(), api.restarts()), (Some(1), from, 0));
        assert!(said.starts_with("the node has no "), "{said}");
        api.parameter("vm/max_map_count", "65530");
        api.write("stubborn", "");
        let (exit, found, said) = set(&api, shell, &*map_count, from, to);
        assert_eq!((exit, found.as_str()), (Some(1), to));
        assert!(said.starts_with("the setting is there, and "), "{said}");
    }
    // Every container has such a parameter of its own.
    let own = settings("{ settings.kernel.sysctl: { kernel.shmmax: 1 } }");
    let script = own.apply(r#"{"kernel.shmmax":null}"#, r#"{"kernel.shmmax":"1"}"#);
    assert!(!script.contains("/proc/sys/kernel/shm"), "{script}");
}

#[test]
fn a_refusal_is_told_and_changes_nothing() {
    let map_count = settings("{ settings.kernel: { sysctl: { vm.max_map_count: 1 } } }");
    let from = r#"{"sysctl":{"vm.max_map_count":null}}"#;
    for shell in SHELLS {
        let api = Api::new("{}");
        api.parameter("vm/max_map_count", "65530");
        let wrong = r#"{"sysctl":{"vm.max_map_count":1}}"#;
        let (exit, found, said) = set(&api, shell, &*map_count, from, wrong);
        assert_eq!((exit, found.as_str()), (Some(1), from));
        assert_eq!(
            said,
            "refused: Json deserialize error: invalid type: integer `262144`, expected a string"
        );
        api.write("locked", "");
        let right = r#"{"sysctl":{"vm.max_map_count":"1"}}"#;
        let (exit, found, said) = set(&api, shell, &*map_count, from, right);
        assert_eq!((exit, found.as_str()), (Some(1), from));
        assert_eq!(
            said,
            "the node's settings are locked: none can be changed any more"
        );
        assert_eq!(api.restarts(), 0);
    }
}

#[test]
fn services_are_asked_of_the_node() {
    let api = Api::new("{}");
    let change = settings(MAP_COUNT);
    let script = change.services().expect("it acts on services");
    shellcheck(&script);
    for (answer, services) in [
        (
            r#"{"settings.kernel.sysctl.\"vm.max_map_count\"":["sysctl"],"settings.b":["a","sysctl"]}"#,
            "a sysctl",
        ),
        ("{}", ""),
    ] {
        api.write("services", answer);
        for shell in SHELLS {
            assert_eq!(
                api.run(shell, &script),
                (Some(0), services.into(), String::new())
            );
        }
    }
    let asked = api.read("asked");
    assert_eq!(
        asked.lines().next(),
        Some("/metadata/affected-services?keys=settings.kernel.sysctl.%22vm.max_map_count%22")
    );
    api.write("down", "");
    assert_eq!(api.run("dash", &script).0, Some(1));
}

#[test]
fn a_setting_that_is_not_there_afterwards_is_no_success() {
    let motd = settings("{ settings.motd: x }");
    for shell in SHELLS {
        let api = Api::new("{}");
        api.write("deaf", "");
        let (exit, found, said) = set(&api, shell, &*motd, "null", "\"x\"");
        assert_eq!((exit, found.as_str()), (Some(1), "null"));
        assert_eq!(said, "the setting did not take the value");
    }
}
