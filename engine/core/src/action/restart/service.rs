//! What hangs on the services of a Bottlerocket host.

/// What a service is for, as far as its restart concerns others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    /// It carries the commands of Systems Manager, or what they are carried out in.
    WayIn(&'static str),
    /// Pods keep running: KillMode=process. Source: `packages/kubernetes-*/kubelet.service` of the
    /// core kit.
    Kubelet,
    /// Its shims keep the containers running; the kubelet has BindsTo=containerd.service. Source:
    /// bottlerocket `sources/shared-defaults/oci-defaults*.toml`, the kubelet's unit.
    Containerd,
    /// Nothing more is known of it than that it stops and starts.
    Other,
}

/// Services without which no command comes to the node, or its answer away from it. Sources: core
/// kit `packages/os/*.service`, `packages/host-ctr`, `packages/systemd`, `packages/wicked`.
const WAYS_IN: [(&str, &str); 6] = [
    (
        "host-containers@control.service",
        "the SSM agent runs in the control container",
    ),
    (
        "host-containers@admin.service",
        "the restart is carried out in the admin container",
    ),
    (
        "host-containerd.service",
        "it holds the control container and the admin container",
    ),
    (
        "apiserver.service",
        "the control container reaches the admin container through it",
    ),
    ("systemd-networkd.service", "it holds the node's network"),
    ("wicked.service", "it holds the node's network"),
];

impl Service {
    pub(super) fn of(unit: &str) -> Self {
        let way_in = WAYS_IN.iter().find(|(name, _)| *name == unit);
        match (way_in, unit) {
            (Some((_, why)), _) => Service::WayIn(why),
            (None, "kubelet.service") => Service::Kubelet,
            (None, "containerd.service") => Service::Containerd,
            (None, _) => Service::Other,
        }
    }

    /// Why a command that restarts it would not live to see that.
    pub(super) fn is_the_way_in(self) -> Option<&'static str> {
        match self {
            Service::WayIn(why) => Some(why),
            _ => None,
        }
    }

    /// The name by which Bottlerocket's settings know it, where its restart restarts the kubelet.
    pub(super) fn setting(self) -> Option<&'static str> {
        match self {
            Service::Kubelet => Some("kubernetes"),
            Service::Containerd => Some("containerd"),
            Service::WayIn(_) | Service::Other => None,
        }
    }

    /// What a restart does, in one line.
    pub(super) fn effect(self, unit: &str) -> String {
        match self {
            Service::Kubelet => {
                "pods keep running; the node may be NotReady for a moment, and probes, \
                                 `kubectl logs` and `kubectl exec` pause"
                    .to_owned()
            }
            Service::Containerd => {
                "containers keep running, and none can start meanwhile; the kubelet \
                                    restarts with it, and the node may be NotReady for a moment"
                    .to_owned()
            }
            Service::WayIn(_) | Service::Other => {
                format!("whatever needs {unit} has to do without it for a moment")
            }
        }
    }
}
