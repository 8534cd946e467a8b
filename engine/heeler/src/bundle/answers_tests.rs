//! What answers may cost, and what is told of those that are missing.

use heeler_core::action;
use heeler_core::event::{NodeTarget, RunId, Verdict, Where};
use heeler_core::find::judged;
use heeler_core::frame::Ident;
use heeler_core::recording::{About, Course};
use heeler_core::runbook::{self, Runbook};
use heeler_core::syntax::Source;
use heeler_core::value::Unseen;
use serde_json::json;
use uuid::Uuid;

use super::*;

/// So many looks has a runbook at most.
const MOST_LOOKS: usize = 100;

/// A runbook with so many looks, each at an object of its own.
fn page(looks: std::ops::Range<usize>) -> Runbook {
    let first = looks.start;
    let look = |number| {
        format!(
            "  a{number}: {{ kube: {{ get: configmaps, namespace: b, name: c{number}, extract: {{ d: {{ path: e, type: text }} }} }} }}\n"
        )
    };
    let looks: String = looks.map(look).collect();
    let text = format!(
        "heeler: 1\nname: page\nsummary: A page\ntarget: node\nlook:\n{looks}find:\n  f: {{ when: a{first}.d == \"x\", severity: note, says: x }}\n"
    );
    let name = "runbook.yaml".into();
    runbook::load(Source { name, text }, action::all()).expect("a runbook")
}

fn about() -> About {
    About {
        at: "2026-11-20T12:00:00Z".parse().expect("a time"),
        heeler: "1".into(),
        place: Where::default(),
        target: NodeTarget {
            node: Some("a".into()),
            ..NodeTarget::of("i-0abc1234def567823".parse().expect("an id"))
        },
    }
}

/// What runbooks with so many looks together ask, and what is kept of it.
fn asked(looks: usize, check: impl FnOnce(&mut Kept<'_>, Vec<Open>)) -> Looked {
    let pages = (0..looks).step_by(MOST_LOOKS);
    let books: Vec<Book> = pages
        .map(|first| Book {
            runbook: page(first..looks.min(first + MOST_LOOKS)),
            is_named: false,
        })
        .collect();
    let key = RedactionKey::new([1; 32]);
    let mut kept = Kept::new(Recording::new(about()), &key);
    let run = RunId::new(Uuid::now_v7());
    let course = |book| Course::new(book, BTreeMap::new(), run, about().target);
    let runbooks = books.iter().map(|book| &book.runbook);
    let waves: Vec<_> = runbooks.map(|book| course(book).next_wave()).collect();
    let open = kept.open(&books, &waves);
    assert!(kept.open(&books, &waves).is_empty(), "it is asked twice");
    check(&mut kept, open);
    kept.looked()
}

#[test]
fn there_are_only_so_many_questions() {
    let looked = asked(MOST_QUESTIONS + 7, |_, open| {
        assert_eq!(open.len(), MOST_QUESTIONS);
    });
    let [(what, why)] = &looked.missing[..] else {
        panic!("{:?}", looked.missing);
    };
    assert!(what.ends_with(" and 2 more"), "{what}");
    assert_eq!(why, "more than 256 questions");
    assert_eq!(looked.member, None);
}

#[test]
fn an_object_and_all_of_them_have_a_limit() {
    let looked = asked(1, |kept, open| {
        let large = json!({"e": "x".repeat(MOST_OBJECT)});
        open.into_iter()
            .for_each(|one| kept.object(one, Ok(Some(large.clone()))));
    });
    assert_eq!(looked.member, None);
    assert!(looked.missing[0].1.contains("more than 524288 bytes"));
    let looked = asked(20, |kept, open| {
        let large = json!({"e": "x".repeat(MOST_OBJECT - 100)});
        open.into_iter()
            .for_each(|one| kept.object(one, Ok(Some(large.clone()))));
    });
    let member = looked.member.expect("a member");
    let most = MOST_BYTES + 20 * 1_000;
    assert!(member.len() > MOST_OBJECT && member.len() < most);
    assert!(looked.missing[0].1.contains("more than 4194304 bytes"));
}

/// The only finding of a runbook with two looks, by what is kept.
fn verdict(member: &[u8]) -> Verdict {
    let recording = Recording::read(member).expect("a recording");
    let (runbook, run) = (page(0..2), RunId::new(Uuid::now_v7()));
    let mut course = Course::new(&runbook, BTreeMap::new(), run, about().target);
    while let Some(wave) = course.next_wave() {
        course.take(wave, &recording);
    }
    let views = [course.view];
    let judged = judged(&runbook, &BTreeMap::new(), run, &views);
    judged.into_iter().next().expect("a finding").verdict
}

fn unseen(why: Why) -> Verdict {
    let look = "a0".to_owned();
    Verdict::NotSeen(vec![Unseen { look, why }])
}

/// What is kept where the first look came to nothing like this, and another one was answered.
fn first(came_to: impl Fn(&mut Kept<'_>, Open)) -> Vec<u8> {
    let looked = asked(2, |kept, open| {
        for one in open {
            match one.question.look.as_str() {
                "a0" => came_to(kept, one),
                _ => kept.object(one, Ok(None)),
            }
        }
    });
    looked.member.expect("a member")
}

#[test]
fn what_was_asked_and_not_answered_is_told_from_what_was_not_asked() {
    let silent = first(|kept, open| kept.unanswered(&open, "x", Why::NoAnswer("x".to_owned())));
    assert_eq!(verdict(&silent), unseen(Why::NoAnswer("x".to_owned())));
    // In a node's answer, a look that did not come to its end.
    let answer = Answer {
        held: None,
        ident: Ident {
            boot_id: "b".into(),
            cluster: None,
            os_version: "1.50.0".into(),
            cpus: 2,
            uptime_s: 9,
        },
        replies: BTreeMap::new(),
        traces: BTreeMap::new(),
    };
    let cut = first(|kept, open| kept.reply(open, "look_1", &answer));
    let Verdict::NotSeen(reasons) = verdict(&cut) else {
        panic!("it is told");
    };
    assert!(matches!(reasons[0].why, Why::NoAnswer(_)), "{reasons:?}");
    let large = json!({"e": "x".repeat(MOST_OBJECT)});
    let large = first(|kept, open| kept.object(open, Ok(Some(large.clone()))));
    assert_eq!(verdict(&large), unseen(Why::Truncated));
    let unasked = first(|kept, open| kept.miss(&open, "x"));
    let moment = "2026-11-20 12:00:00 UTC".to_owned();
    assert_eq!(verdict(&unasked), unseen(Why::NotRecorded(moment)));
}

#[test]
fn where_nothing_was_answered_there_are_no_answers() {
    let looked = asked(2, |kept, open| {
        for one in open {
            kept.unanswered(&one, "silence", Why::NoAnswer("silence".to_owned()));
        }
    });
    assert_eq!(looked.member, None);
    let [(what, why)] = &looked.missing[..] else {
        panic!("{:?}", looked.missing);
    };
    assert!(
        what.contains("page: a0") && what.contains("page: a1"),
        "{what}"
    );
    assert_eq!(why, "silence");
}
