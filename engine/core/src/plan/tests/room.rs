//! Full file systems: an answer that can't be kept, and changes that are not made then.

use std::fs;
use std::process::Command;

use super::file::{File, answer, step};
use super::locked::Locked;
use super::{nonce, one, run, rung, stdout};
use crate::action::tests::node::{Node, SHELLS};
use crate::event::BootId;
use crate::frame::{FrameFault, Place, read};
use crate::plan::{ChangeFault, applied, fuse};
use crate::value::Why;

/// Lets writing to a file fail in each folder of `mktemp` for which `where_` holds.
fn full(node: &Node, file: &str, where_: &str) {
    node.program(
        "mktemp",
        &format!(
            "PATH=/usr/bin:/bin; d=$(mktemp \"$@\") || exit 1\nif {where_}; then ln -s /dev/full \"$d/{file}\"; fi\necho \"$d\""
        ),
    );
}

/// A script that runs another one where these folders are small file systems, the full ones with
/// nothing left; `None` where this machine gives no name spaces to us.
fn mounted(node: &Node, script: &str, folders: &[(&str, bool)]) -> Option<String> {
    let given = Command::new("unshare").args(["-rm", "true"]).output();
    if !given.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no mount name space without more rights");
        return None;
    }
    let fused = node.folder().join("fused.sh");
    fs::write(&fused, script).expect("a script");
    let mut prepare = String::from("set -e\n");
    for (folder, full) in folders {
        prepare += &format!("mkdir -p {folder}\nmount -t tmpfs -o size=1m none {folder}\n");
        if *full {
            prepare += &format!("head -c 9000000 /dev/zero 2>/dev/null >{folder}/fill || true\n");
        }
    }
    let run = node.folder().join("mounted.sh");
    fs::write(&run, prepare + "exec \"$@\"\n").expect("a script");
    Some(format!(
        "exec unshare -rm sh {} env TMPDIR={}/tmp sh {}\n",
        run.display(),
        node.folder().display(),
        fused.display()
    ))
}

/// The folder for temporary files in [`mounted`].
fn tmp(node: &Node) -> String {
    format!("{}/tmp", node.folder().display())
}

#[test]
fn another_folder_is_taken_where_one_is_full() {
    let looks = one(vec![rung(Place::Admin, "echo out")]);
    let script = fuse(&looks, &nonce()).expect("a script");
    for shell in SHELLS {
        let node = Node::new();
        full(&node, "room", "[ \"${d#/dev/shm}\" = \"$d\" ]");
        assert_eq!(stdout(&answer(&node, shell, &script), "a"), "out\n");
        assert_eq!(node.leftovers(), Vec::<String>::new());
    }
}

#[test]
fn without_room_for_an_answer_nothing_is_run() {
    for shell in SHELLS {
        let node = Node::new();
        full(&node, "room", "true");
        let one = File::new(&node, "one", "120");
        let output = run(
            &node,
            shell,
            &Locked::new(&node, shell, 60).change_script(&[step(&one, "120", "60")]),
        );
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stdout);
        assert_eq!(said.lines().count(), 1, "{said}");
        assert_eq!(read(&said, &nonce()), Err(FrameFault::NoRoom));
        assert_eq!(one.value(), "120");
        assert_eq!(node.leftovers(), Vec::<String>::new());
    }
}

#[test]
fn without_room_in_the_admin_container_it_is_said() {
    for shell in SHELLS {
        let node = Node::new();
        let value = File::new(&node, "one", "120");
        full(&node, "room", "[ -n \"$in_admin\" ]");
        node.program(
            "apiclient",
            "[ $1 = exec ] || exit 1\nshift 3; in_admin=1 exec \"$@\" 2>&1",
        );
        let looks = one(vec![rung(Place::Admin, "echo out")]);
        let looked = answer(&node, shell, &fuse(&looks, &nonce()).expect("a script"));
        let why = looked.reply("a").expect_err("no reply");
        assert_eq!(why, Why::Failed(FrameFault::NoRoom.to_string()));
        let steps = [step(&value, "120", "60")];
        let changed = Locked::new(&node, shell, 60).change(&steps);
        assert_eq!(changed, Err(ChangeFault::NoRoom));
        let back = Locked::new(&node, shell, 60).undo(&steps);
        assert_eq!(back, Err(ChangeFault::NoRoom));
        assert_eq!(value.value(), "120");
    }
}

#[test]
fn without_room_for_its_record_nothing_is_changed() {
    for shell in SHELLS {
        let node = Node::new();
        full(&node, "more", "true");
        let one = File::new(&node, "one", "120");
        let steps = [step(&one, "120", "60")];
        let changed = Locked::new(&node, shell, 60).change(&steps);
        assert_eq!(changed, Err(ChangeFault::NoRoom));
        let back = Locked::new(&node, shell, 60).undo(&steps);
        assert_eq!(back, Err(ChangeFault::NoRoom));
        assert_eq!(one.value(), "120");
        // Whose boot it is comes first.
        let mut elsewhere = Locked::new(&node, shell, 60);
        elsewhere.hold.boot = BootId("another".into());
        let back = elsewhere.undo(&steps);
        assert_eq!(back, Err(ChangeFault::OtherBoot));
    }
}

#[test]
fn a_look_whose_end_is_lost_hides_no_other() {
    let looks = vec![
        (
            "a".to_owned(),
            vec![rung(Place::Control, "mkdir \"$1/a.1.0.rc\"")],
        ),
        ("b".to_owned(), vec![rung(Place::Control, "echo out")]),
    ];
    let script = fuse(&looks, &nonce()).expect("a script");
    let answer = answer(&Node::new(), "dash", &script);
    assert!(matches!(answer.reply("a"), Err(Why::NoAnswer(_))));
    assert_eq!(stdout(&answer, "b"), "out\n");
}

#[test]
fn on_really_full_file_systems_nothing_is_changed() {
    let node = Node::new();
    let one = File::new(&node, "one", "120");
    let locked = Locked::new(&node, "dash", 60);
    let script = locked.change_script(&[step(&one, "120", "60")]);
    let tmp = tmp(&node);
    let Some(inside) = mounted(&node, &script, &[(&tmp, true), ("/dev/shm", true)]) else {
        return;
    };
    let output = run(&node, "dash", &inside);
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(read(&said, &nonce()), Err(FrameFault::NoRoom), "{said}");
    assert_eq!(one.value(), "120");
    let inside = mounted(&node, &script, &[(&tmp, true), ("/dev/shm", false)]).expect("as before");
    let done = applied(&answer(&node, "dash", &inside), 1);
    assert_eq!(done, Ok(vec!["60".into()]));
}

/// The room that the envelope holds back carries the refusal.
#[test]
fn a_file_system_that_fills_meanwhile_is_no_doubt() {
    let node = Node::new();
    let (tmp, admin) = (tmp(&node), format!("{}/admin", node.folder().display()));
    node.program(
        "apiclient",
        &format!("[ $1 = exec ] || exit 1\nshift 3; TMPDIR={admin} exec \"$@\" 2>&1"),
    );
    let one = File {
        before: format!("head -c 9000000 /dev/zero 2>/dev/null >{admin}/fill\n"),
        ..File::new(&node, "one", "120")
    };
    let locked = Locked::new(&node, "dash", 60);
    let script = locked.change_script(&[step(&one, "120", "60")]);
    let Some(inside) = mounted(&node, &script, &[(&tmp, false), (&admin, false)]) else {
        return;
    };
    let fault = applied(&answer(&node, "dash", &inside), 1);
    assert_eq!(fault, Err(ChangeFault::NoRoom));
    assert_eq!(one.value(), "120");
}
