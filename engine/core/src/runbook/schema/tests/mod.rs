//! The tables of keys, the readers and the schema say the same. A validator that is not ours is
//! asked in the suite (`language::`).

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};

use super::schema;
use crate::action;
use crate::runbook::Shelf;
use crate::runbook::load::{KEYS, load_among};
use crate::syntax::{Faults, Key, Role, Rule, Shape, Source, Tree, Where, parse_yaml};

/// A runbook in which every key of the language occurs, and the one that it uses.
const FULL: &str = include_str!("../../../../../../tests/language/everything/runbook.yaml");
const HEALTH: &str = include_str!("../../../../../../tests/language/health/runbook.yaml");

fn full() -> Json {
    let source = Source {
        name: "everything".to_owned(),
        text: FULL.to_owned(),
    };
    json_of(&parse_yaml(&source, &mut Faults::of(&source)).expect("well-formed YAML"))
}

fn json_of(tree: &Tree) -> Json {
    match tree {
        Tree::Nothing(_) => Json::Null,
        Tree::Bool(value, _) => json!(value),
        Tree::Number(text) => serde_json::from_str(&text.value).expect("a plain number"),
        Tree::Text(text) => json!(text.value),
        Tree::List(items) => items.value.iter().map(json_of).collect(),
        Tree::Map(entries) => {
            let entries = entries.value.iter();
            entries
                .map(|entry| (entry.key.value.clone(), json_of(&entry.value)))
                .collect()
        }
    }
}

/// A shelf with one runbook.
struct Health;

impl Shelf for Health {
    fn text(&self, name: &str) -> Result<Option<Source>, String> {
        Ok((name == "health").then(|| Source {
            name: name.to_owned(),
            text: HEALTH.to_owned(),
        }))
    }

    fn names(&self) -> Vec<String> {
        vec!["health".to_owned()]
    }
}

/// What no key accepts.
fn nonsense() -> Json {
    json!([[[]]])
}

/// The codes of what is wrong with a runbook.
fn codes(runbook: &Json) -> Vec<&'static str> {
    let source = Source {
        name: "runbook.yaml".to_owned(),
        text: runbook.to_string(),
    };
    match load_among(source, action::all(), &Health) {
        Ok(_) => Vec::new(),
        Err(faults) => faults.into_iter().map(|fault| fault.code).collect(),
    }
}

/// Everything that the tables know: by where it may stand in a runbook, and where it stands in
/// this one.
#[derive(Default)]
struct Places {
    possible: BTreeSet<String>,
    found: Vec<Found>,
}

/// A place of this runbook.
struct Found {
    general: String,
    pointer: String,
    /// The key of a map, and whether it has to be there.
    required: Option<bool>,
    /// How it hangs on the keys beside it.
    rules: &'static [Rule],
}

impl Found {
    /// The map around it.
    fn outer<'d>(&self, document: &'d Json) -> Option<&'d Json> {
        document.pointer(self.pointer.rsplit_once('/')?.0)
    }

    /// A rule says that it has to be there.
    fn is_needed(&self, document: &Json) -> bool {
        self.rules.iter().any(|rule| match rule {
            Rule::Needed(place) => self.outer(document).is_some_and(|map| holds(*place, map)),
            Rule::Only(_) | Rule::Takes(..) => false,
        })
    }
}

fn holds(place: Where, map: &Json) -> bool {
    match place {
        Where::Is(key, words) => map[key].as_str().is_some_and(|word| words.contains(&word)),
        Where::IsNot(key, words) => !holds(Where::Is(key, words), map),
        Where::Beside(key) => map.get(key).is_some(),
        Where::Without(key) => map.get(key).is_none(),
    }
}

impl Places {
    fn walk(&mut self, shape: &Shape, general: &str, here: Option<(&Json, &str)>) {
        match shape {
            Shape::Named(_, shape) => self.walk(shape, general, here),
            Shape::Keys(keys) => {
                for key in *keys {
                    let inner = format!("{general}/{}", key.name);
                    self.step(&key.shape, inner, key.name, here, Some(key));
                }
            }
            Shape::Step { keys, role, .. } => {
                self.walk(&Shape::Keys(keys), general, here);
                for action in action::all() {
                    let shape = match role {
                        Role::Look => action.look_shape(),
                        Role::Change => action.change_shape(),
                    };
                    if let Some(shape) = shape {
                        let inner = format!("{general}/{}", action.name());
                        self.step(&shape, inner, action.name(), here, None);
                    }
                }
            }
            Shape::Entries(entries) => {
                let inner = format!("{general}/*");
                self.walk(entries.value, &inner, None);
                if let Some(key) = entries.beside {
                    let inner = format!("{general}/{}", key.name);
                    self.step(&key.shape, inner, key.name, here, Some(key));
                }
                let is_own = |name: &&String| entries.beside.is_none_or(|key| key.name != *name);
                let names = here.and_then(|(value, _)| value.as_object());
                let names = names.into_iter().flatten().map(|(name, _)| name);
                for name in names.filter(is_own) {
                    self.step(entries.value, inner.clone(), name, here, None);
                }
            }
            Shape::List { of, .. } | Shape::OneOrMore(of) => {
                self.step(of, format!("{general}/-"), "0", here, None);
            }
            _ => {}
        }
    }

    fn step(
        &mut self,
        shape: &Shape,
        general: String,
        name: &str,
        here: Option<(&Json, &str)>,
        key: Option<&Key>,
    ) {
        self.possible.insert(general.clone());
        let pointer = here.map(|(_, outer)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            format!("{outer}/{name}")
        });
        let value = here.and_then(|(value, _)| {
            value
                .get(name)
                .or_else(|| value.get(name.parse::<usize>().ok()?))
        });
        let inner = value.zip(pointer.as_deref());
        self.walk(shape, &general, inner);
        if let (Some(_), Some(pointer)) = (value, pointer) {
            self.found.push(Found {
                general,
                pointer,
                required: key.map(Key::is_required),
                rules: key.map_or(&[], |key| key.rules),
            });
        }
    }
}

fn places(runbook: &Json) -> Places {
    let mut places = Places::default();
    places.walk(&Shape::Keys(KEYS), "", Some((runbook, "")));
    places
}

#[test]
fn every_key_is_read() {
    let full = full();
    assert_eq!(codes(&full), [""; 0]);
    let places = places(&full);
    let found: BTreeSet<String> = places
        .found
        .iter()
        .map(|found| found.general.clone())
        .collect();
    let missing: Vec<_> = places.possible.difference(&found).collect();
    assert!(
        missing.is_empty(),
        "add them to tests/language/everything: {missing:?}"
    );
    for place in &places.found {
        let mut wrong = full.clone();
        *wrong.pointer_mut(&place.pointer).expect("it was found") = nonsense();
        assert!(!codes(&wrong).is_empty(), "{} is not read", place.pointer);
    }
}

#[test]
fn keys_are_needed_where_the_table_says_so() {
    let full = full();
    for place in places(&full).found {
        let Some(required) = place.required else {
            continue;
        };
        let (outer, name) = place.pointer.rsplit_once('/').expect("a pointer");
        let mut without = full.clone();
        let map = without.pointer_mut(outer).and_then(Json::as_object_mut);
        map.expect("a map").remove(name);
        let complains = codes(&without).contains(&"missing-key");
        // An empty entry of `evidence` is refused with a code of its own.
        let needed = place.is_needed(&full) && !place.general.ends_with("/proves");
        assert_eq!(complains, required || needed, "{}", place.pointer);
    }
}

#[test]
fn unknown_keys_are_refused_in_every_map_that_has_known_ones() {
    let full = full();
    let mut maps = 0;
    for place in places(&full).found {
        let Some((outer, _)) = place.pointer.rsplit_once('/') else {
            continue;
        };
        if place.required.is_none() {
            continue;
        }
        let mut more = full.clone();
        let map = more.pointer_mut(outer).and_then(Json::as_object_mut);
        map.expect("a map").insert("surprise".to_owned(), json!({}));
        assert!(!codes(&more).is_empty(), "{outer}");
        maps += 1;
    }
    assert!(maps > 30, "{maps}");
}

#[test]
fn defaults_are_what_the_key_accepts() {
    fn check(shape: &Shape, seen: &mut usize) {
        let keys = match shape {
            Shape::Keys(keys) | Shape::Step { keys, .. } => keys,
            Shape::Named(_, shape) | Shape::OneOrMore(shape) => return check(shape, seen),
            Shape::List { of, .. } => return check(of, seen),
            Shape::Entries(entries) => return check(entries.value, seen),
            _ => return,
        };
        for key in *keys {
            check(&key.shape, seen);
            let Some(default) = key.default() else {
                continue;
            };
            *seen += 1;
            let good = match key.shape {
                Shape::Integer { least, most } => default
                    .parse()
                    .is_ok_and(|number: i64| (least..=most).contains(&number)),
                Shape::Duration(limits) => {
                    let span = |text| crate::syntax::duration(text).expect("a duration");
                    limits.is_none_or(|(least, most)| {
                        (span(least)..=span(most)).contains(&span(default))
                    })
                }
                Shape::Spelt(spelling) => spelling.fits(default),
                Shape::Boolean => matches!(default, "true" | "false"),
                Shape::Word(words) => words().iter().any(|(word, _)| *word == default),
                _ => true,
            };
            assert!(good, "{}: {default}", key.name);
        }
    }
    let mut seen = 0;
    check(&Shape::Keys(KEYS), &mut seen);
    for action in action::all() {
        let shapes = [action.look_shape(), action.change_shape()];
        shapes
            .iter()
            .flatten()
            .for_each(|shape| check(shape, &mut seen));
    }
    assert!(seen >= 5, "{seen}");
}

#[test]
fn the_schema_is_whole() {
    let schema = schema(action::all());
    let again = super::schema(action::all());
    assert_eq!(schema.to_string(), again.to_string());
    let (mut references, mut objects) = (BTreeSet::new(), 0);
    visit(&schema, &mut |part| {
        if let Some(name) = part.get("$ref").and_then(Json::as_str) {
            references.insert(name.to_owned());
        }
        if part.get("type") == Some(&json!("object")) {
            objects += 1;
            assert_eq!(
                part.get("additionalProperties"),
                Some(&json!(false)),
                "{part}"
            );
        }
        let is_whole = part.get("type").is_some();
        for (name, property) in part
            .get("properties")
            .filter(|_| is_whole)
            .and_then(Json::as_object)
            .into_iter()
            .flatten()
        {
            let is_told = property
                .get("description")
                .or(property.get("$ref"))
                .is_some();
            assert!(is_told, "{name}");
        }
    });
    assert!(objects > 15, "{objects}");
    for name in &references {
        let pointer = name.trim_start_matches('#');
        assert!(schema.pointer(pointer).is_some(), "{name}");
    }
    let defs = schema["$defs"].as_object().expect("definitions");
    for name in defs.keys() {
        assert!(
            references.contains(&format!("#/$defs/{name}")),
            "{name} is not used"
        );
    }
    for action in action::all() {
        let name = action.name();
        let role = |role: &str| defs.contains_key(&format!("{role}-{name}"));
        assert_eq!(role("look"), action.look_shape().is_some(), "{name}");
        assert_eq!(role("change"), action.change_shape().is_some(), "{name}");
    }
}

fn visit(part: &Json, see: &mut impl FnMut(&Json)) {
    see(part);
    match part {
        Json::Array(items) => items.iter().for_each(|item| visit(item, see)),
        Json::Object(fields) => fields.values().for_each(|field| visit(field, see)),
        _ => {}
    }
}
