//! What looks come to on a node: texts, lists, deadlines, hops and what the caller allows.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::action::{self, Action, Look, Rung, Source, Target};
use crate::event::NodeTarget;
use crate::find::View;
use crate::frame::{Place, Reply};
use crate::plan::{Ask, Bounds, MOST_ITEMS, Part, ask, needed};
use crate::runbook::tests::runbook_of;
use crate::runbook::{LookStep, Runbook};
use crate::syntax::{Faults, Shape, Tree};
use crate::value::{Bytes, Kind, Unseen, Value, Why};

const PAGE: &str = r#"heeler: 1
name: page
summary: A page
target: node
allow: [control, admin]
inputs:
  unit: { type: text, default: kubelet, help: A unit }
look:
  free:
    memory: {}
  found:
    list: {}
  probe:
    run: { at: control, script: "echo {{ inputs.unit }} {{ free.total }}" }
  log:
    within: 3s
    only-if: free.total > "1KiB"
    dmesg: { pattern: x }
  full:
    disk: { path: "{{ inputs.unit }}" }
  logs:
    for-each: found.names
    kube: { get: pods, name: "{{ each }}", namespace: "{{ inputs.unit }}", extract: { a: { path: a, type: text } } }
find:
  f: { when: "any(logs, each.a == \"x\") and probe.exit == 0 and log.lines > 0 and full.used_share > 0.5", severity: note, says: x }
"#;

/// A look that answers a list.
struct List;

impl Action for List {
    fn name(&self) -> &'static str {
        "list"
    }

    fn summary(&self) -> &'static str {
        "A list."
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(&[]))
    }

    fn look(&self, _: &Tree, _: &mut Faults) -> Option<Box<dyn Look>> {
        Some(Box::new(ListLook))
    }
}

#[derive(Debug)]
struct ListLook;

impl Look for ListLook {
    fn kind(&self) -> Kind {
        Kind::record([("names", Kind::List(Box::new(Kind::Text)), "")])
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Node(Vec::new()))
    }

    fn read(&self, _: &Reply, _: &Target) -> Result<Value, Why> {
        Err(Why::Truncated)
    }
}

fn page() -> Runbook {
    let actions = [&[&List as &dyn Action], action::all()].concat();
    runbook_of(PAGE, &actions)
}

fn view() -> View {
    let mut view = View::new(NodeTarget {
        node: Some("ip-10-0-1-23".into()),
        ..NodeTarget::of("i-0abc1234def567823".parse().expect("an id"))
    });
    let free = Value::record([("total", Value::Bytes(Bytes(4096)))]);
    view.looks.insert("free".into(), free);
    view
}

fn with_names(count: usize) -> View {
    let mut view = view();
    let names = (0..count).map(|number| Value::text(format!("pod-{number}")));
    let found = Value::record([("names", Value::List(names.collect()))]);
    view.looks.insert("found".into(), found);
    view
}

fn step<'r>(runbook: &'r Runbook, name: &str) -> &'r LookStep {
    let mut named = runbook.looks.iter().filter(|step| step.name == name);
    named.next().expect("a look")
}

fn asked(name: &str, view: &View, unit: &str, bounds: Bounds) -> Ask {
    let runbook = page();
    let inputs = BTreeMap::from([("unit".to_owned(), Value::text(unit))]);
    let worlds = view.worlds(&runbook, &inputs, crate::event::samples::run());
    ask(step(&runbook, name), view, &worlds, &bounds)
}

fn rungs(ask: &Ask) -> &[Rung] {
    match ask.parts() {
        [
            Part {
                source: Ok(Source::Node(rungs)),
                ..
            },
        ] => rungs,
        other => panic!("{other:?}"),
    }
}

fn unseen(look: &str, why: Why) -> Vec<Unseen> {
    let look = look.to_owned();
    vec![Unseen { look, why }]
}

const UNCONFINED: Bounds = Bounds {
    unconfined: true,
    deadline: None,
};

#[test]
fn values_become_words_of_a_script() {
    let ask = asked("probe", &view(), "it's; reboot", UNCONFINED);
    let script = &rungs(&ask)[0].script;
    assert!(
        script.contains("echo 'it'\\''s; reboot' '4096'\n"),
        "{script}"
    );
}

#[test]
fn a_look_whose_text_is_not_seen_is_not_seen_for_that_reason() {
    let mut view = view();
    let off = unseen("free", Why::AdminOff);
    view.looks.insert("free".into(), Value::Unseen(off.clone()));
    let ask = asked("probe", &view, "x", UNCONFINED);
    let runbook = page();
    let value = ask.value(step(&runbook, "probe"), |_| panic!("nobody was asked"));
    assert_eq!(value, Value::Unseen(off));
    let total = Value::record([("total", Value::Absent)]);
    view.looks.insert("free".into(), total);
    let ask = asked("probe", &view, "x", UNCONFINED);
    let gone = unseen("free", Why::NotThere("`free.total`".into()));
    assert!(
        matches!(ask.parts(), [Part { source: Err(why), .. }] if *why == gone),
        "{ask:?}"
    );
}

#[test]
fn what_makes_no_question_is_not_asked() {
    let ask = asked("full", &view(), "var", Bounds::default());
    let why = unseen("full", Why::Unusable("`var` is no path of the host".into()));
    assert!(matches!(ask.parts(), [Part { source: Err(found), .. }] if *found == why));
}

#[test]
fn a_script_is_asked_only_where_the_caller_allows_it() {
    let refused = Ask::Not(unseen("probe", Why::Unconfined));
    assert_eq!(asked("probe", &view(), "x", Bounds::default()), refused);
    assert!(matches!(
        asked("probe", &view(), "x", UNCONFINED),
        Ask::Once(_)
    ));
    let ask = asked("log", &view(), "x", Bounds::default());
    assert!(matches!(ask, Ask::Once(_)), "everything else goes on");
}

#[test]
fn a_condition_that_does_not_hold_comes_first() {
    let not_asked = Ask::Not(unseen("log", Why::NotAsked));
    let mut view = view();
    view.looks.clear();
    assert_eq!(asked("log", &view, "x", Bounds::default()), not_asked);
}

#[test]
fn time_is_the_least_of_all_limits() {
    let limit = |left: Option<u64>| {
        let deadline = left.map(|left| {
            let whole = Duration::from_secs(60);
            (whole, whole - Duration::from_secs(left))
        });
        let bounds = Bounds {
            unconfined: false,
            deadline,
        };
        rungs(&asked("log", &view(), "x", bounds))[0]
            .limit
            .as_secs()
    };
    assert_eq!(limit(None), 3, "the step's own");
    assert_eq!(limit(Some(2)), 2, "what is left to the run");
    assert_eq!(limit(Some(50)), 3);
    let late = Bounds {
        unconfined: false,
        deadline: Some((Duration::from_secs(120), Duration::from_secs(121))),
    };
    let ask = asked("log", &view(), "x", late);
    assert_eq!(ask, Ask::Not(unseen("log", Why::Deadline(120))));
    assert_eq!(
        Why::Deadline(180).to_string(),
        "the run's deadline of 3 min passed"
    );
}

#[test]
fn a_ladder_ends_where_the_runbook_says() {
    let ask = asked("full", &view(), "/var", Bounds::default());
    let places: Vec<Place> = rungs(&ask).iter().map(|rung| rung.place).collect();
    assert_eq!(places, [Place::Control], "the host is not allowed");
    let ask = asked("full", &view(), "/etc", Bounds::default());
    let why = unseen("full", Why::HopForbidden("host".into()));
    assert!(matches!(ask.parts(), [Part { source: Err(found), .. }] if *found == why));
}

#[test]
fn each_item_is_a_question_of_its_own() {
    let runbook = page();
    let logs = step(&runbook, "logs");
    let ask = asked("logs", &with_names(3), "shop", Bounds::default());
    let names: Vec<&str> = ask.parts().iter().map(|part| part.name.as_str()).collect();
    assert_eq!(names, ["logs__0", "logs__1", "logs__2"]);
    let value = ask.value(logs, |part| match &part.source {
        Ok(Source::Kube(get)) if get.name.as_deref() == Some("pod-1") => Err(Why::Truncated),
        Ok(Source::Kube(get)) => {
            assert_eq!(get.namespace.as_deref(), Some("shop"));
            Ok(Value::record([("a", Value::text("x"))]))
        }
        other => panic!("{other:?}"),
    });
    let Value::List(items) = &value else {
        panic!("{value}")
    };
    assert_eq!(items[0].get("a"), Some(&Value::text("x")));
    assert_eq!(items[1].get("each"), Some(&Value::text("pod-1")));
    let cut = Value::Unseen(unseen("logs", Why::Truncated));
    assert_eq!(items[1].get("a"), Some(&cut), "only this one is not seen");
    let none = asked("logs", &with_names(0), "shop", Bounds::default());
    assert_eq!(
        none.value(logs, |_| panic!("nobody")),
        Value::List(Vec::new())
    );
    let not_seen = asked("logs", &view(), "shop", Bounds::default());
    let why = unseen("found", Why::NotAsked);
    assert_eq!(not_seen, Ask::Not(why));
}

#[test]
fn items_beyond_the_limit_are_not_seen() {
    let runbook = page();
    let logs = step(&runbook, "logs");
    let ask = asked(
        "logs",
        &with_names(MOST_ITEMS + 30),
        "shop",
        Bounds::default(),
    );
    assert_eq!(ask.parts().len(), MOST_ITEMS);
    let quiet = |_: &Part| Ok(Value::record([("a", Value::text("y"))]));
    let mut view = view();
    let value = ask.value(logs, quiet);
    let Value::List(items) = &value else {
        panic!("{value}")
    };
    let left_out = Value::Unseen(unseen("logs", Why::LeftOut(30)));
    assert_eq!(items.last(), Some(&left_out));
    view.looks.insert("logs".into(), value);
    let world = view.world(&runbook, &BTreeMap::new(), crate::event::samples::run());
    // None of those that were asked holds: that says nothing of the others.
    let missing = runbook.findings[0]
        .when
        .holds(&world)
        .expect_err("nobody knows");
    assert!(
        missing.contains(&unseen("logs", Why::LeftOut(30))[0]),
        "{missing:?}"
    );
}

#[test]
fn what_a_name_needs_is_asked_with_it() {
    let runbook = page();
    let mut names = needed(&runbook.looks, ["logs".to_owned(), "inputs".to_owned()]);
    names.sort();
    assert_eq!(names, ["found", "logs"]);
}
