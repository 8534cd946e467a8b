//! Codes of inputs.

use super::{Code, error, warning};

pub(super) const CODES: &[Code] = &[
    error("unknown-type", "there is no such type")
        .why("Without a type nothing can be checked.")
        .remedy("Write one of the types that are named.")
        .part(
            "inputs:\n  wait: { type: time, default: 60s, help: How long }\n",
            "inputs:\n  wait: { type: duration, default: 60s, help: How long }\nlook:\n  table:\n    sysctl: { time_wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }\nfind:\n  long:\n    when: table.time_wait > inputs.wait\n    severity: note\n    says: \"TIME_WAIT lasts {{ table.time_wait }}\"\n",
        ),
    error("default-out-of-range", "an input's default lies outside of its limits")
        .why("A run without the input would be refused.")
        .remedy("Change the default, or the limits.")
        .part(
            "inputs:\n  wait: { type: duration, default: 10s, minimum: 30s, help: How long }\n",
            "inputs:\n  wait: { type: duration, default: 60s, minimum: 30s, help: How long }\nlook:\n  table:\n    sysctl: { time_wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }\nfind:\n  long:\n    when: table.time_wait > inputs.wait\n    severity: note\n    says: \"TIME_WAIT lasts {{ table.time_wait }}\"\n",
        ),
    error("no-range", "an input of this type has no minimum or maximum")
        .why("Text and booleans are not larger or smaller than others.")
        .remedy("Remove the limit.")
        .part(
            "inputs:\n  zone: { type: text, minimum: a, help: A zone }\n",
            "inputs:\n  zone: { type: text, help: A zone }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries in {{ inputs.zone }}\"\n",
        ),
    error("secret-default", "a secret input has a default")
        .why("Whoever reads the runbook would know the secret.")
        .remedy("Remove the default; the caller gives the value.")
        .part(
            "inputs:\n  token: { type: text, secret: true, default: abc, help: A token }\n",
            "target: node\n",
        ),
    error("secret-in-text", "a secret input would leave the run")
        .why("Texts are printed, stored in the journal and sent to nodes; secrets never are.")
        .remedy("Don't fill secrets into texts.")
        .part(
            "inputs:\n  token: { type: text, secret: true, help: A token }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries, {{ inputs.token }}\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    warning("unused-input", "nothing reads an input")
        .why("Callers give it and believe that it changes something.")
        .remedy("Read it as `inputs.NAME`, or remove it.")
        .part(
            "inputs:\n  wait: { type: duration, default: 60s, help: How long }\n",
            "target: node\n",
        ),
];
