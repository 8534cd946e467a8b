//! The cases of dangers that no plan shows, where this crate can decide them; and that each names
//! tests that exist.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use regex::Regex;

use crate::action::tests::api::Api;
use crate::action::tests::node::{Node, SHELLS};
use crate::action::tests::{change, look, rungs};
use crate::action::{Impact, Rung, Target};
use crate::frame::{Nonce, Place};
use crate::hazard::{Test, elsewhere, logdog};
use crate::plan::{fuse, longest, present};
use crate::value::Value;

fn nonce() -> Nonce {
    Nonce::new([1, 2, 3, 4, 5, 6, 7, 8])
}

/// A script in the admin container, alone in its wave.
fn in_admin(script: &str) -> Vec<(String, Vec<Rung>)> {
    let rung = Rung {
        place: Place::Admin,
        only_where: None,
        needs: "",
        script: script.to_owned(),
        limit: Duration::from_secs(1),
        most_bytes: 100,
    };
    vec![("look".to_owned(), vec![rung])]
}

/// The files of the product's own scripts and of what writes them, with their texts.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let is = |name: &str| path.file_name().is_some_and(|file| file == name);
            if is("hazard") || is("tests") || is("tests.rs") {
                continue;
            }
            match fs::read_to_string(&path) {
                Ok(text) => found.push((path, text)),
                Err(_) => folders.push(path),
            }
        }
    }
    found
}

#[test]
fn each_names_tests_that_exist() {
    let own = std::env::current_exe().expect("this very program");
    let listed = Command::new(own)
        .args(["--list", "--format", "terse"])
        .output();
    let listed = listed.expect("it lists its tests").stdout;
    let listed = String::from_utf8(listed).expect("text");
    for hazard in elsewhere() {
        for test in hazard.shown_by {
            // The suite holds its own list against the names that stand here.
            if let Test::Core(name) = test {
                let line = format!("{name}: test");
                let exists = listed.lines().any(|found| found == line);
                assert!(exists, "{}: no test {name}", hazard.name);
            }
        }
    }
}

#[test]
fn a_value_that_is_there_is_not_set_again() {
    let pids = change("settings", "{ settings.kubernetes.pod-pids-limit: 1024 }").expect("good");
    let to = pids.wanted(&[Value::text("1024")]).expect("a value");
    for shell in SHELLS {
        let api = Api::new(r#"{"kubernetes":{"pod-pids-limit":1024}}"#);
        // What a plan compares is written alike, so it leaves this one out.
        let (exit, held, _) = api.run(shell, &pids.present());
        assert_eq!((exit, held.as_str()), (Some(0), to.as_str()));
        // Somebody has set it since the plan.
        let (exit, held, _) = api.run(shell, &pids.apply("512", &to));
        assert_eq!((exit, held.as_str()), (Some(65), to.as_str()));
        assert_eq!(api.restarts(), 0, "nothing was set");
        api.run(
            shell,
            "apiclient set settings.kubernetes.pod-pids-limit=1024",
        );
        assert_eq!(api.restarts(), 1, "it would have cost a restart");
    }
}

#[test]
fn a_script_for_admin_closes_its_input_first() {
    let sysctl = "{ net.netfilter.nf_conntrack_tcp_timeout_time_wait: 60s }";
    let sysctl = change("sysctl", sysctl).expect("a good change");
    assert_eq!(sysctl.place(), Place::Admin);
    let host = look("run", "{ at: host, argv: [uname] }").expect("a good look");
    let host = vec![("look".to_owned(), rungs(host.as_ref(), &Target::default()))];
    for script in [
        fuse(&in_admin("cat"), &nonce()),
        fuse(&host, &nonce()),
        present(&[&*sysctl], &nonce()),
    ] {
        let node = Node::new();
        let asked = node.folder().join("asked");
        let program = format!(
            "[ $1 = exec ] || exit 1\nprintf '%s\\n' \"$*\" >{}",
            asked.display()
        );
        node.program("apiclient", &program);
        node.run("dash", &script.expect("a script"));
        let asked = fs::read_to_string(asked).expect("it was asked");
        let closes = "exec -T admin bash -c exec </dev/null; ";
        assert!(asked.starts_with(closes), "{asked}");
    }
}

/// A client that is killed leaves what it has started behind.
#[test]
fn what_an_exec_leaves_behind_ends_by_itself() {
    let node = Node::new();
    node.program(
        "apiclient",
        "[ $1 = exec ] || exit 1\nshift 3\nsetsid \"$@\" >/dev/null 2>&1 &\nexit 137",
    );
    let (pid, late) = (node.folder().join("pid"), node.folder().join("late"));
    let looks = in_admin(&format!(
        "echo $$ >{}; sleep 60; true >{}",
        pid.display(),
        late.display()
    ));
    let most = longest(&looks).expect("a plan");
    let start = Instant::now();
    let fused = fuse(&looks, &nonce()).expect("a script");
    node.run("dash", &fused);
    let wait = |what: &str, done: &dyn Fn() -> bool| {
        while !done() {
            assert!(start.elapsed() < most, "{what}");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let number = || {
        fs::read_to_string(&pid)
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    wait("it has not begun", &|| !number().is_empty());
    let process = Path::new("/proc").join(number());
    wait("it goes on", &|| !process.exists());
    assert!(!late.exists(), "it came to its end");
}

#[test]
fn no_script_asks_the_host_for_a_shell() {
    let start = r"\b(?:chroot [^\s`]+|sheltie) (?:(?:env|timeout [^;|\n]*? \d+) )?([^\s`,;)]+)";
    let start = Regex::new(start).expect("a pattern");
    let mut started = Vec::new();
    for (path, text) in sources() {
        for found in start.captures_iter(&text) {
            started.push((found[1].to_owned(), path.clone()));
        }
    }
    for (program, path) in &started {
        let name = program.rsplit('/').next().unwrap_or_default();
        let is_shell = ["sh", "bash", "dash", "brush"].contains(&name.trim_matches('"'));
        assert!(!is_shell, "{}: {program}", path.display());
    }
    for known in ["conntrack", "systemctl", "systemd-run", "ethtool"] {
        let is_seen = started.iter().any(|(program, _)| program == known);
        assert!(is_seen, "{known} is not seen: mend this pattern");
    }
}

/// Once one does, the danger says more than that.
#[test]
fn heeler_starts_logdog_in_the_safe_way_alone() {
    let sources = sources();
    assert!(sources.len() > 100, "{} files", sources.len());
    let begins = |path: &Path| path.ends_with("capture/begin.sh");
    let is_about = |path: &Path| path.components().any(|part| part.as_os_str() == "capture");
    for (path, text) in sources.iter().filter(|(path, _)| !is_about(path)) {
        assert!(!text.contains("logdog"), "{}", path.display());
    }
    let capture = sources
        .iter()
        .find(|(path, _)| begins(path))
        .expect("a capture");
    let safe = "TMPDIR=\"$s/tmp\" logdog --output \"$s/logdog.tar.gz\"";
    assert!(capture.1.contains(safe) && capture.1.contains("s=$s/$id\n"));
}

#[test]
fn the_safe_way_to_start_logdog_can_be_written() {
    let parts: Vec<&str> = logdog::HAZARD.safe_way.split('`').collect();
    let command = parts.iter().find(|part| part.contains("logdog --output"));
    let command = command.expect("a command").replace("NAME", "7k3mq");
    let look = look("run", &format!("{{ at: admin, script: '{command}' }}")).expect("no fault");
    assert_eq!(look.impact(), Impact::Unconfined);
    let rung = &rungs(look.as_ref(), &Target::default())[0];
    let told = format!("is ended after {} s", rung.limit.as_secs());
    assert!(logdog::HAZARD.safe_way.contains(&told), "{told}");
    for shell in SHELLS {
        let node = Node::new();
        node.program("sheltie", "exec \"$@\"");
        node.program("logdog", "echo \"$TMPDIR $*\"");
        let reply = node.reply(shell, 0, rung);
        assert_eq!(
            String::from_utf8_lossy(&reply.stdout).lines().next(),
            Some("/var/log/support/7k3mq --output /var/log/support/7k3mq.tar.gz")
        );
    }
}
