//! What is asked again, and whose answer counts, without a node.

use heeler_core::action;
use heeler_core::frame::{Ident, Place};
use heeler_core::runbook::{self, Runbook};
use heeler_core::syntax::Source as Text;

use super::*;
use crate::world::port::Ran;

const PAGE: &str = "heeler: 1
name: page
summary: x
target: node
look:
  patient: { retry: 2, memory: {} }
  proud: { disk: { path: /local } }
find:
  f: { when: patient.total > proud.size, severity: note, says: x }
";

fn page() -> Runbook {
    let source = Text {
        name: "runbook.yaml".into(),
        text: PAGE.into(),
    };
    runbook::load(source, action::all()).expect("a good runbook")
}

fn instance() -> InstanceId {
    "i-0abc1234def567823".parse().expect("an id")
}

fn asks(runbook: &Runbook) -> NodeAsks<'_> {
    let asks = runbook.looks.iter().map(|step| {
        let target = action::Target::default();
        let part = Part {
            name: step.name.clone(),
            each: None,
            source: step.look.source(&target).map_err(|_| Vec::new()),
            target,
        };
        (step, Ask::Once(Box::new(part)))
    });
    NodeAsks {
        instance: instance(),
        asks: asks.collect(),
    }
}

fn silence(passing: bool) -> Result<Answer, Silence> {
    Err(Silence {
        text: "no answer".into(),
        ran: Ran::Unknown,
        passing,
    })
}

fn answer() -> Result<Answer, Silence> {
    Ok(Answer {
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
    })
}

fn pass(names: &[&str], answer: Result<Answer, Silence>) -> Pass {
    let names = names.iter().map(|name| (*name).to_owned()).collect();
    Pass {
        asked: BTreeMap::from([(instance(), names)]),
        answers: BTreeMap::from([(instance(), answer)]),
    }
}

fn names(looks: &Looks) -> Vec<&str> {
    looks.iter().map(|(name, _)| name.as_str()).collect()
}

#[test]
fn what_nobody_answered_is_asked_again_as_often_as_the_runbook_says() {
    let runbook = page();
    let asks = asks(&runbook);
    let mut heard = Heard::default();
    assert_eq!(names(&asks.open(0, &heard)), ["patient", "proud"]);
    heard
        .passes
        .push(pass(&["patient", "proud"], silence(true)));
    assert_eq!(asks.lost(&heard), 2);
    assert_eq!(names(&asks.open(1, &heard)), ["patient"]);
    heard.passes.push(pass(&["patient"], silence(true)));
    assert_eq!(names(&asks.open(2, &heard)), ["patient"]);
    assert_eq!(names(&asks.open(3, &heard)), Vec::<&str>::new());
    heard.passes.push(pass(&["patient"], answer()));
    assert_eq!(names(&asks.open(2, &heard)), Vec::<&str>::new());
}

#[test]
fn what_was_answered_or_is_over_for_good_is_never_asked_again() {
    let runbook = page();
    let asks = asks(&runbook);
    for last in [answer(), silence(false)] {
        let heard = Heard {
            passes: vec![pass(&["patient", "proud"], last)],
            ..Heard::default()
        };
        assert_eq!(names(&asks.open(1, &heard)), Vec::<&str>::new());
        assert_eq!(asks.lost(&heard), 0);
    }
}

#[test]
fn a_command_is_no_failure_yet_only_where_all_of_it_is_asked_again() {
    let runbook = page();
    let asks = asks(&runbook);
    let both = asks.open(0, &Heard::default());
    assert!(!asks.may_retry(&both, 0));
    let patient: Looks = both.into_iter().take(1).collect();
    assert!(asks.may_retry(&patient, 0));
    assert!(asks.may_retry(&patient, 1));
    assert!(!asks.may_retry(&patient, 2), "that was the last time");
}

#[test]
fn the_last_command_that_asked_for_it_counts() {
    let mut heard = Heard {
        passes: vec![
            pass(&["patient", "proud"], silence(true)),
            pass(&["patient"], answer()),
        ],
        ..Heard::default()
    };
    assert!(heard.of(&instance(), "patient").is_ok());
    assert_eq!(
        heard.of(&instance(), "proud").map(|_| ()),
        Err(Why::NoAnswer("no answer".into()))
    );
    assert_eq!(
        heard.of(&instance(), "stranger").map(|_| ()),
        Err(Why::NotAsked)
    );
    let key = (instance(), "patient".to_owned());
    let why = Why::Unusable("too long".into());
    heard.unfit.insert(key, why.clone());
    assert_eq!(heard.of(&instance(), "patient").map(|_| ()), Err(why));
}

#[test]
fn nodes_that_are_asked_the_same_share_a_command() {
    let runbook = page();
    let views: Vec<View> = ["i-0abc1234def567823", "i-0abc1234def567824"]
        .map(|id| View::new(NodeTarget::of(id.parse().expect("an id"))))
        .into();
    let plans = [asks(&runbook), asks(&runbook)];
    let shared: Vec<Batches> = plans
        .iter()
        .map(|plan| plan::batches(&plan.open(0, &Heard::default())))
        .collect();
    let questions = group(&plans, &views, &shared, 0, 0);
    assert_eq!(questions.len(), 1);
    assert_eq!(questions[0].targets.len(), 2);
    let asked = asked(&questions);
    assert_eq!(asked.len(), 2);
    assert!(asked.values().all(|names| names.contains("proud")));
    assert_eq!(group(&plans, &views, &shared, 1, 0).len(), 0);
    let places: Vec<Place> = questions[0]
        .looks
        .iter()
        .flat_map(|(_, rungs)| rungs.iter().map(|rung| rung.place))
        .collect();
    assert_eq!(places, [Place::Control, Place::Control, Place::Host]);
}
