//! Objects of the Kubernetes API.

use serde_json::Value as Json;

use super::answer::garbled;
use super::document::{self, Extract, extracts, kind_of};
use super::text::Slot;
use super::{Action, KubeGet, Look, LookText, Source, Target, parameters};
use crate::frame::Reply;
use crate::syntax::{Faults, Fields, Key, Rule, Shape, Spelling, Tree, Where};
use crate::value::{Kind, Value, Why};

/// Parts of a URL's path: letters, digits and these need no escaping.
pub(super) const NAMESPACE: Spelling = Spelling::Letters("-");
pub(super) const NAME: Spelling = Spelling::Letters("-.");
pub(super) const RESOURCE: Spelling = Spelling::Letters("");
pub(super) const API: Spelling = Spelling::Letters("./-");
/// What a name is, in messages.
const OBJECT: &str = "name of an object";

/// The API group and version of an object.
pub(super) const API_KEY: Key = Key::or(
    "api",
    Shape::Spelt(API),
    "v1",
    "The API group and version that the resource belongs to: `apps/v1`",
);
/// The namespace of an object.
pub(super) const NAMESPACE_KEY: Key = Key::optional(
    "namespace",
    Shape::Filled(NAMESPACE),
    "The object's namespace; resources of the whole cluster have none",
);
const KEYS: &[Key] = &[
    Key::required(
        "get",
        Shape::Spelt(RESOURCE),
        "The plural name of the resource: `nodes`, `configmaps`",
    ),
    API_KEY,
    NAMESPACE_KEY,
    Key::optional(
        "name",
        Shape::Filled(NAME),
        "The object's name; for `nodes` it is the target's node where it is left out",
    )
    .ruled(&[Rule::Needed(Where::IsNot("get", &["nodes"]))]),
    document::NESTED_EXTRACT,
];

#[derive(Debug)]
pub(super) struct Kube;

impl Action for Kube {
    fn name(&self) -> &'static str {
        "kube"
    }

    fn summary(&self) -> &'static str {
        "Parts of one Kubernetes object; all are absent where there is no such object"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let extracts = extracts(&fields, "a `kube` look", true, faults);
        let mut texts = Vec::new();
        let object = Object::read(&fields, ("get", "a `kube` look"), &mut texts, faults);
        Some(Box::new(KubeLook {
            object: object?,
            texts,
            extracts: extracts?,
        }))
    }
}

/// An object, as a runbook names it.
#[derive(Debug)]
pub(super) struct Object {
    api: String,
    pub(super) resource: String,
    pub(super) namespace: Option<Slot>,
    pub(super) name: Option<Slot>,
}

impl Object {
    /// Reads `api`, `namespace` and `name`, and the resource below the key of that name.
    pub(super) fn read(
        fields: &Fields<'_>,
        (resource, what): (&str, &str),
        texts: &mut Vec<LookText>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let key = resource;
        let resource = fields.spelt(key, "plural name of a resource", faults);
        let api = fields.spelt("api", "API version", faults);
        let mut slot = |name: &str, what: &str| parameters::slot(fields, name, what, texts, faults);
        let (namespace, name) = (slot("namespace", "namespace"), slot("name", OBJECT));
        let (Ok(resource), Ok(api), Ok(namespace), Ok(name)) = (resource, api, namespace, name)
        else {
            return None;
        };
        let Some(resource) = resource else {
            fields.require(key, what, faults);
            return None;
        };
        if name.is_none() && resource != "nodes" {
            faults
                .error(
                    "missing-key",
                    fields.span(),
                    format!("which one of the {resource}?"),
                )
                .help("add `name:`; only for `nodes` the target's node is meant without it");
            return None;
        }
        let api = match api {
            None => "api/v1".to_owned(),
            Some(version) if version.contains('/') => format!("apis/{version}"),
            Some(version) => format!("api/{version}"),
        };
        Some(Object {
            api,
            resource: resource.to_owned(),
            namespace,
            name,
        })
    }

    /// The request, with the texts of the target filled in.
    pub(super) fn get(&self, target: &Target) -> Result<KubeGet, Why> {
        let part = |slot: &Option<Slot>, what: &str, spelling: Spelling| {
            let text = slot.as_ref().map(|slot| slot.known(target, what, spelling));
            Ok(text.transpose()?.map(str::to_owned))
        };
        Ok(KubeGet {
            api: self.api.clone(),
            resource: self.resource.clone(),
            namespace: part(&self.namespace, "namespace", NAMESPACE)?,
            name: part(&self.name, OBJECT, NAME)?,
        })
    }
}

#[derive(Debug)]
struct KubeLook {
    object: Object,
    texts: Vec<LookText>,
    extracts: Vec<Extract>,
}

impl Look for KubeLook {
    fn kind(&self) -> Kind {
        kind_of(&self.extracts)
    }

    fn texts(&self) -> &[LookText] {
        &self.texts
    }

    fn source(&self, target: &Target) -> Result<Source, Why> {
        self.object.get(target).map(Source::Kube)
    }

    fn read(&self, _: &Reply, _: &Target) -> Result<Value, Why> {
        Err(garbled("this look asks no node"))
    }

    fn read_object(&self, object: Option<&Json>) -> Result<Value, Why> {
        let values = self
            .extracts
            .iter()
            .map(|extract| Ok((extract.name.as_str(), extract.take(object)?)));
        Ok(Value::record(values.collect::<Result<Vec<_>, Why>>()?))
    }
}
