//! The JSON Schema (2020-12) of a runbook, made of the tables that the readers use. Editors check
//! structure with it while an author writes; names and kinds in expressions are checked by `load`
//! alone.

mod hang;
mod value;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value as Json, json};

use super::load::KEYS;
use crate::action::Action;
use crate::syntax::{Shape, duration_pattern, limits};
use value::Writer;

/// What the schema is called. A name, not an address: nothing has to be fetched.
const ID: &str = "urn:heeler:runbook:1";

/// The schema of runbooks that may use these actions. The same actions give the same text.
pub fn schema(actions: &[&'static dyn Action]) -> Json {
    let mut writer = Writer::new(actions);
    let mut root = writer.value(&Shape::Keys(KEYS));
    let mut defs: Map<String, Json> = writer.into_defs().into_iter().collect();
    defs.extend(texts());
    if let Json::Object(root) = &mut root {
        root.extend([
            (
                "$schema".to_owned(),
                json!("https://json-schema.org/draft/2020-12/schema"),
            ),
            ("$id".to_owned(), json!(ID)),
            ("title".to_owned(), json!("A runbook of Heeler")),
            (
                "description".to_owned(),
                json!(
                    "What is looked at on a node, what can be found, and what can be done about it."
                ),
            ),
            ("$defs".to_owned(), Json::Object(defs)),
        ]);
    }
    root.sort_all_objects();
    root
}

/// The shapes that stand everywhere. A number or a boolean where text is expected is the text that
/// is written there.
fn texts() -> [(String, Json); 5] {
    [
        (
            "text".to_owned(),
            json!({ "type": ["string", "number", "boolean"] }),
        ),
        (
            "template".to_owned(),
            json!({
                "type": ["string", "number", "boolean"],
                "maxLength": limits::TEXT.most,
                "description": "Text in which `{{ }}` stands for a value; a value that was not seen prints as `not seen`.",
            }),
        ),
        (
            "condition".to_owned(),
            json!({
                "type": ["string", "boolean"],
                "pattern": r"\S",
                "maxLength": limits::EXPRESSION.most,
                "description": "An expression that is true, false or not seen; it stands without `{{ }}`.",
            }),
        ),
        (
            "list".to_owned(),
            json!({
                "type": "string",
                "pattern": r"\S",
                "maxLength": limits::EXPRESSION.most,
                "description": "An expression that gives a list; it stands without `{{ }}`.",
            }),
        ),
        (
            "duration".to_owned(),
            json!({
                "type": "string",
                "pattern": duration_pattern(),
                "description": "A length of time: `250ms`, `60s`, `2m`, `1h30m`.",
            }),
        ),
    ]
}
