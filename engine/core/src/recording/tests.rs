//! Answers that are kept, written, read and judged by.

mod listed;

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{
    About, Course, Outcome, Question, QuestionId, Recorded, Recording, Spared, Unreadable,
};
use crate::action::{self, Source};
use crate::event::{NodeTarget, RunId, Verdict, Where};
use crate::find::judged;
use crate::frame::{Ident, LookTrace, Place, Reply};
use crate::redact::RedactionKey;
use crate::runbook::Runbook;
use crate::runbook::tests::runbook_of;
use crate::value::{Value, Why};

const PAGE: &str = r#"heeler: 1
name: page
summary: A page
target: node
look:
  map:
    kube: { get: configmaps, namespace: shop, name: limits, extract: { most: { path: data.most, type: integer }, word: { path: data.word, type: text } } }
  space:
    memory: {}
find:
  low:
    when: map.most < 10
    severity: critical
    says: "{{ map.most }} only"
  odd:
    when: map.word == "odd" or map.word is absent
    severity: note
    says: odd
  tight:
    when: space.available < "1MiB"
    severity: note
    says: tight
"#;

fn runbook(text: &str) -> Runbook {
    runbook_of(text, action::all())
}

fn run() -> RunId {
    RunId::new(Uuid::from_u128(0x7000_8000_0000_0000_0001))
}

fn empty() -> Recording {
    let target = NodeTarget {
        node: Some("ip-10-0-1-23".into()),
        ..NodeTarget::of("i-0abc1234def567823".parse().expect("an id"))
    };
    let mut recording = Recording::new(About {
        at: "2026-11-20T12:00:00Z".parse().expect("a time"),
        heeler: "1".into(),
        place: Where::default(),
        target,
    });
    recording.ident = Some(Ident {
        boot_id: "a".into(),
        cluster: None,
        os_version: "1.50.0".into(),
        cpus: 8,
        uptime_s: 60,
    });
    recording
}

/// The questions of a runbook's first wave.
fn questions(runbook: &Runbook) -> Vec<Question> {
    let recording = empty();
    let mut course = Course::new(
        runbook,
        BTreeMap::new(),
        run(),
        recording.about.target.clone(),
    );
    let wave = course.next_wave().expect("a wave");
    let parts = wave
        .iter()
        .flat_map(|(step, ask)| ask.parts().iter().map(move |part| (*step, part)));
    parts
        .filter_map(|(step, part)| Question::of(step, part).ok())
        .collect()
}

fn recorded(outcome: Outcome) -> Recorded {
    Recorded {
        looks: vec!["page: map".into()],
        outcome,
        trace: vec![LookTrace {
            place: None,
            why_not: None,
        }],
        redacted: BTreeMap::new(),
    }
}

fn object(most: &str, word: Json) -> Outcome {
    Outcome::Object(Some(json!({"data": {"most": most, "word": word}})))
}

/// A recording in which the object was answered.
fn with(outcome: Outcome) -> Recording {
    let mut recording = empty();
    let asked = questions(&runbook(PAGE));
    let map = asked.iter().find(|asked| asked.look == "map");
    recording.keep(map.expect("a question").id.clone(), recorded(outcome));
    recording
}

/// What each finding comes to.
fn verdicts(text: &str, recording: &Recording) -> BTreeMap<String, Verdict> {
    let runbook = runbook(text);
    let target = recording.about.target.clone();
    let mut course = Course::new(&runbook, BTreeMap::new(), run(), target);
    while let Some(wave) = course.next_wave() {
        course.take(wave, recording);
    }
    let views = [course.view];
    judged(&runbook, &BTreeMap::new(), run(), &views)
        .into_iter()
        .map(|judged| (judged.rule.name.clone(), judged.verdict))
        .collect()
}

fn why(verdict: &Verdict) -> &Why {
    match verdict {
        Verdict::NotSeen(missing) => &missing.first().expect("a reason").why,
        other => panic!("{other:?} is told"),
    }
}

#[test]
fn what_was_answered_is_judged_and_what_was_not_asked_is_unseen() {
    let kept = with(object("5", json!("odd")));
    let told = verdicts(PAGE, &kept);
    assert!(matches!(&told["low"], Verdict::Holds(text) if text.says == "5 only"));
    assert!(matches!(told["odd"], Verdict::Holds(_)));
    let moment = "2026-11-20 12:00:00 UTC".to_owned();
    assert_eq!(why(&told["tight"]), &Why::NotRecorded(moment));
    // Today's threshold; and another object is another question.
    let told = verdicts(&PAGE.replace("most < 10", "most < 5"), &kept);
    assert_eq!(told["low"], Verdict::RuledOut);
    let told = verdicts(&PAGE.replace("name: limits", "name: others"), &kept);
    assert!(matches!(why(&told["low"]), Why::NotRecorded(_)));
}

#[test]
fn a_question_is_told_by_everything_that_decides_its_answer() {
    let asked = questions(&runbook(PAGE));
    let space = asked.into_iter().find(|asked| asked.look == "space");
    let Source::Node(rungs) = space.expect("a question").source else {
        panic!("it is asked of the node");
    };
    let id = |change: &dyn Fn(&mut action::Rung)| {
        let mut rungs = rungs.clone();
        change(rungs.first_mut().expect("a rung"));
        QuestionId::of(&Source::Node(rungs))
    };
    let same = id(&|_| {});
    assert_eq!(same, QuestionId::of(&Source::Node(rungs.clone())));
    let others = [
        id(&|rung| rung.place = Place::Host),
        id(&|rung| rung.script.push(' ')),
        id(&|rung| rung.limit *= 2),
        id(&|rung| rung.most_bytes += 1),
        id(&|rung| rung.only_where = Some("true".into())),
        QuestionId::of(&Source::Node(Vec::new())),
    ];
    assert!(others.iter().all(|other| *other != same));
}

#[test]
fn a_reply_of_another_rung_is_no_answer() {
    let runbook = runbook(PAGE);
    let asked = questions(&runbook);
    let space = asked.iter().find(|asked| asked.look == "space");
    let id = space.expect("a question").id.clone();
    let reply = |rung, place| Reply {
        look: String::new(),
        rung,
        place,
        before: None,
        exit: 0,
        stdout: b"x".to_vec(),
        stderr: Vec::new(),
        cut: false,
    };
    for reply in [reply(usize::MAX, Place::Control), reply(0, Place::Host)] {
        let mut kept = empty();
        kept.keep(id.clone(), recorded(Outcome::Reply(reply)));
        let told = verdicts(PAGE, &kept);
        let expected = Why::Garbled("the question has no such rung".into());
        assert_eq!(why(&told["tight"]), &expected);
    }
    let mut kept = empty();
    kept.keep(id, recorded(Outcome::Object(None)));
    let told = verdicts(PAGE, &kept);
    let expected = Why::Garbled("it is the answer to another question".into());
    assert_eq!(why(&told["tight"]), &expected);
}

#[test]
fn a_secret_and_what_may_be_one_is_unseen() {
    let key = RedactionKey::new([7; 32]);
    let secret = "AKIAIOSFODNN7EXAMPLQ";
    let spare = |outcome| Spared::of(recorded(outcome), &[], &key).expect("it makes sense");
    let one = spare(object("5", json!(secret)));
    assert_eq!(one.redacted.values().sum::<u64>(), 1);
    let mut kept = empty();
    let asked = questions(&runbook(PAGE));
    let map = asked.iter().find(|asked| asked.look == "map");
    let map = map.expect("a question").id.clone();
    kept.keep(map.clone(), one);
    assert!(!String::from_utf8_lossy(&kept.write()).contains(secret));
    let told = verdicts(PAGE, &kept);
    assert!(matches!(told["low"], Verdict::Holds(_)), "{told:?}");
    assert_eq!(why(&told["odd"]), &Why::TakenOut);
    // What is absent beside it may be what was taken out.
    let mut kept = empty();
    let hidden = json!({"data": {"most": "5"}, "other": secret});
    kept.keep(map.clone(), spare(Outcome::Object(Some(hidden))));
    assert_eq!(why(&verdicts(PAGE, &kept)["odd"]), &Why::TakenOut);
    let kept = with(Outcome::Object(Some(json!({"data": {"most": "5"}}))));
    assert!(matches!(verdicts(PAGE, &kept)["odd"], Verdict::Holds(_)));
    // In what was printed, and in why there is nothing, too.
    let failed = spare(Outcome::Unseen(Why::Failed(format!("key {secret}"))));
    let text = format!("{failed:?}");
    assert!(!text.contains(secret), "{text}");
}

#[test]
fn what_is_written_is_read_again() {
    let mut kept = with(object("5", json!("a\nb")));
    kept.names.insert(
        "10.0.9.4".parse().expect("an address"),
        "shop/checkout".into(),
    );
    kept.unnamed = Some("some addresses have no name: x".into());
    let others = ["11", "22", "33"].map(|two| two.repeat(32).parse().expect("a digest"));
    let [first, second, third]: [QuestionId; 3] = others;
    let reply = Reply {
        look: String::new(),
        rung: 1,
        place: Place::Admin,
        before: Some(Why::NotThere("/proc/x".into())),
        exit: 3,
        stdout: b"a\xff\n\"b\"".to_vec(),
        stderr: b"text".to_vec(),
        cut: true,
    };
    kept.keep(first, recorded(Outcome::Reply(reply)));
    kept.keep(second, recorded(Outcome::Unseen(Why::AdminOff)));
    kept.keep(third, recorded(Outcome::Object(None)));
    let written = kept.write();
    assert_eq!(Recording::read(&written), Ok(kept.clone()));
    // Without its end every whole line counts.
    let lines: Vec<&[u8]> = written.split_inclusive(|byte| *byte == b'\n').collect();
    let last = lines.len() - 1;
    let cut = Recording::read(&lines[..last].concat()).expect("a recording");
    assert!(cut.cut && cut.len() == kept.len());
    let middle = written.len() - lines[last].len() - 3;
    let cut = Recording::read(&written[..middle]).expect("a recording");
    assert!(cut.cut && cut.len() == kept.len() - 1);
}

#[test]
fn what_is_no_recording_is_refused_in_words() {
    let written = String::from_utf8(with(object("5", json!("x"))).write()).expect("text");
    let lines: Vec<&str> = written.lines().collect();
    let [head, answer, end] = lines[..] else {
        panic!("{written}");
    };
    let refused = |lines: &[&str]| {
        let text = lines.join("\n") + "\n";
        match Recording::read(text.as_bytes()) {
            Err(Unreadable::Damaged(why)) => why,
            other => panic!("{lines:?} is read: {other:?}"),
        }
    };
    let id = answer.get(10..74).expect("an id");
    let reply = |rung: &str, stdout: &str| {
        format!(
            "{{\"asked\":\"{id}\",\"reply\":{{\"place\":\"admin\",\"rung\":{rung},\"exit\":0,\"stdout\":{stdout}}}}}"
        )
    };
    assert!(refused(&[""]).starts_with("line 1 of its answers: "));
    assert!(refused(&["{}", answer, end]).contains("heeler-looks"));
    assert!(refused(&[&head.replace("i-0abc", "../../"), answer, end]).starts_with("line 1"));
    assert!(refused(&[head, answer, answer, end]).contains("was answered before"));
    assert!(refused(&[head, &answer.replace(id, "../x"), end]).contains("64 hexadecimal digits"));
    assert!(refused(&[head, "[]", end]).starts_with("line 2 of its answers: "));
    assert!(refused(&[head, &reply("18446744073709551616", "\"\""), end]).contains("line 2"));
    assert!(refused(&[head, &reply("1e999", "\"\""), end]).contains("line 2"));
    assert!(refused(&[head, &reply("-1", "\"\""), end]).contains("line 2"));
    assert!(refused(&[head, &reply("0", "7"), end]).contains("line 2"));
    assert!(refused(&[head, &reply("0", "{\"base64\":\"*\"}"), end]).contains("no base64"));
    assert!(refused(&[head, &"[".repeat(100_000), end]).contains("line 2"));
    assert!(refused(&[head, answer, "{\"end\":2}"]).contains("it says 2 answers"));
    assert!(refused(&[head, answer, end, answer]).contains("behind the end"));
    let newer = written.replacen("\"heeler-looks\":1", "\"heeler-looks\":2", 1);
    assert_eq!(Recording::read(newer.as_bytes()), Err(Unreadable::Newer(2)));
}

#[test]
fn nothing_but_reads_is_asked_and_no_secret() {
    let page = PAGE.replace("get: configmaps", "get: secrets").replace(
        "  space:\n    memory: {}",
        "  space:\n    memory: {}\n  own:\n    run: { at: control, script: \"echo a\" }",
    );
    let page = page.replace("target: node", "target: node\nallow: [control, admin]");
    let page = page.replace("space.available <", "own.exit == 0 and space.available <");
    let asked: Vec<String> = questions(&runbook(&page))
        .into_iter()
        .map(|asked| asked.look)
        .collect();
    assert_eq!(asked, ["space"]);
}

#[test]
fn a_wave_fills_the_view_and_is_told_as_a_run_would() {
    let kept = with(object("5", json!("odd")));
    let runbook = runbook(PAGE);
    let mut course = Course::new(&runbook, BTreeMap::new(), run(), kept.about.target.clone());
    let wave = course.next_wave().expect("a wave");
    assert!(Course::addresses(&wave, &kept).is_empty());
    let events = course.take(wave, &kept);
    assert_eq!(events.len(), 2);
    let map = course.view.looks.get("map").expect("a value");
    assert_eq!(map.get("most"), Some(&Value::Integer(5)));
    assert_eq!(course.view.ident, kept.ident);
}

#[test]
fn what_is_asked_again_later_was_not_kept() {
    let looks = |last: &str| {
        PAGE.replace(
            "  space:\n    memory: {}\n",
            &format!("  map2:\n{last}    kube: {{ get: configmaps, namespace: shop, name: limits, extract: {{ most: {{ path: data.most, type: integer }} }} }}\n"),
        )
        .replace("space.available < \"1MiB\"", "map2.most < 10")
    };
    let kept = with(object("5", json!("odd")));
    // Together it is one question; the one that waits for the other might be told something else.
    let together = verdicts(&looks(""), &kept);
    assert!(
        matches!(together["tight"], Verdict::Holds(_)),
        "{together:?}"
    );
    let told = verdicts(&looks("    after: map\n"), &kept);
    assert!(matches!(told["low"], Verdict::Holds(_)), "{told:?}");
    let moment = "2026-11-20 12:00:00 UTC".to_owned();
    assert_eq!(why(&told["tight"]), &Why::NotRecorded(moment));
}
