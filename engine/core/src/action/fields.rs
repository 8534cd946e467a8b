//! Fields of a Kubernetes object, and what they are: as a change finds them, as it sets them, and
//! as it sets them back.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Map, Value as Json};

use super::document;
use crate::syntax::Spelling;

/// How a field is written. Items of lists have no place in it: a merge patch replaces lists whole.
pub(super) const FIELD: Spelling = Spelling::Own {
    example: r#"spec.a["b.c/d"]"#,
    pattern: r#"^([A-Za-z0-9_-]+|\["((?!"\]).)*"\])(\.[A-Za-z0-9_-]+|\["((?!"\]).)*"\])*$"#,
    fits: |text| FieldPath::read(text).is_some(),
};
/// People read no more characters of a value than this.
const SHOWN: usize = 100;

/// The place of a field: the keys that lead to it from the top of the object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct FieldPath(Vec<String>);

impl FieldPath {
    /// Reads `spec.a["b.c/d"]`; `None` where it is no way through maps.
    pub fn read(text: &str) -> Option<FieldPath> {
        document::keys(text).map(FieldPath)
    }

    /// The place to which these keys lead.
    pub fn of<K: ToString>(keys: &[K]) -> FieldPath {
        FieldPath(keys.iter().map(ToString::to_string).collect())
    }

    /// The keys, from the top on.
    pub fn keys(&self) -> &[String] {
        &self.0
    }

    /// What an object has there.
    pub fn find<'j>(&self, object: &'j Json) -> Option<&'j Json> {
        self.0.iter().try_fold(object, |inner, key| inner.get(key))
    }

    /// The last key, which is enough for people where the others are known.
    fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        for (index, key) in self.0.iter().enumerate() {
            match key.chars().all(is_plain) && !key.is_empty() {
                true if index == 0 => f.write_str(key)?,
                true => write!(f, ".{key}")?,
                false => write!(f, "[\"{key}\"]")?,
            }
        }
        Ok(())
    }
}

/// What fields of an object are; `null` is a field that is not there. Written as one line of JSON,
/// by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ObjectFields(BTreeMap<FieldPath, Json>);

impl ObjectFields {
    /// What an object has at these places.
    pub fn capture<'p>(object: &Json, paths: impl IntoIterator<Item = &'p FieldPath>) -> Self {
        let paths = paths.into_iter();
        let captured = paths.map(|path| {
            let found = path.find(object).cloned();
            (path.clone(), found.unwrap_or_default())
        });
        ObjectFields(captured.collect())
    }

    /// Reads what [`fmt::Display`] has written.
    pub fn read(text: &str) -> Option<Self> {
        let map: BTreeMap<String, Json> = serde_json::from_str(text).ok()?;
        let fields = map.into_iter();
        let fields = fields.map(|(path, value)| Some((FieldPath::read(&path)?, value)));
        fields.collect::<Option<_>>().map(ObjectFields)
    }

    /// All fields of several.
    pub fn together<'f>(all: impl IntoIterator<Item = &'f Self>) -> Self {
        let fields = all.into_iter().flat_map(|fields| &fields.0);
        fields
            .map(|(path, value)| (path.clone(), value.clone()))
            .collect()
    }

    /// Each field alone.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.0
            .iter()
            .map(|(path, value)| Self::from_iter([(path.clone(), value.clone())]))
    }

    /// The places.
    pub fn paths(&self) -> impl Iterator<Item = &FieldPath> {
        self.0.keys()
    }

    /// The JSON merge patch (RFC 7396) that makes an object have them.
    pub fn patch(&self) -> Json {
        let mut patch = Json::Object(Map::new());
        for (path, value) in &self.0 {
            put(&mut patch, path.keys(), value);
        }
        patch
    }

    /// For people: the value, or each by the last key of its place.
    pub fn shown(&self) -> String {
        let single = self.0.len() == 1;
        let shown = self.0.iter().map(|(path, value)| match single {
            true => shown(value),
            false => format!("{}={}", path.last(), shown(value)),
        });
        shown.collect::<Vec<_>>().join(", ")
    }
}

impl FromIterator<(FieldPath, Json)> for ObjectFields {
    fn from_iter<I: IntoIterator<Item = (FieldPath, Json)>>(fields: I) -> Self {
        ObjectFields(fields.into_iter().collect())
    }
}

impl fmt::Display for ObjectFields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.0.iter();
        let map: Map<String, Json> = fields
            .map(|(path, value)| (path.to_string(), value.clone()))
            .collect();
        Json::Object(map).fmt(f)
    }
}

fn put(into: &mut Json, keys: &[String], value: &Json) {
    let [key, below @ ..] = keys else {
        *into = value.clone();
        return;
    };
    if !into.is_object() {
        *into = Json::Object(Map::new());
    }
    if let Json::Object(map) = into {
        put(map.entry(key).or_insert(Json::Null), below, value);
    }
}

/// One value of a field for people, on one line.
pub fn shown(value: &Json) -> String {
    let text = match value {
        Json::Null => "absent".to_owned(),
        Json::String(text) if !text.is_empty() && !text.contains(char::is_control) => text.clone(),
        other => other.to_string(),
    };
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or(&text)),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{FIELD, FieldPath, ObjectFields};

    fn paths(texts: &[&str]) -> Vec<FieldPath> {
        texts
            .iter()
            .map(|text| FieldPath::read(text).expect("a path"))
            .collect()
    }

    #[test]
    fn a_path_is_written_as_it_is_read() {
        for text in ["spec", "spec.a-b.c_d", r#"metadata.labels["a.b/c"]"#] {
            assert!(FIELD.fits(text));
            assert_eq!(paths(&[text])[0].to_string(), text);
        }
        for text in ["", "spec.", "spec[0]", "spec a", ".spec"] {
            assert!(!FIELD.fits(text), "{text}");
        }
    }

    #[test]
    fn what_was_captured_can_be_set_back() {
        let object = json!({"spec": {"a": 1, "b": {"c": [1]}}, "metadata": {}});
        let wanted = paths(&["spec.a", "spec.b.c", r#"metadata.annotations["x/y"]"#]);
        let fields = ObjectFields::capture(&object, &wanted);
        let text = fields.to_string();
        assert_eq!(
            text,
            r#"{"metadata.annotations[\"x/y\"]":null,"spec.a":1,"spec.b.c":[1]}"#
        );
        assert_eq!(ObjectFields::read(&text), Some(fields.clone()));
        assert_eq!(
            fields.patch(),
            json!({"spec": {"a": 1, "b": {"c": [1]}}, "metadata": {"annotations": {"x/y": null}}})
        );
        assert_eq!(fields.shown(), "x/y=absent, a=1, c=[1]");
        let each: Vec<ObjectFields> = fields.each().collect();
        let shown: Vec<String> = each.iter().map(ObjectFields::shown).collect();
        assert_eq!(shown, ["absent", "1", "[1]"]);
        assert_eq!(ObjectFields::together(&each), fields);
        assert_eq!(ObjectFields::read("[]"), None);
        assert_eq!(ObjectFields::read(r#"{"a[0]":1}"#), None);
    }

    #[test]
    fn a_long_text_is_cut_for_people_only() {
        let object = json!({"data": {"Corefile": "x\n".repeat(100)}});
        let fields = ObjectFields::capture(&object, &paths(&["data.Corefile"]));
        assert_eq!(fields.shown().chars().count(), 101);
        assert!(!fields.shown().contains('\n'));
        assert_eq!(fields.patch(), object);
    }
}
