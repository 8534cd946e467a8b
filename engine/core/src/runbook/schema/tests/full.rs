//! A runbook in which every key of the language occurs, as JSON, which is YAML too.

use serde_json::{Value as Json, json};

/// The runbook that it uses.
pub(super) const HEALTH: &str = r#"heeler: 1
name: health
summary: Whether a node is well
target: node
inputs:
  least: { type: integer, default: 5, help: Lines that are too many }
look:
  log:
    dmesg: { pattern: oom }
find:
  out-of-memory:
    when: log.lines > inputs.least
    severity: warning
    says: "{{ log.lines }} lines"
"#;

/// The runbook. It has no faults.
pub(super) fn runbook() -> Json {
    json!({
        "heeler": 1,
        "name": "everything",
        "summary": "Every key of the language",
        "target": "node",
        "within": "2m",
        "allow": ["control", "admin", "host"],
        "inputs": {
            "time_wait": {
                "type": "duration", "default": "60s", "minimum": "30s", "maximum": "120s",
                "help": "How long a closed connection stays",
            },
            "token": { "type": "text", "secret": true, "help": "A token" },
            "team": { "type": "text", "pattern": "[a-z]+", "help": "A team" },
            "tier": { "type": "enum", "values": ["gold", "tin"], "help": "A tier" },
            "ports": { "type": "list", "of": "integer", "default": [80, 443], "help": "Ports" },
        },
        "look": looks(),
        "find": {
            "table-full": {
                "label": "a full table",
                "when": "table.count >= 0.9 * table.max",
                "severity": "critical",
                "says": "{{ table.count }} of {{ table.max }}",
                "details": ["TIME_WAIT lasts {{ table.time_wait }}"],
                "because": "The kernel drops them.",
                "lasting": "reuse connections",
                "fix": ["shorten-time-wait"],
                "evidence": [{ "proves": "table" }],
                "instead-of": ["busy-port"],
            },
            "busy-port": {
                "for-each": "inputs.ports",
                "when": "each > log.lines",
                "severity": "note",
                "says": "{{ each }}",
                "evidence": [{ "suggests": "log" }],
            },
        },
        "fix": {
            "shorten-time-wait": {
                "require": "entries.time_wait.share >= 0.5",
                "effect": "helps from {{ inputs.time_wait }} on",
                "change": [{ "sysctl": {
                    "net.netfilter.nf_conntrack_tcp_timeout_time_wait": "{{ inputs.time_wait }}",
                } }],
                "verify": { "that": "traffic.drop.growth == 0", "for": "30s", "within": "5m" },
            },
        },
    })
}

fn looks() -> Json {
    json!({
        "table": {
            "label": "the table's size",
            "sysctl": {
                "count": "net.netfilter.nf_conntrack_count",
                "max": "net.netfilter.nf_conntrack_max",
                "time_wait": "net.netfilter.nf_conntrack_tcp_timeout_time_wait",
            },
        },
        "traffic": { "conntrack-counters": { "over": "2s" } },
        "entries": {
            "only-if": "table.count > 0",
            "after": ["traffic"],
            "conntrack-entries": { "sample": 5000 },
        },
        "log": { "dmesg": { "pattern": "table full" } },
        "health": {
            "use": "health",
            "with": { "least": "10" },
            "only-if": "table.count > 0",
        },
        "disks": {
            "within": "10s",
            "retry": 1,
            "for-each": "inputs.ports",
            "disk": { "path": "/var/{{ each }}" },
        },
        "disk": { "disk": { "path": "/var" } },
        "kubelet": { "journal": { "unit": "kubelet", "window": "1h", "pattern": "evict" } },
        "script": {
            "run": {
                "at": "admin",
                "script": "uptime",
                "extract": { "load": { "pattern": "average: ([0-9.]+)", "type": "number" } },
            },
        },
        "program": { "run": { "at": "host", "argv": ["uname", "-r"] } },
        "sockets": { "socket-counters": { "over": "2s" } },
        "allowance": {
            "ethtool": { "counters": ["conntrack_allowance_exceeded"], "over": "2s" },
        },
        "memory": { "memory": {} },
        "kernel_settings": {
            "settings": {
                "prefix": "settings.kernel",
                "extract": {
                    "max": { "path": "kernel.sysctl[\"net.netfilter.nf_conntrack_max\"]", "type": "integer" },
                },
            },
        },
        "proxy_config": {
            "kube": {
                "get": "configmaps",
                "api": "v1",
                "namespace": "kube-system",
                "name": "kube-proxy-config",
                "extract": {
                    "min": { "path": "data.config", "yaml": "conntrack.min", "type": "integer" },
                },
            },
        },
    })
}
