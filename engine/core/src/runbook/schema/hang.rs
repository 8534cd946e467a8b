//! How keys hang together, as JSON Schema: each rule is one `if` and `then`, so that an editor says
//! what is wrong, and not that nothing fits.

use serde_json::{Value as Json, json};

use super::value::spellings;
use crate::syntax::{Rule, Shape, Where};

/// A rule of a key. `value` gives the schema of a shape.
pub(super) fn rule(key: &str, rule: &Rule, value: &mut dyn FnMut(&Shape) -> Json) -> Json {
    match rule {
        Rule::Only(place) => json!({
            "if": { "not": is_there(*place) },
            "then": { "properties": { key: false } },
        }),
        Rule::Needed(place) => json!({
            "if": is_there(*place),
            "then": { "required": [key] },
        }),
        Rule::Takes(place, shape) => json!({
            "if": is_there(*place),
            "then": { "properties": { key: value(shape) } },
        }),
    }
}

/// What a map is in that place.
fn is_there(place: Where) -> Json {
    match place {
        Where::Is(key, words) => {
            let words: Vec<Json> = words.iter().flat_map(|word| spellings(word)).collect();
            json!({ "properties": { key: { "enum": words } }, "required": [key] })
        }
        Where::IsNot(key, words) => json!({ "not": is_there(Where::Is(key, words)) }),
        Where::Beside(key) => json!({ "required": [key] }),
        Where::Without(key) => json!({ "not": is_there(Where::Beside(key)) }),
    }
}
