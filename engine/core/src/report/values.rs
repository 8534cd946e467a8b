//! Values of changes, for people.

use serde_json::Value as Json;

/// A value of a change: where it is an object of fields, what each of them holds.
pub(super) fn shown(text: &str) -> String {
    let fields = match serde_json::from_str(text) {
        Ok(Json::Object(fields)) if !fields.is_empty() => fields,
        _ => return text.to_owned(),
    };
    let is_single = fields.len() == 1;
    let each = fields.iter().map(|(name, held)| {
        let held = match held {
            Json::Null => "absent".to_owned(),
            Json::String(text) => text.clone(),
            other => other.to_string(),
        };
        match is_single {
            true => held,
            false => format!("{name}={held}"),
        }
    });
    each.collect::<Vec<_>>().join(", ")
}
