//! kube-proxy sets some parameters of connection tracking itself.

use super::versions::version;
use super::{Example, Hazard, Range, Then, Versions};

const FILES: [&str; 3] = [
    "net/netfilter/nf_conntrack_max",
    "net/netfilter/nf_conntrack_tcp_timeout_established",
    "net/netfilter/nf_conntrack_tcp_timeout_close_wait",
];

pub(super) const HAZARD: Hazard = Hazard {
    name: "kube-proxy-writes-too",
    title: "kube-proxy writes its own value whenever it starts, also where that lowers the node's",
    versions: Versions::Kubernetes(Range::From(version(1, 29))),
    concerns: "`nf_conntrack_max`, `nf_conntrack_tcp_timeout_established` and `nf_conntrack_tcp_timeout_close_wait` below \
               `net.netfilter`, by `sysctl` or by a setting",
    found_by: "the parameter's name; kube-proxy's value only a look at its ConfigMap and at the number of CPUs tells",
    then: Then::Warn(
        "kube-proxy writes its own value over it when it starts again: for good, change its ConfigMap \
         kube-proxy-config too",
    ),
    safe_way: "change `conntrack` in the ConfigMap kube-proxy-config as well; `maxPerCore: 0` with `min: 0` leaves \
               the node's maximum alone. Its flags lose against that file",
    source: "kubernetes PR #120448, #142035, `pkg/proxy/conntrack`; bottlerocket #4221",
    has: &[
        Example {
            from: "131072",
            ..Example::of("sysctl", "{ net/netfilter/nf_conntrack_max: 262144 }")
        },
        Example {
            services: &["sysctl"],
            ..Example::of(
                "settings",
                "{ settings.kernel.sysctl: { net.netfilter.nf_conntrack_tcp_timeout_close_wait: 60s } }",
            )
        },
    ],
    spares: &[Example {
        from: "120",
        ..Example::of(
            "sysctl",
            "{ net.netfilter.nf_conntrack_tcp_timeout_time_wait: 60s }",
        )
    }],
    applies: |change| {
        let mut parameters = change.parameters();
        parameters.any(|(file, _)| FILES.contains(&file))
    },
};
