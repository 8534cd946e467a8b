//! File systems: the host's own `df`, and the control container's for the data volume.

use super::node::{Node, SHELLS, shellcheck};
use super::{at, look, rungs};
use crate::action::{Look, Rung, Source, Target};
use crate::frame::{Place, Reply};
use crate::value::{Bytes, Kind, Value, Why};

fn disk(path: &str) -> Box<dyn Look> {
    look("disk", &format!("{{ path: \"{path}\" }}")).expect("a good look")
}

fn host_rung(look: &dyn Look, target: &Target) -> Rung {
    let rungs = rungs(look, target);
    rungs.into_iter().next_back().expect("a rung")
}

#[test]
fn the_data_volume_needs_no_admin_container() {
    for path in ["/local", "/var", "/opt", "/mnt"] {
        let rungs = rungs(disk(path).as_ref(), &Target::default());
        let places: Vec<Place> = rungs.iter().map(|rung| rung.place).collect();
        assert_eq!(places, [Place::Control, Place::Host], "{path}");
        assert!(rungs[0].only_where.is_some());
    }
    // Instance store may be bound there.
    for path in ["/", "/var/lib/containerd", "/var/lib/bottlerocket"] {
        let rungs = rungs(disk(path).as_ref(), &Target::default());
        let places: Vec<Place> = rungs.iter().map(|rung| rung.place).collect();
        assert_eq!(places, [Place::Host], "{path}");
    }
}

#[test]
fn both_rungs_answer_alike() {
    let df = "[ \"$1\" = -B1 ] || exit 1\nprintf '  1B-blocks   Used  Avail Inodes IUsed\\n20000000000 15000000000 4000000000 1310720 65536\\n'";
    let look = disk("/local");
    for rung in rungs(look.as_ref(), &Target::default()) {
        shellcheck(&rung.script);
        for shell in SHELLS {
            let node = Node::new();
            node.program("df", df);
            node.program("test", "exit 0");
            let reply = node.reply(shell, 0, &rung);
            let value = look.read(&reply, &Target::default()).expect("a value");
            assert_eq!(at(&value, "size"), &Value::Bytes(Bytes(20_000_000_000)));
            assert_eq!(at(&value, "used"), &Value::Bytes(Bytes(15_000_000_000)));
            assert_eq!(at(&value, "available"), &Value::Bytes(Bytes(4_000_000_000)));
            assert_eq!(at(&value, "used_share").to_string(), "79 %");
            assert_eq!(at(&value, "inodes_used_share").to_string(), "5 %");
        }
    }
}

#[test]
fn this_machines_own_df_is_read() {
    let look = disk("/");
    let rung = host_rung(look.as_ref(), &Target::default());
    for shell in SHELLS {
        let reply = Node::new().reply(shell, 0, &rung);
        let value = look.read(&reply, &Target::default());
        let value = value.unwrap_or_else(|why| panic!("{shell}: {why} ({reply:?})"));
        assert!(
            matches!(at(&value, "size"), Value::Bytes(size) if size.0 > 0),
            "{value}"
        );
        let (Kind::Record(kinds), Value::Record(fields)) = (look.kind(), &value) else {
            panic!("records")
        };
        assert!(kinds.keys().eq(fields.keys()));
    }
}

#[test]
fn what_is_not_there_is_absent_and_what_can_t_be_asked_is_unseen() {
    let look = disk("/no/such folder '$(id)");
    let rung = host_rung(look.as_ref(), &Target::default());
    shellcheck(&rung.script);
    for shell in SHELLS {
        let node = Node::new();
        let value = look.read(&node.reply(shell, 0, &rung), &Target::default());
        let value = value.expect("a value");
        assert_eq!(at(&value, "size"), &Value::Absent);
        assert_eq!(at(&value, "used_share"), &Value::Absent);
        node.program("chroot", "exit 127");
        assert_eq!(node.reply(shell, 0, &rung).exit, 69);
        node.program("chroot", "[ \"$2\" = test ]");
        let reply = node.reply(shell, 0, &rung);
        let value = look.read(&reply, &Target::default());
        assert!(matches!(value, Err(Why::Failed(_))), "{value:?}");
    }
}

#[test]
fn numbers_that_make_no_sense_are_unseen() {
    let read = |stdout: &str| {
        let reply = Reply {
            look: "disk".into(),
            rung: 0,
            place: Place::Host,
            before: None,
            exit: 0,
            stdout: stdout.into(),
            stderr: Vec::new(),
            cut: false,
        };
        disk("/").read(&reply, &Target::default())
    };
    for wrong in [
        "",
        "1 2 3 4",
        "1 2 3 4 5 6",
        "1 2 3 4 x",
        "18446744073709551615 18446744073709551615 18446744073709551615 1 1",
    ] {
        assert!(matches!(read(wrong), Err(Why::Garbled(_))), "{wrong}");
    }
    let uncounted = read("100 60 40 0 0").expect("a value");
    assert_eq!(at(&uncounted, "inodes_used_share"), &Value::Absent);
    assert_eq!(at(&uncounted, "used_share").to_string(), "60 %");
}

#[test]
fn a_path_is_absolute_also_when_it_was_filled_in() {
    for wrong in ["var/lib", "", "a\\nb"] {
        let faults = look("disk", &format!("{{ path: \"{wrong}\" }}")).expect_err("no path");
        assert!(faults[0].ends_with("is no path of the host"), "{faults:?}");
    }
    let look = disk("{{ inputs.path }}");
    assert_eq!(look.texts().len(), 1);
    assert!(look.source(&Target::default()).is_ok(), "not filled in yet");
    let filled = |path: &str| {
        let target = Target {
            texts: vec![path.into()],
            ..Target::default()
        };
        look.source(&target)
    };
    assert!(matches!(filled("/var"), Ok(Source::Node(rungs)) if rungs.len() == 2));
    let why = Why::Unusable("`../etc` is no path of the host".into());
    assert_eq!(filled("../etc"), Err(why));
}
