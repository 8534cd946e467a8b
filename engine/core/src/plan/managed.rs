//! Whose a field of an object is, as the API server notes it: what somebody else has set since a fix
//! has is theirs, and is not taken back.

use std::fmt;

use serde_json::{Map, Value as Json};

use crate::action::FieldPath;

/// Under this name the API server notes which fields heeler has set.
pub const MANAGER: &str = "heeler";
/// Under these it sums up whom it does not tell apart any more, or never has. Source: apimachinery
/// `pkg/util/managedfields/internal`, `capmanagers.go` and `skipnonapplied.go`.
const ANYBODY: [&str; 2] = ["ancient-changes", "before-first-apply"];

/// Who has set a field since heeler has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setter {
    /// As the API server knows them: `kubectl-edit`.
    pub manager: String,
    /// When they have set something of the object for the last time, as the API server writes it.
    pub at: Option<String>,
}

impl fmt::Display for Setter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` has set it since", self.manager)?;
        match &self.at {
            Some(at) => write!(f, " (its last write: {at})"),
            None => Ok(()),
        }
    }
}

/// Who has set a field that heeler had set, and may have set the very same value; `None`: nobody, or
/// nobody knows. A write takes the field from all others, unless it changes nothing: then it is not
/// noted, except one of server-side apply, which shares the field. Of a field that is not there
/// nothing is noted. Source: "Server-Side Apply" in Kubernetes' reference.
pub fn set_since(object: &Json, path: &FieldPath) -> Option<Setter> {
    path.find(object)?;
    let entries = object.pointer("/metadata/managedFields")?.as_array()?;
    let shares = entries.iter().filter_map(|entry| {
        let share = share(entry.get("fieldsV1")?, path.keys())?;
        Some((share, entry.get("manager")?.as_str()?, entry))
    });
    let shares: Vec<_> = shares.collect();
    // Where nobody has the very field, the map around it is set as a whole.
    let nearest = shares.iter().map(|(share, ..)| *share).max()?;
    let is_other = |(share, manager, _): &&(Share, &str, &Json)| {
        *share == nearest && *manager != MANAGER && !ANYBODY.contains(manager)
    };
    let (_, manager, entry) = shares.iter().find(is_other)?;
    let at = entry.get("time").and_then(Json::as_str);
    Some(Setter {
        manager: (*manager).to_owned(),
        at: at.map(str::to_owned),
    })
}

/// What somebody has of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Share {
    /// A map around it: as a whole, or only that it is there; both are written `{}`.
    Around,
    /// The field itself, or parts of it.
    Itself,
}

/// What a set of fields, as `managedFields` writes it, has of the field to which these keys lead.
pub(super) fn share(fields: &Json, keys: &[String]) -> Option<Share> {
    let Some((key, below)) = keys.split_first() else {
        return Some(Share::Itself);
    };
    if fields.as_object().is_some_and(Map::is_empty) {
        return Some(Share::Around);
    }
    share(fields.get(format!("f:{key}"))?, below)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::set_since;
    use crate::action::FieldPath;

    /// Who has set `data.a` since, where these have these fields.
    fn setter(entries: &[(&str, Json)]) -> Option<String> {
        let entry = |(manager, fields): &(&str, Json)| json!({"manager": manager, "time": "T", "fieldsV1": fields});
        let entries: Vec<Json> = entries.iter().map(entry).collect();
        let object = json!({"metadata": {"managedFields": entries}, "data": {"a": "1"}});
        let path = FieldPath::read("data.a").expect("a path");
        set_since(&object, &path).map(|setter| setter.to_string())
    }

    #[test]
    fn who_sets_a_field_last_has_it() {
        let own = || json!({"f:data": {"f:a": {}}});
        let rest = || json!({"f:data": {".": {}, "f:b": {}}});
        let around = || json!({"f:data": {}});
        let theirs = Some("`kubectl` has set it since (its last write: T)");
        for (entries, wanted) in [
            (vec![("heeler", own()), ("kubectl", rest())], None),
            (vec![("kubectl", own()), ("heeler", rest())], theirs),
            (vec![("kubectl", own())], theirs),
            // Server-side apply shares what is equal.
            (vec![("heeler", own()), ("kubectl", own())], theirs),
            // Only the map is theirs.
            (vec![("heeler", own()), ("kubectl", around())], None),
            // All of it is.
            (vec![("heeler", around()), ("kubectl", around())], theirs),
            (vec![("kubectl", around())], theirs),
            (vec![("heeler", around())], None),
            // Nobody knows.
            (vec![], None),
            (vec![("ancient-changes", own()), ("kubectl", rest())], None),
            (vec![("before-first-apply", own())], None),
            (
                vec![("before-first-apply", own()), ("kubectl", own())],
                theirs,
            ),
        ] {
            assert_eq!(setter(&entries).as_deref(), wanted, "{entries:?}");
        }
    }

    #[test]
    fn what_is_not_there_is_nobodys() {
        let fields = json!({"f:spec": {}});
        let entries = json!([{"manager": "kubectl", "fieldsV1": fields}]);
        let object = json!({"metadata": {"managedFields": entries}, "spec": {"b": 1}});
        for (path, is_theirs) in [("spec.unschedulable", false), ("spec.b", true)] {
            let path = FieldPath::read(path).expect("a path");
            assert_eq!(set_since(&object, &path).is_some(), is_theirs, "{path}");
        }
        assert_eq!(
            set_since(&json!({"spec": {"b": 1}}), &FieldPath::of(&["spec", "b"])),
            None
        );
    }
}
