//! Objects of the Kubernetes API.

use serde_json::Value as Json;

use super::answer::garbled;
use super::document::{Extract, extracts, kind_of};
use super::{Action, KubeGet, Look, Source, Target, parameters};
use crate::frame::Reply;
use crate::syntax::{Faults, Fields, Tree};
use crate::value::{Kind, Value, Why};

#[derive(Debug)]
pub(super) struct Kube;

impl Action for Kube {
    fn name(&self) -> &'static str {
        "kube"
    }

    fn summary(&self) -> &'static str {
        "Parts of one Kubernetes object; all are absent where there is no such object"
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let known = ["get", "api", "namespace", "name", "extract"];
        let fields = parameters::fields(self.name(), parameters, &known, faults)?;
        let extracts = extracts(&fields, "a `kube` look", true, faults);
        let get = get(&fields, faults);
        Some(Box::new(KubeLook {
            get: get?,
            extracts: extracts?,
        }))
    }
}

fn get(fields: &Fields<'_>, faults: &mut Faults) -> Option<KubeGet> {
    // Parts of a URL's path: letters, digits and these need no escaping.
    let part = |name: &str, what: &str, others: &[char], faults: &mut Faults| match fields
        .text(name, faults)
    {
        Some(text) => parameters::known_to_node(what, text, others, faults).map(Some),
        None => fields.get(name).is_none().then_some(None),
    };
    let resource = part("get", "plural name of a resource", &[], faults);
    let api = part("api", "API version", &['.', '/', '-'], faults);
    let namespace = part("namespace", "namespace", &['-'], faults);
    let name = part("name", "name of an object", &['-', '.'], faults);
    let (resource, api, namespace, name) = (resource?, api?, namespace?, name?);
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
        resource,
        namespace,
        name,
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
