//! Objects of the Kubernetes API.

use serde_json::Value as Json;

use super::answer::garbled;
use super::document::{Extract, extracts, kind_of};
use super::text::{Slot, is_template};
use super::{Action, Filling, KubeGet, Look, LookText, Source, Target, parameters};
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
        let mut texts = Vec::new();
        let object = object(&fields, &mut texts, faults);
        Some(Box::new(KubeLook {
            object: object?,
            texts,
            extracts: extracts?,
        }))
    }
}

/// What a namespace and an object's name are made of beyond letters and digits: parts of a URL's
/// path that need no escaping.
const NAMESPACE: &[char] = &['-'];
const NAME: &[char] = &['-', '.'];

/// The object that is asked for.
#[derive(Debug)]
struct Object {
    api: String,
    resource: String,
    namespace: Option<Slot>,
    name: Option<Slot>,
}

fn object(fields: &Fields<'_>, texts: &mut Vec<LookText>, faults: &mut Faults) -> Option<Object> {
    let part = |name: &str, what: &str, others: &[char], faults: &mut Faults| match fields
        .text(name, faults)
    {
        Some(text) => parameters::known_to_node(what, text, others, faults).map(Some),
        None => fields.get(name).is_none().then_some(None),
    };
    let mut slot = |name: &str, what: &str, others: &[char], faults: &mut Faults| match fields
        .text(name, faults)
    {
        Some(text) if is_template(&text.value) => Some(Some(Slot::of(text, Filling::Plain, texts))),
        Some(text) => parameters::known_to_node(what, text, others, faults)
            .map(|text| Some(Slot::Fixed(text))),
        None => fields.get(name).is_none().then_some(None),
    };
    let resource = part("get", "plural name of a resource", &[], faults);
    let api = part("api", "API version", &['.', '/', '-'], faults);
    let namespace = slot("namespace", "namespace", NAMESPACE, faults);
    let name = slot("name", "name of an object", NAME, faults);
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
    Some(Object {
        api,
        resource,
        namespace,
        name,
    })
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
        let part = |slot: &Option<Slot>, what: &str, others: &[char]| {
            let text = slot.as_ref().map(|slot| slot.known(target, what, others));
            Ok(text.transpose()?.map(str::to_owned))
        };
        Ok(Source::Kube(KubeGet {
            api: self.object.api.clone(),
            resource: self.object.resource.clone(),
            namespace: part(&self.object.namespace, "namespace", NAMESPACE)?,
            name: part(&self.object.name, "name of an object", NAME)?,
        }))
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
