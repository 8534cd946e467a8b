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
    error("not-of-type", "an input has a key that belongs to another type")
        .why("The key would be ignored, and whoever wrote it relies on it.")
        .remedy("Leave the key out, or write the type that it belongs to.")
        .part(
            "inputs:\n  zone: { type: text, values: [a, b], default: a, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: enum, values: [a, b], default: a, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("empty-enum", "an enum has no values")
        .why("Nothing that a caller gives could be accepted.")
        .remedy("Write the values: `values: [a, b]`.")
        .part(
            "inputs:\n  zone: { type: enum, values: [], help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: enum, values: [a, b], help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("duplicate-value", "a value of an enum occurs twice")
        .why("It looks as if another one had been meant.")
        .remedy("Remove one.")
        .part(
            "inputs:\n  zone: { type: enum, values: [a, b, a], help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: enum, values: [a, b], help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("default-not-in-values", "a default is none of the values of its enum")
        .why("A run without the input would be refused.")
        .remedy("Write one of the values, or add it to them.")
        .part(
            "inputs:\n  zone: { type: enum, values: [a, b], default: c, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: enum, values: [a, b], default: b, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("default-not-in-pattern", "a default does not match the pattern of its input")
        .why("A run without the input would be refused.")
        .remedy("Change the default, or the pattern.")
        .part(
            "inputs:\n  zone: { type: text, pattern: '[a-z]', default: abc, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: text, pattern: '[a-z]', default: a, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"a\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("empty-range", "the maximum of an input is below its minimum")
        .why("Nothing that a caller gives could be accepted.")
        .remedy("Exchange them.")
        .part(
            "inputs:\n  most: { type: integer, minimum: 10, maximum: 1, help: The most entries }\nfind:\n  table-full:\n    when: table.count > inputs.most\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  most: { type: integer, minimum: 1, maximum: 10, help: The most entries }\nfind:\n  table-full:\n    when: table.count > inputs.most\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
    error("secret-type", "an input that is no text is secret")
        .why("A number or a word is short: it would be found, and hidden, wherever it stands by chance.")
        .remedy("Write `type: text`, with a `pattern` where it has a form.")
        .part(
            "inputs:\n  zone: { type: integer, secret: true, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == 3 and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
            "inputs:\n  zone: { type: text, pattern: '[0-9]+', secret: true, help: A zone }\nfind:\n  table-full:\n    when: inputs.zone == \"3\" and table.count > 10\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n",
        ),
];
