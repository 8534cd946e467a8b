//! One shape as JSON Schema, and the definitions that it refers to.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::hang;
use crate::action::Action;
use crate::syntax::{Entries, Key, Role, Shape, Spelling};

/// Writes shapes, and keeps what has a name of its own.
pub(super) struct Writer<'a> {
    actions: &'a [&'static dyn Action],
    defs: BTreeMap<String, Json>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(actions: &'a [&'static dyn Action]) -> Writer<'a> {
        Writer {
            actions,
            defs: BTreeMap::new(),
        }
    }

    /// What was referred to, by name.
    pub(super) fn into_defs(self) -> BTreeMap<String, Json> {
        self.defs
    }

    /// The schema of a value.
    pub(super) fn value(&mut self, shape: &Shape) -> Json {
        match shape {
            Shape::Text => reference("text"),
            Shape::Template => reference("template"),
            Shape::Condition => reference("condition"),
            Shape::ListExpression => reference("list"),
            Shape::Filled(spelling) => json!({ "anyOf": [
                spelt(*spelling),
                { "type": "string", "pattern": r"\{\{" },
            ] }),
            Shape::Duration(_) => reference("duration"),
            Shape::Spelt(spelling) => spelt(*spelling),
            Shape::Word(words) => {
                let words = words().into_iter().flat_map(|(word, _)| spellings(word));
                json!({ "enum": words.collect::<Vec<Json>>() })
            }
            Shape::Boolean => json!({ "type": "boolean" }),
            Shape::Integer { least, most } => {
                json!({ "type": "integer", "minimum": least, "maximum": most })
            }
            Shape::List { of, least } => {
                let items = self.value(of);
                let mut list = json!({ "type": "array", "items": items });
                bound(
                    &mut list,
                    "minItems",
                    Some(*least).filter(|least| *least > 0),
                );
                list
            }
            Shape::OneOrMore(of) => {
                let one = self.value(of);
                json!({ "anyOf": [one, { "type": "array", "items": one }] })
            }
            Shape::Nested { of, names, depth } => {
                let one = self.value(of);
                nested(&one, *names, *depth)
            }
            Shape::Keys(keys) => {
                let properties = self.properties(keys);
                self.object(properties, keys)
            }
            Shape::Entries(entries) => self.entries(entries),
            Shape::Step {
                keys,
                role,
                instead,
            } => self.step(keys, *role, *instead),
            Shape::Named(name, shape) => {
                let value = self.value(shape);
                self.defs.insert((*name).to_owned(), value);
                reference(name)
            }
        }
    }

    fn properties(&mut self, keys: &[Key]) -> Map<String, Json> {
        keys.iter()
            .map(|key| (key.name.to_owned(), self.property(key)))
            .collect()
    }

    fn property(&mut self, key: &Key) -> Json {
        let mut value = self.value(&key.shape);
        if let Json::Object(value) = &mut value {
            let mut help = format!("{}.", key.help);
            match key.shape {
                Shape::Text => {}
                Shape::Word(words) => {
                    for (word, meaning) in words() {
                        help.push_str(&format!(" `{word}`: {meaning}."));
                    }
                }
                shape => help.push_str(&format!(" Takes {shape}.")),
            }
            value.insert("description".to_owned(), json!(help));
            if let Some(default) = key.default() {
                value.insert("default".to_owned(), written(&key.shape, default));
            }
        }
        value
    }

    fn entries(&mut self, entries: &Entries) -> Json {
        let value = self.value(entries.value);
        let mut schema = json!({
            "type": "object",
            "patternProperties": { entries.names.pattern(): value },
            "additionalProperties": false,
        });
        match entries.beside {
            None => bound_entries(&mut schema, entries, 0),
            Some(key) => {
                let mut with = json!({});
                bound_entries(&mut with, entries, 1);
                let mut without = json!({});
                bound_entries(&mut without, entries, 0);
                let more = [
                    ("properties", json!({ key.name: self.property(key) })),
                    ("if", json!({ "required": [key.name] })),
                    ("then", with),
                    ("else", without),
                ];
                if let Json::Object(schema) = &mut schema {
                    schema.extend(more.map(|(keyword, value)| (keyword.to_owned(), value)));
                }
            }
        }
        let taken = (entries.taken)();
        if let Json::Object(schema) = &mut schema
            && !taken.is_empty()
        {
            schema.insert(
                "propertyNames".to_owned(),
                json!({ "not": { "enum": taken } }),
            );
        }
        schema
    }

    /// A map of these properties and no others; the keys among them say how they hang together.
    fn object(&mut self, properties: Map<String, Json>, keys: &[Key]) -> Json {
        let mut object = Map::from_iter([
            ("type".to_owned(), json!("object")),
            ("properties".to_owned(), Json::Object(properties)),
            ("additionalProperties".to_owned(), json!(false)),
        ]);
        let required = keys.iter().filter(|key| key.is_required());
        let required: Vec<&str> = required.map(|key| key.name).collect();
        if !required.is_empty() {
            object.insert("required".to_owned(), json!(required));
        }
        let mut rules = Vec::new();
        for key in keys {
            for rule in key.rules {
                rules.push(hang::rule(key.name, rule, &mut |shape| self.value(shape)));
            }
        }
        if !rules.is_empty() {
            object.insert("allOf".to_owned(), Json::Array(rules));
        }
        Json::Object(object)
    }

    /// Known keys, and exactly one entry that is named as an action.
    fn step(&mut self, keys: &[Key], role: Role, instead: Option<&str>) -> Json {
        let mut properties = self.properties(keys);
        let required_one = |name: &str| json!({ "required": [name] });
        let mut one_of: Vec<Json> = instead.into_iter().map(required_one).collect();
        for action in self.actions {
            let (shape, prefix) = match role {
                Role::Look => (action.look_shape(), "look"),
                Role::Change => (action.change_shape(), "change"),
            };
            let help = match (role, action.look_shape()) {
                (Role::Change, Some(_)) => "Sets what the look reads",
                _ => action.summary(),
            };
            let Some(shape) = shape else { continue };
            let mut value = self.value(&shape);
            if let Json::Object(value) = &mut value {
                value.insert("description".to_owned(), json!(format!("{help}.")));
            }
            let name = format!("{prefix}-{}", action.name());
            properties.insert(action.name().to_owned(), reference(&name));
            self.defs.insert(name, value);
            one_of.push(required_one(action.name()));
        }
        let mut schema = self.object(properties, keys);
        if let Json::Object(schema) = &mut schema {
            schema.insert("oneOf".to_owned(), Json::Array(one_of));
        }
        schema
    }
}

/// A text. What YAML takes for a number or a boolean is one too, where it is spelt so; a pattern
/// says nothing of those.
fn spelt(spelling: Spelling) -> Json {
    let fits = |text| spelling.fits(text);
    let mut types = vec!["string"];
    let is_name = matches!(spelling, Spelling::Snake | Spelling::Kebab);
    if fits("1.5") {
        types.push("number");
    } else if fits("7") {
        types.push("integer");
    }
    if fits("true") && !is_name {
        types.push("boolean");
    }
    let mut schema = json!({ "type": types, "pattern": spelling.pattern() });
    bound(&mut schema, "minimum", Some(0).filter(|_| !fits("-7")));
    schema
}

/// How many entries there may be, with `more` known keys beside them.
fn bound_entries(schema: &mut Json, entries: &Entries, more: usize) {
    let least = Some(entries.least).filter(|least| *least > 0);
    bound(schema, "minProperties", least.map(|least| least + more));
    bound(
        schema,
        "maxProperties",
        entries.most.map(|most| most + more),
    );
}

/// One value, or a map of such.
fn nested(one: &Json, names: Spelling, depth: usize) -> Json {
    let Some(depth) = depth.checked_sub(1) else {
        return one.clone();
    };
    let map = json!({
        "type": "object",
        "patternProperties": { names.pattern(): nested(one, names, depth) },
        "additionalProperties": false,
        "minProperties": 1,
    });
    json!({ "anyOf": [one, map] })
}

fn bound(schema: &mut Json, keyword: &str, bound: Option<usize>) {
    if let (Json::Object(schema), Some(bound)) = (schema, bound) {
        schema.insert(keyword.to_owned(), json!(bound));
    }
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A word as YAML may write it: `1` is a number, and the same as `"1"`.
pub(super) fn spellings(word: &str) -> Vec<Json> {
    let plain = serde_json::from_str::<Json>(word).ok();
    plain.into_iter().chain([json!(word)]).collect()
}

/// A default as YAML would read it.
fn written(shape: &Shape, default: &str) -> Json {
    match shape {
        Shape::Integer { .. } | Shape::Boolean => {
            serde_json::from_str(default).unwrap_or_else(|_| json!(default))
        }
        _ => json!(default),
    }
}
