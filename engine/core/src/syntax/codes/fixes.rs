//! Codes of fixes.

use super::{Code, error, warning};

pub(super) const CODES: &[Code] = &[
    error("not-a-change", "an action can't change anything")
        .why("Only actions that know their inverse may change a node.")
        .remedy("Write one that changes, such as `sysctl`.")
        .part(
            change!("memory: {}"),
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    error("not-one-key", "a change sets none, or several things at once")
        .why("Each change is shown, applied, read back and undone by itself.")
        .remedy("Write one entry of `change` for each.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144, net.netfilter.nf_conntrack_buckets: 65536 }"),
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    error("not-a-setting", "a change sets what is no setting by itself")
        .why("A map with names of your own is no value, and a dot in such a name is no step into it: Bottlerocket would refuse it, or set something else.")
        .remedy("Write the map, with the names in it.")
        .part(
            change!("settings: { settings.kernel.sysctl.vm.max_map_count: 1048576 }"),
            change!("settings: { settings.kernel.sysctl: { vm.max_map_count: 1048576 } }"),
        ),
    error("cuts-off-control", "a change stops the control container")
        .why("The SSM agent runs there, and the command with it: nobody would learn of its end, and nothing on the node could take it back.")
        .remedy("Leave it out. Put it into the node group's user data, and replace the nodes.")
        .part(
            change!("settings: { settings.network.no-proxy: 10.0.0.1 }"),
            change!("settings: { settings.motd: a full table }"),
        ),
    error("several-places", "a fix changes something in two places")
        .why("One command carries all changes of a fix, so that they stand or fall together; it has one place.")
        .remedy("Make two fixes of it.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n      - settings: { settings.kernel.sysctl: { net.netfilter.nf_conntrack_max: 262144 } }"),
            change!("settings: { settings.kernel.sysctl: { net.netfilter.nf_conntrack_max: 262144 } }"),
        ),
    error("fix-too-long", "the changes of a fix don't fit one command")
        .why("One command carries all changes of a fix, with the undo of each, and `apiclient exec` takes about 12,000 bytes for the admin container: nothing would be changed.")
        .remedy("Make two fixes of it, each with some of the changes.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_tcp_timeout_established: 86400s }\n      - sysctl: { net.netfilter.nf_conntrack_tcp_timeout_close_wait: 30s }\n      - sysctl: { net.netfilter.nf_conntrack_tcp_timeout_time_wait: 60s }"),
            change!("sysctl: { net.netfilter.nf_conntrack_tcp_timeout_established: 86400s }"),
        ),
    error("mixed-fix", "a fix changes something on the node and in the Kubernetes API")
        .why("A switch on the node takes back what is there, and nothing on the node takes back what is in the Kubernetes API: they can't stand or fall together.")
        .remedy("Make two fixes of it.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n      - cordon: {}"),
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    error("patches-secret", "a fix sets a secret")
        .why("The values, the old one too, would stand in the plan, in the journal and in every report.")
        .remedy("Change it by hand, or where it is made.")
        .part(
            change!("patch: { object: { resource: secrets, namespace: shop, name: web }, set: { data.limit: \"5\" } }"),
            change!("patch: { object: { resource: configmaps, namespace: shop, name: web }, set: { data.limit: \"5\" } }"),
        ),
    error("not-a-field", "a patch sets what is no field of its own")
        .why("The API server keeps `status` and most of `metadata` for itself and for controllers; and a whole `spec` is more than anybody can read in a plan.")
        .remedy("Name a field below `spec`, `data`, `metadata.labels` or `metadata.annotations`.")
        .part(
            change!("patch: { object: { resource: services, namespace: shop, name: web }, set: { status.phase: done } }"),
            change!("patch: { object: { resource: services, namespace: shop, name: web }, set: { spec.externalTrafficPolicy: Local } }"),
        ),
    error("mixed-ways", "some changes of a fix have a way back, and others don't")
        .why("All changes of a fix stand or fall together. What has no way back stays, and where it does not help a person goes on; the others would be taken back around it.")
        .remedy("Make two fixes of it.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n      - restart: kubelet.service"),
            change!("restart: kubelet.service"),
        ),
    error("not-alone", "a fix reboots the node and changes something else")
        .why("A reboot is locked, cordoned, drained and waited for, step by step; what else a fix changes at runtime it would end, and nobody could tell what is to be taken back.")
        .remedy("Make two fixes of it.")
        .part(
            change!("reboot: {}\n      - restart: kubelet.service"),
            change!("reboot: {}"),
        ),
    error("needless-undo", "a fix says when the node takes it back, and nothing on the node does")
        .why("Somebody who reads it would rely on a switch that is not there: nothing takes back what has no way back, and what the Kubernetes API carries out is taken back by heeler itself, as soon as `within` has passed.")
        .remedy("Leave `undo-unless-kept` out.")
        .part(
            undo!("restart: kubelet.service", "6m"),
            change!("restart: kubelet.service"),
        ),
    error("no-revert", "a script changes something, and nothing says how it is taken back")
        .why("What has a way back can be tried; what has none needs the approval of two other people.")
        .remedy("Add `revert:`, a script after which `present` prints what it printed before; or say `irreversible: true`.")
        .part(
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode }"),
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode }"),
        ),
    error("two-ways-back", "a script has a way back, and is said to have none")
        .why("Only one of them can be true, and the approval hangs on which.")
        .remedy("Leave one of them out: `revert`, or `irreversible: true`.")
        .part(
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode, irreversible: true }"),
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode }"),
        ),
    error("no-switch", "a script is to be taken back in the admin container")
        .why("What takes a change back when nobody keeps it is a job in the control container, and it can't reach there by itself.")
        .remedy("Write `at: control`; or say `irreversible: true` instead of `revert`.")
        .part(
            change!("run: { at: admin, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode }"),
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode }"),
        ),
    error("changing-script", "a value stands in a script that changes something")
        .why("What is approved has to stand in the runbook, and its way back must be the same script whenever it is needed.")
        .remedy("Write a fix for each value.")
        .part(
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: \"echo {{ table.count }} >/tmp/mode\", revert: echo idle >/tmp/mode }"),
            change!("run: { at: control, present: cat /tmp/mode, to: busy, script: echo busy >/tmp/mode, revert: echo idle >/tmp/mode }"),
        ),
    error("restarted-twice", "a fix restarts a service twice in a row")
        .why("A restart in the middle of a restart is lost: the kubelet keeps its old configuration, or stays stopped.")
        .remedy("Make one map of them below the name that they share: it is set at once. Or make two fixes.")
        .part(
            change!("settings: { settings.kubernetes.eviction-hard: { memory.available: 5% } }\n      - settings: { settings.kubernetes.pod-pids-limit: 4096 }"),
            change!("settings: { settings.kubernetes: { eviction-hard: { memory.available: 5% }, pod-pids-limit: 4096 } }"),
        ),
    error("empty-fix", "a fix changes nothing")
        .why("It would be approved, and do nothing.")
        .remedy("Add a change, or remove the fix.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    effect: room for more\n    change: []\n    verify: { that: table.count < table.max, for: 30s, within: 5m }\n",
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    error("empty-hold", "a fix is verified by a condition that has to hold for no time")
        .why("One look proves nothing: the trouble may come back with the next packet.")
        .remedy("Give `for` long enough for the trouble to come back.")
        .part(verify!("0s", "5m"), verify!("30s", "5m")),
    error("short-verify", "`within` leaves no time to see the condition hold")
        .why("The fix would always be taken back.")
        .remedy("Make `within` at least 10 seconds longer than `for`.")
        .part(verify!("30s", "30s"), verify!("30s", "5m")),
    error("short-undo", "the node takes a fix back before its condition can have held")
        .why("Nothing could ever be kept.")
        .remedy("Make `undo-unless-kept` longer than `for`, or leave it out: it is a minute longer than `within` then.")
        .part(
            undo!("20s"),
            undo!("6m"),
        ),
    warning("hasty-undo", "the node may take a fix back while it is still carried out")
        .why("The time begins before the change. Nothing is harmed: the step under way comes to its end, and is taken back. But where the change takes long the fix is never kept.")
        .remedy("Make `undo-unless-kept` longer than the change may take, or leave it out: it is a minute longer than `within` then, and longer by what slow changes may take.")
        .part(
            undo!("host-container: { admin: true }", "1m"),
            undo!("host-container: { admin: true }", "10m"),
        ),
    warning("unused-fix", "no finding offers a fix")
        .why("Nobody can ever apply it.")
        .remedy("Name it in `fix:` of the finding that it mends, or remove it.")
        .part(
            "fix:\n  raise:\n    effect: room for more\n    change:\n      - sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n    verify: { that: table.count < table.max, for: 30s, within: 5m }\n",
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    warning("no-effect", "a fix does not say what it does")
        .why("Whoever approves it reads that line, and no other.")
        .remedy("Add `effect:`, with when it helps and what it costs.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    fix: [raise]\nfix:\n  raise:\n    change:\n      - sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n    verify: { that: table.count < table.max, for: 30s, within: 5m }\n",
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
    warning("changed-twice", "a fix sets the same thing twice")
        .why("The second change finds another value than the plan showed, and is refused.")
        .remedy("Remove one.")
        .part(
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }\n      - sysctl: { net.netfilter.nf_conntrack_max: 524288 }"),
            change!("sysctl: { net.netfilter.nf_conntrack_max: 262144 }"),
        ),
];
