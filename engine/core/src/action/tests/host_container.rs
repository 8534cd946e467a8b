//! The `host-container` change, with containers that start and stop later.

use super::api::{Api, Ended};
use super::node::{SHELLS, shellcheck};
use super::{OnNode, change};
use crate::frame::Place;

const OFF: &str = r#"{"host-containers":{"admin":{"enabled":false,"source":"x"},"admin2":{"enabled":true,"source":"x"}}}"#;

fn admin(state: &str) -> OnNode {
    change("host-container", &format!("{{ admin: {state} }}")).expect("a good change")
}

fn switch(api: &Api, shell: &str, from: &str, to: &str) -> Ended {
    let script = admin("true").apply(from, to);
    shellcheck(&script);
    // Nobody waits for minutes here.
    api.run(
        shell,
        &script.replace(" 180\n", " 6\n").replace(" 45\n", " 6\n"),
    )
}

#[test]
fn it_is_on_off_or_not_there() {
    let bare = r#"{"host-containers":{"admin":{"source":"x"}}}"#;
    let leftover = r#"{"host-containers":{"admin":{"enabled":true}}}"#;
    for (settings, state) in [
        (OFF, "false"),
        (bare, "false"),
        (leftover, "absent"),
        ("{}", "absent"),
    ] {
        let api = Api::new(settings);
        for shell in SHELLS {
            let present = admin("true").present();
            shellcheck(&present);
            assert_eq!(
                api.run(shell, &present),
                (Some(0), state.into(), String::new()),
                "{settings}"
            );
        }
    }
    let admin = admin("true");
    assert_eq!(admin.back("false", &[]).as_deref(), Ok("false"));
    assert_eq!(
        admin.back("absent", &[]),
        Err("the node has no host container `admin`".into())
    );
}

#[test]
fn it_is_borrowed_and_given_back() {
    for shell in SHELLS {
        let api = Api::new(OFF);
        api.write("slow", "");
        assert_eq!(
            switch(&api, shell, "false", "true"),
            (Some(0), "true".into(), String::new())
        );
        assert!(
            api.node.folder().join("runs.admin").exists(),
            "it waited for that"
        );
        // An equal value would restart it.
        assert_eq!(switch(&api, shell, "false", "true").0, Some(65));
        assert_eq!(api.restarts(), 1);
        assert_eq!(
            switch(&api, shell, "true", "false"),
            (Some(0), "false".into(), String::new())
        );
        assert!(
            !api.node.folder().join("runs.admin").exists(),
            "it waited for that"
        );
    }
}

#[test]
fn one_that_does_not_come_is_told() {
    let api = Api::new(OFF);
    api.write("pulling", "");
    api.node.hurry();
    let (exit, value, said) = switch(&api, "dash", "false", "true");
    assert_eq!((exit, value.as_str()), (Some(1), "true"));
    assert_eq!(said, "the container has not followed within 6 s");
    api.write("locked", "");
    let (exit, value, said) = switch(&api, "dash", "true", "false");
    assert_eq!((exit, value.as_str()), (Some(1), "true"));
    assert_eq!(
        said,
        "the node's settings are locked: none can be changed any more"
    );
}

#[test]
fn one_that_holds_a_single_program_answers_too() {
    let api = Api::new(OFF);
    api.write("one-program", "");
    assert_eq!(switch(&api, "dash", "false", "true").0, Some(0));
}

#[test]
fn people_read_on_and_off() {
    let off = admin("false");
    assert_eq!(off.wanted(&[]).as_deref(), Ok("false"));
    assert_eq!(
        (
            off.display("true"),
            off.display("false"),
            off.display("absent")
        ),
        ("on".into(), "off".into(), "absent".into())
    );
    assert_eq!(off.subject(), "the host container admin");
    assert_eq!(
        off.by_hand("true"),
        "apiclient set 'host-containers.admin.enabled=true'"
    );
    assert_eq!(off.place(), Place::Control);
    // A cold pull takes three minutes.
    assert!(off.limit().as_secs() > 180);
    assert_eq!(off.effects(&[]), ["stays after a restart of the node"]);
    for wrong in [
        "{}",
        "{ admin: true, other: true }",
        "{ 'a b': true }",
        "{ admin: on }",
        "{ control: true }",
    ] {
        assert!(change("host-container", wrong).is_err(), "{wrong}");
    }
}
