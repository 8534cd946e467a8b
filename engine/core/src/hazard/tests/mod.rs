//! Each danger's case, by way of the actions and the plan; and what the data must be like.

mod elsewhere;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{Circumstances, Elsewhere, Example, Hazard, PULL, Then, all, of, slow_pull};
use crate::action::tests::{OnNode, change};
use crate::plan::{Step, effects};
use crate::value::Value;

fn names(services: &[&str]) -> Vec<String> {
    services.iter().map(|name| (*name).to_owned()).collect()
}

/// The change of an example, and what it sets.
fn read(example: &Example) -> (OnNode, String) {
    let (action, parameters) = example.change;
    let change = change(action, parameters).expect("a good change");
    let texts = change.texts().into_iter();
    let values: Vec<Value> = texts.map(|text| Value::text(&text.value)).collect();
    let to = change.wanted(&values).expect("a value");
    (change, to)
}

fn hazards(example: &Example) -> Vec<&'static str> {
    let (change, to) = read(example);
    let found = of(&Circumstances {
        touched: &change.touches(example.from, &to),
        services: &names(example.services),
        earlier: &names(example.earlier),
        os_version: example.os_version,
    });
    found.into_iter().map(|hazard| hazard.name).collect()
}

/// What a plan says of an example.
fn plan(example: &Example) -> Result<Vec<String>, String> {
    let (change, to) = read(example);
    let step = Step {
        change: &*change,
        from: example.from,
        to: &to,
        back: example.from,
    };
    let (services, earlier) = (names(example.services), names(example.earlier));
    effects(&step, &services, &earlier, example.os_version)
}

#[test]
fn each_is_found_where_it_is_and_nowhere_else() {
    for hazard in all() {
        for example in hazard.has {
            let found = hazards(example);
            assert!(found.contains(&hazard.name), "{example:?}: {found:?}");
        }
        for example in hazard.spares {
            let found = hazards(example);
            assert!(!found.contains(&hazard.name), "{example:?}: {found:?}");
        }
    }
}

#[test]
fn a_plan_is_refused_or_says_so() {
    for hazard in all() {
        for example in hazard.has {
            match (hazard.then, plan(example)) {
                (Then::Refuse(why), Err(refused)) => {
                    assert!(refused.ends_with(why), "{refused}");
                    let subject = read(example).0.subject();
                    assert!(refused.starts_with(&subject), "{refused}");
                }
                (Then::Warn(line), Ok(lines)) => {
                    assert!(lines.iter().any(|told| told == line), "{lines:?}");
                }
                (_, other) => panic!("{}: {example:?}: {other:?}", hazard.name),
            }
        }
    }
}

#[test]
fn a_plan_that_nothing_endangers_says_nothing() {
    let time_wait = "{ net.netfilter.nf_conntrack_tcp_timeout_time_wait: 60s }";
    let example = Example {
        from: "120",
        ..Example::of("sysctl", time_wait)
    };
    assert_eq!(plan(&example), Ok(Vec::new()));
}

#[test]
fn what_is_told_of_a_pull_is_what_is_waited_for() {
    let Then::Warn(line) = slow_pull::HAZARD.then else {
        panic!("it is told");
    };
    assert!(line.ends_with(&format!("{} s", PULL.as_secs())), "{line}");
}

#[test]
fn each_has_a_file_of_its_name() {
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hazard");
    let files = fs::read_dir(files).expect("a folder").map(|entry| {
        let name = entry.expect("an entry").file_name().into_string();
        name.expect("a name")
    });
    let others = [
        "mod.rs",
        "tests",
        "circumstances.rs",
        "elsewhere.rs",
        "versions.rs",
    ];
    let files: BTreeSet<String> = files.filter(|name| !others.contains(&&**name)).collect();
    let of_changes = all().iter().map(|hazard| hazard.name);
    let names = of_changes.chain(super::elsewhere().iter().map(|hazard| hazard.name));
    let named: Vec<String> = names.map(|name| name.replace('-', "_") + ".rs").collect();
    assert_eq!(named.len(), files.len());
    assert_eq!(named.into_iter().collect::<BTreeSet<String>>(), files);
}

fn is_a_line(text: &str) -> bool {
    !text.is_empty() && !text.ends_with('.') && !text.contains("  ")
}

#[test]
fn each_has_a_case_and_all_that_people_need() {
    let told = |hazard: &Hazard| {
        let (Then::Refuse(words) | Then::Warn(words)) = hazard.then;
        [
            hazard.title,
            hazard.concerns,
            hazard.found_by,
            hazard.safe_way,
            hazard.source,
            words,
        ]
    };
    for hazard in all() {
        for text in told(hazard) {
            assert!(is_a_line(text), "{}: `{text}`", hazard.name);
        }
        assert!(!hazard.has.is_empty() && !hazard.spares.is_empty());
    }
    let told = |hazard: &Elsewhere| {
        [
            hazard.title,
            hazard.concerns,
            hazard.found_by,
            hazard.safe_way,
            hazard.source,
        ]
    };
    for hazard in super::elsewhere() {
        for text in told(hazard) {
            assert!(is_a_line(text), "{}: `{text}`", hazard.name);
        }
        assert!(!hazard.shown_by.is_empty(), "{}", hazard.name);
    }
}

#[test]
fn those_that_refuse_come_first() {
    let refuses = |hazard: &&&Hazard| matches!(hazard.then, Then::Refuse(_));
    let first = all().iter().take_while(refuses).count();
    assert_eq!(all().iter().filter(refuses).count(), first);
}
