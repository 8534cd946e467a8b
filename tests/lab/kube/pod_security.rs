//! Pod Security admission, as far as it forbids what a pod wants of its node: the levels `baseline` and
//! `restricted` of a namespace's label. Source: `k8s.io/pod-security-admission`.

use serde_json::Value;

use crate::kube::metadata::text;
use crate::kube::request::ObjectRequest;
use crate::kube::status::{Answer, Refusal};
use crate::kube::store::{Key, Store};

const LABEL: &str = "pod-security.kubernetes.io/enforce";

/// Refuses a new pod that mounts a folder of its node where that is forbidden.
pub(crate) fn admit(store: &Store, request: &ObjectRequest, name: &str, pod: &Value) -> Answer<()> {
    if request.resource.kind != "Pod" {
        return Ok(());
    }
    let namespace = store.get(&Key::new("namespaces", "", &request.namespace));
    let level = namespace.map(|namespace| text(&namespace["metadata"]["labels"][LABEL]));
    let level = level.filter(|level| ["baseline", "restricted"].contains(&level.as_str()));
    let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
    let host_path = volumes
        .filter(|volume| volume["hostPath"].is_object())
        .map(|volume| text(&volume["name"]))
        .next();
    match (level, host_path) {
        (Some(level), Some(volume)) => {
            let why = format!(
                "violates PodSecurity \"{level}:latest\": hostPath volumes (volume \"{volume}\")"
            );
            Err(Refusal::not_admitted(request.resource, name, &why))
        }
        _ => Ok(()),
    }
}
