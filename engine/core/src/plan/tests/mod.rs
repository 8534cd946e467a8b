//! Fused scripts, really run under dash and bash, and read back.

mod ask;
mod batch;
mod change;
mod exec;
mod file;
mod fits;
mod hold;
mod ladder;
mod locked;
mod memory;
mod not_armed;
mod one_way;
mod own_script;
mod reboot;
mod room;
mod runbook;
mod settings;
mod time;
mod undo;
mod way_back;

use std::process::Output;
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::fuse;
use crate::action::tests::node::{Node, SHELLS};
use crate::action::tests::{look, rungs};
use crate::action::{Rung, Target};
use crate::frame::{Answer, Nonce, Place, read};

fn nonce() -> Nonce {
    Nonce::new([1, 2, 3, 4, 5, 6, 7, 8])
}

/// The node looks of the bundled runbook, with a shorter window.
fn conntrack_looks() -> Vec<(String, Vec<Rung>)> {
    [
        ("table", "sysctl", "{ count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max, time_wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }"),
        ("traffic", "conntrack-counters", "{ over: 1s }"),
        ("entries", "conntrack-entries", "{ sample: 5000 }"),
        ("log", "dmesg", r#"{ pattern: "(nf|ip)_conntrack: (nf_conntrack: )?table full( in netns [0-9]+)?, dropping packet" }"#),
        ("sockets", "socket-counters", "{ over: 1s }"),
        ("allowance", "ethtool", "{ counters: [conntrack_allowance_exceeded], over: 1s }"),
        ("memory", "memory", "{}"),
        ("kernel_settings", "settings", r#"{ prefix: settings.kernel, extract: { max: { path: 'kernel.sysctl["net.netfilter.nf_conntrack_max"]', type: integer } } }"#),
    ]
    .map(|(name, action, parameters)| {
        let look = look(action, parameters).expect("a good look");
        (name.to_owned(), rungs(look.as_ref(), &Target::default()))
    })
    .into()
}

fn rung(place: Place, script: &str) -> Rung {
    Rung {
        place,
        only_where: None,
        needs: "a reason",
        script: script.into(),
        limit: Duration::from_secs(1),
        most_bytes: 100,
    }
}

fn one(rungs: Vec<Rung>) -> Vec<(String, Vec<Rung>)> {
    vec![("a".into(), rungs)]
}

/// Runs a fused script where `sh` is that shell too, as it is bash in the containers.
fn run(node: &Node, shell: &str, script: &str) -> Output {
    let posix = if shell == "bash" { " --posix" } else { "" };
    node.program("sh", &format!("exec {shell}{posix} \"$@\""));
    node.run(shell, script)
}

/// Each shell on a node of its own, all at once: most of the time they wait.
fn in_each_shell(check: impl Fn(&Node, &str) + Sync) {
    thread::scope(|scope| {
        for shell in SHELLS {
            let check = &check;
            scope.spawn(move || check(&Node::new(), shell));
        }
    });
}

fn output(node: &Node, shell: &str, looks: &[(String, Vec<Rung>)]) -> String {
    let output = run(node, shell, &fuse(looks, &nonce()).expect("a script"));
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    String::from_utf8(output.stdout).expect("text")
}

fn answer(node: &Node, shell: &str, looks: &[(String, Vec<Rung>)]) -> Answer {
    let output = output(node, shell, looks);
    read(&output, &nonce()).unwrap_or_else(|fault| panic!("{fault}: {output}"))
}

fn stdout<'a>(answer: &'a Answer, look: &str) -> &'a str {
    std::str::from_utf8(&answer.reply(look).expect("a reply").stdout).expect("text")
}

fn trace(answer: &Answer) -> Vec<(Option<Place>, Option<&str>)> {
    answer
        .trace("a")
        .iter()
        .map(|step| (step.place, step.why_not.as_deref()))
        .collect()
}

/// The script and every script within it.
fn scripts(script: &str) -> Vec<String> {
    let mut all = vec![script.to_owned()];
    for marker in ["body=", "inner=", "around="] {
        for (at, _) in script.match_indices(marker) {
            let encoded: String = script
                .split_at(at + marker.len())
                .1
                .chars()
                .take_while(|c| !c.is_whitespace())
                .collect();
            if let Ok(decoded) = STANDARD.decode(&encoded) {
                all.extend(scripts(&String::from_utf8(decoded).expect("text")));
            }
        }
    }
    all
}
