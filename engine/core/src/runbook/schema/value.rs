//! One shape as JSON Schema, and the definitions that it refers to.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

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
                { "type": scalars(*spelling), "pattern": spelling.pattern() },
                { "type": "string", "pattern": r"\{\{" },
            ] }),
            Shape::Duration(_) => reference("duration"),
            Shape::Spelt(spelling) => {
                json!({ "type": scalars(*spelling), "pattern": spelling.pattern() })
            }
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
            Shape::Keys(keys) => object(self.properties(keys), &required(keys)),
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
        let least = Some(entries.least).filter(|least| *least > 0);
        bound(&mut schema, "minProperties", least);
        bound(&mut schema, "maxProperties", entries.most);
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

    /// Known keys, and exactly one entry that is named as an action.
    fn step(&mut self, keys: &[Key], role: Role, instead: Option<&str>) -> Json {
        let mut properties = self.properties(keys);
        let required_one = |name: &str| json!({ "required": [name] });
        let mut one_of: Vec<Json> = instead.into_iter().map(required_one).collect();
        for action in self.actions {
            let (shape, prefix, help) = match role {
                Role::Look => (action.look_shape(), "look", action.summary()),
                Role::Change => (action.change_shape(), "change", "Sets what the look reads"),
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
        let mut schema = object(properties, &required(keys));
        if let Json::Object(schema) = &mut schema {
            schema.insert("oneOf".to_owned(), Json::Array(one_of));
        }
        schema
    }
}

fn object(properties: Map<String, Json>, required: &[&str]) -> Json {
    let mut object = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if let Json::Object(object) = &mut object
        && !required.is_empty()
    {
        object.insert("required".to_owned(), json!(required));
    }
    object
}

/// What YAML may take such a text for; a pattern says nothing of numbers and booleans.
fn scalars(spelling: Spelling) -> Json {
    match spelling {
        Spelling::Snake | Spelling::Kebab => json!("string"),
        _ => json!(["string", "number", "boolean"]),
    }
}

fn bound(schema: &mut Json, keyword: &str, bound: Option<usize>) {
    if let (Json::Object(schema), Some(bound)) = (schema, bound) {
        schema.insert(keyword.to_owned(), json!(bound));
    }
}

fn required(keys: &[Key]) -> Vec<&'static str> {
    let required = keys.iter().filter(|key| key.is_required());
    required.map(|key| key.name).collect()
}

fn reference(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

/// A word as YAML may write it: `1` is a number, and the same as `"1"`.
fn spellings(word: &str) -> Vec<Json> {
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
