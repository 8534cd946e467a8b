//! A connection tracking table that holds more than its maximum.

use super::{Example, Hazard, Then, Versions};

const FILE: &str = "net/netfilter/nf_conntrack_max";

pub(super) const HAZARD: Hazard = Hazard {
    name: "lowered-maximum",
    title: "Below the entries that are in use, a maximum makes the kernel drop new connections at once",
    versions: Versions::All,
    concerns: "`net.netfilter.nf_conntrack_max` by a setting: where the change raises it, its way back lowers it",
    found_by: "the parameter's name among the settings; whether the table fits then only `nf_conntrack_count` tells",
    then: Then::Warn(
        "the change or its way back lowers the maximum, and neither waits until the table fits: below the entries in use \
         the kernel drops new connections until enough entries have ended",
    ),
    safe_way: "use `sysctl`, which lowers it only where the table fits, and on the way back waits for that; or let `require` compare the entries with the lower value of both; once a \
               raised maximum is kept, take it back only when the table fits",
    source: "Linux `net/netfilter/nf_conntrack_core.c` (`__nf_conntrack_alloc`, `early_drop`)",
    has: &[Example {
        services: &["sysctl"],
        ..Example::of(
            "settings",
            "{ settings.kernel.sysctl: { net/netfilter/nf_conntrack_max: 65536 } }",
        )
    }],
    spares: &[
        Example {
            from: "131072",
            ..Example::of("sysctl", "{ net.netfilter.nf_conntrack_max: 262144 }")
        },
        Example {
            services: &["sysctl"],
            ..Example::of(
                "settings",
                "{ settings.kernel.sysctl: { net/netfilter/nf_conntrack_buckets: 65536 } }",
            )
        },
    ],
    applies: |change| {
        let by_setting = change.settings().next().is_some();
        by_setting && change.parameters().any(|(file, _)| file == FILE)
    },
};
