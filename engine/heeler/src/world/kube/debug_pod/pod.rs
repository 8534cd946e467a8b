//! The debug pod as it is asked for, and what the cluster says of it: that it runs, or why it does not.

use serde_json::{Value, json};

use super::Made;
use crate::world::error::Cause;

/// Its only container.
pub(super) const CONTAINER: &str = "logs";
/// Who has made it.
pub(super) const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "heeler");
/// For whom: what is left of others is none of the caller's business.
pub(super) const OWNER: &str = "heeler.dev/owner";
/// Seconds after which its node ends it by itself.
pub(super) const LEASE: u32 = 15 * 60;
/// Why a container does not start, and will not by waiting.
const FINAL: [&str; 8] = [
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "CrashLoopBackOff",
];

/// A pod that sleeps on its node, sees `/var/log` there and can't write to it. It runs as root without any
/// capability, because files of logs are root's alone; what the node's SELinux keeps from pods it does not see.
/// The kubelet is not asked for by a scheduler, so taints and what is full do not matter but to itself.
pub(super) fn manifest(made: &Made, image: &str) -> Value {
    let (key, value) = MANAGED_BY;
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": made.name,
            "namespace": made.namespace,
            "labels": {key: value, OWNER: made.owner},
            "annotations": {"heeler.dev/purpose": "reads the node's /var/log, read-only, for a person who runs heeler logs"},
        },
        "spec": {
            "nodeName": made.node,
            "restartPolicy": "Never",
            "activeDeadlineSeconds": LEASE,
            // Not 0: the API server would forget the pod before its node has ended it.
            "terminationGracePeriodSeconds": 1,
            "automountServiceAccountToken": false,
            "enableServiceLinks": false,
            "tolerations": [{"operator": "Exists"}],
            "containers": [{
                "name": CONTAINER,
                "image": image,
                "imagePullPolicy": "IfNotPresent",
                // Any image with `tail` can wait like that; the deadline ends it.
                "command": ["tail", "-f", "/dev/null"],
                "resources": {
                    "requests": {"cpu": "10m", "memory": "16Mi"},
                    "limits": {"cpu": "1", "memory": "128Mi"},
                },
                "securityContext": {
                    "runAsUser": 0,
                    "runAsGroup": 0,
                    "privileged": false,
                    "allowPrivilegeEscalation": false,
                    "readOnlyRootFilesystem": true,
                    "capabilities": {"drop": ["ALL"]},
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "volumeMounts": [{"name": "logs", "mountPath": "/var/log", "readOnly": true}],
            }],
            "volumes": [{"name": "logs", "hostPath": {"path": "/var/log", "type": "Directory"}}],
        },
    })
}

/// How far a pod is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Phase {
    /// It runs.
    Running,
    /// Not yet, as far as it is known for this reason.
    Starting(String),
}

/// How far this one is.
///
/// # Errors
/// It will never run.
pub(super) fn phase(pod: &Value) -> Result<Phase, Cause> {
    let text = |pointer: &str| pod.pointer(pointer).and_then(Value::as_str);
    let never = |code: &str, detail: &str| {
        Err(Cause::Refused {
            code: code.to_owned(),
            detail: format!("the debug pod does not start: {detail}"),
        })
    };
    if pod.pointer("/metadata/deletionTimestamp").is_some() {
        return never("Deleted", "somebody has deleted it");
    }
    let waiting = "/status/containerStatuses/0/state/waiting";
    let reason = text(&format!("{waiting}/reason")).unwrap_or_default();
    let message = text(&format!("{waiting}/message")).unwrap_or_default();
    match text("/status/phase") {
        Some("Running") if reason.is_empty() => Ok(Phase::Running),
        Some("Failed" | "Succeeded") => {
            let ended = "/status/containerStatuses/0/state/terminated";
            let why = text("/status/reason").or_else(|| text(&format!("{ended}/reason")));
            let said = text("/status/message").or_else(|| text(&format!("{ended}/message")));
            never(
                why.unwrap_or("Ended"),
                said.unwrap_or("it has ended at once; is there a `tail` in the image?"),
            )
        }
        _ if FINAL.contains(&reason) => never(reason, message),
        _ if !reason.is_empty() => Ok(Phase::Starting(format!("{reason} {message}"))),
        _ => {
            let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
            let mut conditions = conditions.into_iter().flatten();
            let said = conditions.find_map(|one| {
                let holds = one.get("status")?.as_str()? == "True";
                one.get("message")?.as_str().filter(|_| !holds)
            });
            Ok(Phase::Starting(
                said.unwrap_or("its node has not started it").to_owned(),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waiting(reason: &str, message: &str) -> Value {
        json!({"status": {"phase": "Pending", "containerStatuses": [
            {"state": {"waiting": {"reason": reason, "message": message}}}]}})
    }

    #[test]
    fn what_may_still_start_is_waited_for_and_what_will_not_is_told() {
        let running = json!({"status": {"phase": "Running"}});
        assert_eq!(phase(&running).unwrap(), Phase::Running);
        let pulling = phase(&waiting("ErrImagePull", "no route to the registry")).unwrap();
        assert_eq!(
            pulling,
            Phase::Starting("ErrImagePull no route to the registry".into())
        );
        let Err(Cause::Refused { code, detail }) = phase(&waiting("ImagePullBackOff", "Back-off"))
        else {
            panic!("it is waited for");
        };
        assert_eq!(code, "ImagePullBackOff");
        assert_eq!(detail, "the debug pod does not start: Back-off");
        let full = json!({"status": {"phase": "Failed", "reason": "OutOfpods", "message": "Node didn't have enough resource"}});
        assert!(matches!(phase(&full), Err(Cause::Refused { code, .. }) if code == "OutOfpods"));
        let pending = json!({"status": {"phase": "Pending", "conditions": [
            {"status": "True", "message": "yes"}, {"status": "False", "message": "no network"}]}});
        assert_eq!(
            phase(&pending).unwrap(),
            Phase::Starting("no network".into())
        );
    }

    #[test]
    fn the_pod_can_read_and_nothing_else() {
        let made = Made::named("shop", "n1", "o1");
        let pod = manifest(&made, "busybox");
        let spec = pod.get("spec").unwrap();
        for (pointer, value) in [
            ("/nodeName", json!("n1")),
            ("/automountServiceAccountToken", json!(false)),
            ("/activeDeadlineSeconds", json!(900)),
            (
                "/containers/0/securityContext/capabilities/drop/0",
                json!("ALL"),
            ),
            (
                "/containers/0/securityContext/readOnlyRootFilesystem",
                json!(true),
            ),
            (
                "/containers/0/securityContext/allowPrivilegeEscalation",
                json!(false),
            ),
            ("/containers/0/volumeMounts/0/readOnly", json!(true)),
            ("/volumes/0/hostPath/path", json!("/var/log")),
        ] {
            assert_eq!(spec.pointer(pointer), Some(&value), "{pointer}");
        }
        for name in ["hostNetwork", "hostPID", "hostIPC", "serviceAccountName"] {
            assert!(spec.get(name).is_none(), "{name}");
        }
        assert!(made.name.starts_with("heeler-logs-") && made.name.len() > 20);
    }
}
