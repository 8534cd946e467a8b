//! Objects of the Kubernetes API.

use serde_json::Value as Json;

use super::answer::garbled;
use super::document::{self, Extract, extracts, kind_of};
use super::{Action, KubeGet, Look, Source, Target, parameters};
use crate::frame::Reply;
use crate::syntax::{Faults, Fields, Key, Shape, Spelling, Tree};
use crate::value::{Kind, Value, Why};

/// Parts of a URL's path: letters, digits and these need no escaping.
const KEYS: &[Key] = &[
    Key::required(
        "get",
        Shape::Spelt(Spelling::Letters("")),
        "The plural name of the resource: `nodes`, `configmaps`",
    ),
    Key::or(
        "api",
        Shape::Spelt(Spelling::Letters("./-")),
        "v1",
        "The API group and version that the resource belongs to: `apps/v1`",
    ),
    Key::optional(
        "namespace",
        Shape::Spelt(Spelling::Letters("-")),
        "The object's namespace; resources of the whole cluster have none",
    ),
    Key::optional(
        "name",
        Shape::Spelt(Spelling::Letters("-.")),
        "The object's name; may be left out for `nodes`, where it is the target's node then",
    ),
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
        let get = get(&fields, faults);
        Some(Box::new(KubeLook {
            get: get?,
            extracts: extracts?,
        }))
    }
}

fn get(fields: &Fields<'_>, faults: &mut Faults) -> Option<KubeGet> {
    let resource = fields.spelt("get", "plural name of a resource", faults);
    let api = fields.spelt("api", "API version", faults);
    let namespace = fields.spelt("namespace", "namespace", faults);
    let name = fields.spelt("name", "name of an object", faults);
    let (Ok(resource), Ok(api), Ok(namespace), Ok(name)) = (resource, api, namespace, name) else {
        return None;
    };
    let Some(resource) = resource else {
        fields.require("get", "a `kube` look", faults);
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
    Some(KubeGet {
        api,
        resource: resource.to_owned(),
        namespace: namespace.map(str::to_owned),
        name: name.map(str::to_owned),
    })
}

#[derive(Debug)]
struct KubeLook {
    get: KubeGet,
    extracts: Vec<Extract>,
}

impl Look for KubeLook {
    fn kind(&self) -> Kind {
        kind_of(&self.extracts)
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Kube(self.get.clone()))
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
