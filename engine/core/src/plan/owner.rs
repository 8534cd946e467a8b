//! Who else keeps an object as it is: what a program sets again at its next turn is no place for a
//! fix.

use std::fmt;

use serde_json::Value as Json;

use super::managed::share;
use crate::action::FieldPath;

/// The beginnings of the names under which programs that keep objects as they are written down
/// somewhere else write them. Sources: `ArgoCDSSAManager` of argo-cd `common/common.go`; the names of
/// Flux's controllers; `ManagedFieldsManager` of helm `pkg/kube`, which is its program's name unless
/// somebody sets it; `manager: eks` of the EKS user guide, "Determine fields you can customize for
/// Amazon EKS add-ons".
const MANAGERS: &[(&str, &str)] = &[
    ("argocd", "Argo CD"),
    ("kustomize-controller", "Flux"),
    ("helm-controller", "Flux"),
    ("helm", "Helm"),
    ("eks", "an EKS add-on"),
];
/// Their marks on objects: in which part of `metadata`, the key, and the value where it counts.
const MARKS: &[(&str, &str, Option<&str>, &str)] = &[
    (
        "annotations",
        "argocd.argoproj.io/tracking-id",
        None,
        "Argo CD",
    ),
    ("labels", "argocd.argoproj.io/instance", None, "Argo CD"),
    ("labels", "kustomize.toolkit.fluxcd.io/name", None, "Flux"),
    ("labels", "helm.toolkit.fluxcd.io/name", None, "Flux"),
    ("annotations", "meta.helm.sh/release-name", None, "Helm"),
    (
        "labels",
        "app.kubernetes.io/managed-by",
        Some("Helm"),
        "Helm",
    ),
];

/// Who keeps a field, or the object that has it, as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The program.
    pub program: &'static str,
    /// The field, where it is this very one.
    pub field: Option<FieldPath>,
    /// By what it is known.
    pub mark: String,
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Owner { program, mark, .. } = self;
        match &self.field {
            Some(field) => write!(f, "{program} owns {field} (field manager {mark})"),
            None => write!(f, "{program} keeps the object as it is (its {mark})"),
        }
    }
}

/// The program that keeps one of these fields as it is, or the whole object.
pub fn owner(object: &Json, paths: &[FieldPath]) -> Option<Owner> {
    let metadata = object.get("metadata")?;
    let entries = metadata.get("managedFields").and_then(Json::as_array);
    let of_fields = entries.into_iter().flatten().find_map(|entry| {
        let manager = entry.get("manager")?.as_str()?;
        let is_it = |(name, _): &&(&str, &str)| is_named(manager, name);
        let (_, program) = MANAGERS.iter().find(is_it)?;
        let fields = entry.get("fieldsV1")?;
        let field = paths
            .iter()
            .find(|path| share(fields, path.keys()).is_some())?;
        Some(Owner {
            program,
            field: Some(field.clone()),
            mark: manager.to_owned(),
        })
    });
    of_fields.or_else(|| {
        MARKS.iter().find_map(|(part, key, wanted, program)| {
            let value = metadata.get(part)?.get(key)?.as_str()?;
            let fits = wanted.is_none_or(|wanted| wanted == value);
            fits.then(|| Owner {
                program,
                field: None,
                mark: format!("{} {key}", part.trim_end_matches('s')),
            })
        })
    })
}

/// `argocd` and `argocd-controller`, but not `helmsman`.
fn is_named(manager: &str, name: &str) -> bool {
    let rest = manager.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::owner;
    use crate::action::FieldPath;

    fn said(metadata: &Json, path: &str) -> Option<String> {
        let path = FieldPath::read(path).expect("a path");
        let owner = owner(&json!({ "metadata": metadata }), &[path]);
        owner.map(|owner| owner.to_string())
    }

    fn managed(manager: &str, fields: &Json) -> Json {
        json!({"managedFields": [
            {"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:a": {}}}},
            {"manager": manager, "operation": "Apply", "fieldsV1": fields},
        ]})
    }

    #[test]
    fn who_owns_a_field_owns_its_parts_and_what_it_is_a_part_of() {
        let fields = json!({"f:spec": {"f:a": {}, "f:b": {".": {}, "f:c": {}}}});
        let metadata = managed("argocd-controller", &fields);
        for (path, owned) in [
            ("spec.a", true),
            ("spec.a.deep", true),
            ("spec.b", true),
            ("spec.b.c", true),
            ("spec.b.other", false),
            ("spec.other", false),
            ("data.a", false),
        ] {
            assert_eq!(said(&metadata, path).is_some(), owned, "{path}");
        }
        let said = said(&metadata, "spec.b.c").expect("an owner");
        assert_eq!(
            said,
            "Argo CD owns spec.b.c (field manager argocd-controller)"
        );
    }

    #[test]
    fn only_who_sets_it_again_is_in_the_way() {
        let fields = json!({"f:spec": {"f:a": {}}});
        for (manager, program) in [
            ("argocd-controller", Some("Argo CD")),
            ("kustomize-controller", Some("Flux")),
            ("helm-controller", Some("Flux")),
            ("helm", Some("Helm")),
            ("eks", Some("an EKS add-on")),
            ("helmsman", None),
            ("kube-controller-manager", None),
            ("heeler", None),
        ] {
            let said = said(&managed(manager, &fields), "spec.a");
            let found = said.as_deref().and_then(|said| said.split(" owns").next());
            assert_eq!(found, program, "{manager}");
        }
    }

    #[test]
    fn a_mark_on_the_object_is_enough() {
        for (metadata, wanted) in [
            (
                json!({"annotations": {"argocd.argoproj.io/tracking-id": "x"}}),
                "Argo CD",
            ),
            (
                json!({"labels": {"kustomize.toolkit.fluxcd.io/name": "x"}}),
                "Flux",
            ),
            (
                json!({"labels": {"app.kubernetes.io/managed-by": "Helm"}}),
                "Helm",
            ),
        ] {
            let said = said(&metadata, "spec.a").expect("an owner");
            assert!(
                said.starts_with(&format!("{wanted} keeps the object")),
                "{said}"
            );
        }
        let by_hand = json!({"labels": {"app.kubernetes.io/managed-by": "people"}});
        assert_eq!(said(&by_hand, "spec.a"), None);
    }
}
