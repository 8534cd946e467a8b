//! Setting fields of one Kubernetes object by a JSON merge patch.

use super::fields::FIELD;
use super::kube::{API_KEY, NAME, NAMESPACE_KEY, Object, RESOURCE};
use super::text::Slot;
use super::written::Written;
use super::{
    Action, Carried, Change, ClusterChange, FieldPath, KubeGet, Look, LookText, ObjectFields,
    Target, parameters,
};
use crate::syntax::{Entries, Entry, Faults, Fields, Key, Rule, Shape, Span, Spanned, Tree, Where};
use crate::value::Value;

const OBJECT: &[Key] = &[
    Key::required(
        "resource",
        Shape::Spelt(RESOURCE),
        "The plural name of the resource: `services`, `configmaps`; never `secrets`",
    ),
    API_KEY,
    NAMESPACE_KEY,
    Key::optional(
        "name",
        Shape::Filled(NAME),
        "The object's name; for `nodes` it is the target's node where it is left out",
    )
    .ruled(&[Rule::Needed(Where::IsNot("resource", &["nodes"]))]),
];
const KEYS: &[Key] = &[
    Key::required("object", Shape::Keys(OBJECT), "Which object"),
    Key::required(
        "set",
        Shape::Entries(&Entries {
            least: 1,
            ..Entries::of(FIELD, &Shape::Template)
        }),
        "Its fields, each with the value that it gets",
    ),
];
/// What of `metadata` is anybody's.
const ANYBODYS: [&str; 2] = ["annotations", "labels"];

#[derive(Debug)]
pub(super) struct Patch;

impl Action for Patch {
    fn name(&self) -> &'static str {
        "patch"
    }

    fn summary(&self) -> &'static str {
        "Sets fields of one Kubernetes object"
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let help = "read the fields with a `kube` look at the object";
        parameters::only_changes(self.name(), help, parameters, faults)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let what = "a `patch` change";
        let fields = Fields::read(parameters, what, KEYS, faults)?;
        let mut texts = Vec::new();
        let object = fields.require("object", what, faults);
        let object = object.and_then(|tree| read_object(tree, &mut texts, faults));
        let set = fields.require("set", what, faults);
        let set = set.and_then(|tree| read_set(tree, faults));
        Some(Box::new(PatchChange {
            object: object?,
            texts,
            set: set?,
            span: parameters.span(),
        }))
    }
}

fn read_object(tree: &Tree, texts: &mut Vec<LookText>, faults: &mut Faults) -> Option<Object> {
    let fields = Fields::read(tree, "the object", OBJECT, faults)?;
    let object = Object::read(&fields, ("resource", "the object"), texts, faults)?;
    if object.resource == "secrets" {
        faults
            .error("patches-secret", tree.span(), "a fix can't set a secret")
            .help("its value would stand in the plan and in the journal: change it by hand");
        return None;
    }
    Some(object)
}

fn read_set(tree: &Tree, faults: &mut Faults) -> Option<Vec<Wanted>> {
    let entries = tree.expect_map("`set`", faults)?;
    if entries.is_empty() {
        faults
            .error("missing-key", tree.span(), "`set` sets nothing")
            .help("add `path: value`");
        return None;
    }
    let set: Vec<_> = entries.iter().map(|entry| wanted(entry, faults)).collect();
    set.into_iter().collect()
}

fn wanted(entry: &Entry, faults: &mut Faults) -> Option<Wanted> {
    let path = FIELD.read("field of an object", &entry.key, faults);
    let text = entry.value.expect_text("the wanted value", faults);
    let (path, text) = (FieldPath::read(path?)?, text?);
    let keys: Vec<&str> = path.keys().iter().map(String::as_str).collect();
    let refused = match keys.as_slice() {
        ["spec" | "data", _, ..] => false,
        ["metadata", part, _, ..] => !ANYBODYS.contains(part),
        [
            "metadata" | "status" | "apiVersion" | "kind" | "spec" | "data",
            ..,
        ] => true,
        _ => false,
    };
    if refused {
        faults
            .error(
                "not-a-field",
                entry.key.span,
                format!("`{path}` is no field that a fix can set"),
            )
            .help("name one below `spec`, `data`, `metadata.labels` or `metadata.annotations`");
        return None;
    }
    Some(Wanted {
        path,
        text: text.clone(),
        written: Written::of(&entry.value),
    })
}

/// A field, and what it gets.
#[derive(Debug)]
struct Wanted {
    path: FieldPath,
    text: Spanned<String>,
    written: Written,
}

#[derive(Debug)]
struct PatchChange {
    object: Object,
    /// Those of the object.
    texts: Vec<LookText>,
    set: Vec<Wanted>,
    span: Span,
}

impl Change for PatchChange {
    fn subject(&self) -> String {
        let nowhere = Target::default();
        let part = |slot: &Option<Slot>| slot.as_ref().map(|slot| slot.get(&nowhere).to_owned());
        let (namespace, name) = (part(&self.object.namespace), part(&self.object.name));
        let name: Vec<String> = namespace.into_iter().chain(name).collect();
        let paths: Vec<String> = self.set.iter().map(|set| set.path.to_string()).collect();
        let object = format!("{} {}", self.object.resource, name.join("/"));
        format!("{}: {}", object.trim_end(), paths.join(", "))
    }

    fn span(&self) -> Span {
        self.span
    }

    /// Those of the values, then those of the object.
    fn texts(&self) -> Vec<&Spanned<String>> {
        let object = self.texts.iter().map(|text| &text.text);
        let set = self.set.iter().map(|set| &set.text);
        set.chain(object).collect()
    }

    fn wanted(&self, values: &[Value]) -> Result<String, String> {
        let fields = self.set.iter().zip(values).map(|(set, value)| {
            let json = set
                .written
                .json(value)
                .map_err(|what| format!("`{value}` can't be the value of {}: {what}", set.path))?;
            Ok((set.path.clone(), json))
        });
        let fields = fields.collect::<Result<ObjectFields, String>>()?;
        Ok(fields.to_string())
    }

    fn display(&self, value: &str) -> String {
        match ObjectFields::read(value) {
            Some(fields) => fields.shown(),
            None => value.to_owned(),
        }
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Cluster(self)
    }
}

impl ClusterChange for PatchChange {
    fn object(&self, values: &[Value]) -> Result<KubeGet, String> {
        let texts = values.iter().skip(self.set.len());
        let texts = texts.map(|value| match value {
            Value::Absent | Value::Unseen(_) => Err(format!(
                "which object is to be patched is not known: {value}"
            )),
            value => Ok(value.to_string()),
        });
        let target = Target {
            texts: texts.collect::<Result<_, String>>()?,
            ..Target::default()
        };
        self.object.get(&target).map_err(|why| why.to_string())
    }

    fn paths(&self) -> Vec<FieldPath> {
        self.set.iter().map(|set| set.path.clone()).collect()
    }
}
