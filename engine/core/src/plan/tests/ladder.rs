//! Rungs, their limits, and what can't be fused.

use std::time::{Duration, Instant};

use super::{answer, nonce, one, output, rung, stdout, trace};
use crate::action::Rung;
use crate::action::tests::node::{Node, SHELLS};
use crate::frame::{FrameFault, Nonce, Place, read};
use crate::plan::{PlanFault, fuse};
use crate::value::Why;

#[test]
fn the_ladder_is_climbed_and_traced() {
    let unreadable = Rung {
        only_where: Some("[ -r /no/such/file ]".into()),
        ..rung(Place::Control, "echo never")
    };
    let cant = rung(Place::Control, "echo wrong; exit 69");
    let skipped = (Some(Place::Control), Some("the node has no a reason"));
    for shell in SHELLS {
        let node = Node::new();
        let asked = answer(
            &node,
            shell,
            &one(vec![unreadable.clone(), rung(Place::Host, "echo host")]),
        );
        assert_eq!(stdout(&asked, "a"), "host\n");
        assert_eq!(trace(&asked), [skipped, (Some(Place::Host), None)]);
        let asked = answer(
            &node,
            shell,
            &one(vec![
                unreadable.clone(),
                cant.clone(),
                rung(Place::Admin, "exit 69"),
                rung(Place::Host, "echo host"),
            ]),
        );
        assert_eq!(stdout(&asked, "a"), "host\n");
        assert_eq!(asked.reply("a").expect("a reply").rung, 3);
        assert_eq!(trace(&asked).len(), 4);
        let asked = answer(
            &node,
            shell,
            &one(vec![
                cant.clone(),
                rung(Place::Control, "echo second"),
                rung(Place::Host, "echo host"),
            ]),
        );
        assert_eq!(stdout(&asked, "a"), "second\n");
        let asked = answer(&node, shell, &one(vec![unreadable.clone()]));
        assert_eq!(asked.reply("a"), Err(Why::NotThere("a reason".into())));
    }
}

#[test]
fn nothing_waits_for_what_hangs() {
    let looks = vec![
        ("slow".to_owned(), vec![rung(Place::Control, "sleep 60")]),
        (
            "deaf".to_owned(),
            vec![rung(
                Place::Control,
                "trap '' TERM; sleep 60 & wait; sleep 60",
            )],
        ),
        ("inner".to_owned(), vec![rung(Place::Admin, "sleep 60")]),
        ("quick".to_owned(), vec![rung(Place::Control, "echo quick")]),
    ];
    let start = Instant::now();
    let asked = answer(&Node::new(), "dash", &looks);
    assert!(
        start.elapsed() < Duration::from_secs(8),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(asked.reply("slow"), Err(Why::TimedOut(1)));
    assert_eq!(asked.reply("inner"), Err(Why::TimedOut(1)));
    assert!(asked.reply("deaf").is_err());
    assert_eq!(stdout(&asked, "quick"), "quick\n");
}

#[test]
fn output_is_bounded_and_arbitrary() {
    for shell in SHELLS {
        let node = Node::new();
        let asked = answer(
            &node,
            shell,
            &one(vec![rung(
                Place::Control,
                "head -c 5000000 /dev/urandom; head -c 9000000 /dev/zero >&2",
            )]),
        );
        let reply = asked.reply("a").expect("a reply");
        assert_eq!((reply.stdout.len(), reply.cut), (100, true));
        assert!(reply.stderr.len() <= 160);
        let forging = answer(
            &node,
            shell,
            &one(vec![rung(
                Place::Control,
                "printf '=b c 0 0 5 0 0 0\\nheeler1-end\\n'",
            )]),
        );
        assert_eq!(forging.replies.len(), 1);
    }
}

#[test]
fn exit_codes_with_a_meaning_for_ssm_stay_inside() {
    for code in [137, 168, 169, 194] {
        let looks = vec![
            (
                "a".to_owned(),
                vec![rung(Place::Control, &format!("exit {code}"))],
            ),
            ("b".to_owned(), vec![rung(Place::Admin, "kill -9 $$")]),
        ];
        let asked = answer(&Node::new(), "dash", &looks);
        assert_eq!(
            asked.reply("a").map(|reply| reply.exit).unwrap_or(137),
            code
        );
        assert!(asked.reply("b").is_err());
    }
}

#[test]
fn a_foreign_answer_is_refused() {
    let output = output(
        &Node::new(),
        "dash",
        &one(vec![rung(Place::Control, "echo out")]),
    );
    assert_eq!(read(&output, &Nonce::new([9; 8])), Err(FrameFault::Foreign));
}

#[test]
fn an_answer_is_compressed_where_that_helps() {
    let looks = one(vec![rung(Place::Control, "printf '%099d' 0")]);
    for shell in SHELLS {
        let output = output(&Node::new(), shell, &looks);
        assert!(output.contains(" gz "), "{output}");
        assert_eq!(
            stdout(&read(&output, &nonce()).expect("an answer"), "a").len(),
            99
        );
    }
}

#[test]
fn what_can_not_be_fused_is_said() {
    let fault = |looks: &[(String, Vec<Rung>)]| fuse(looks, &nonce()).expect_err("a fault");
    let control = rung(Place::Control, "true");
    assert_eq!(
        fault(&[("x; reboot".into(), vec![control.clone()])]),
        PlanFault::Name("x; reboot".into())
    );
    assert_eq!(
        fault(&[
            ("a".into(), vec![control.clone()]),
            ("a".into(), vec![control.clone()])
        ]),
        PlanFault::Twice("a".into())
    );
    assert_eq!(fault(&one(vec![])), PlanFault::NoRung("a".into()));
    assert_eq!(
        fault(&one(vec![Rung {
            needs: "a\nb",
            ..control.clone()
        }])),
        PlanFault::Needs("a".into())
    );
    let admin = rung(Place::Admin, "true");
    assert_eq!(
        fault(&one(vec![admin.clone(), control.clone(), admin.clone()])),
        PlanFault::Ladder("a".into())
    );
    assert!(matches!(
        fault(&one(vec![rung(Place::Admin, &"x".repeat(11_000))])),
        PlanFault::TooLong { .. }
    ));
}
