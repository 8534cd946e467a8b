//! What the lab's pods have said by now, on the disks of their nodes, and the kubelets that give it.

use anyhow::{Context as _, Result};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::kube::KubeLab;
use crate::kubelet::pod_log::PodLog;
use crate::kubelet::{Host, Kubelet};
use crate::node::Node;

/// How long ago the first line was written, and one each so often.
const AGE: SignedDuration = SignedDuration::from_mins(30);
const EVERY: SignedDuration = SignedDuration::from_secs(5);
/// The log is rotated after so many lines.
const ROTATED_AFTER: usize = 120;

/// Connects the kubelet of a node, and writes the logs of its pods.
pub(super) fn write(kube: &KubeLab, node: &Node, objects: &[Value]) -> Result<()> {
    let folder = node.log_dir();
    let name = &node.config().name;
    let kubelet = Kubelet::new(&folder).on(Host {
        node: name.clone(),
        cpus: node.config().cpus,
        // Those of the moment: the kubelet is started anew with each change.
        settings: Box::new(node.settings_reader()),
    });
    kube.connect(name, &kubelet)?;
    let pods = objects.iter().filter(|object| {
        object["kind"] == "Pod" && object["spec"]["nodeName"] == *node.config().name
    });
    for pod in pods {
        let field = |pointer: &str| {
            let text = pod.pointer(pointer).and_then(Value::as_str);
            text.with_context(|| format!("a pod without {pointer}"))
        };
        let pod = (
            field("/metadata/namespace")?,
            field("/metadata/name")?,
            field("/metadata/uid")?,
        );
        let container = field("/spec/containers/0/name");
        let mut log = PodLog::begin(&folder, pod, container?)?;
        let now = Timestamp::now();
        let mut at = now - AGE;
        let mut lines = 0;
        while at < now {
            lines += 1;
            let text = format!("GET /orders/{lines} 200 {} ms", 3 + lines % 17);
            log.write(at, "stdout", &text)?;
            if lines % ROTATED_AFTER == 0 {
                log.rotate(at)?;
            }
            at += EVERY;
        }
    }
    Ok(())
}
