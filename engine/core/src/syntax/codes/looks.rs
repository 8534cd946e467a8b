//! Codes of looks and their actions.

use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("no-action", "an entry names no action")
        .why("There is nothing to ask, or to change.")
        .remedy("Add one action; the reference lists them.")
        .part(
            "look:\n  memory:\n    label: the memory\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    label: the memory\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("two-actions", "an entry names more than one action")
        .why("Its answer would be two answers under one name.")
        .remedy("Make two entries of it.")
        .part(
            "look:\n  memory:\n    memory: {}\n    socket-counters: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("unknown-action", "there is no such action")
        .why("Nobody knows how to ask it.")
        .remedy("Write the nearest right action; the reference lists them.")
        .part(
            "look:\n  memory:\n    memroy: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("not-a-look", "an action can't look")
        .why("It only changes something, and a look changes nothing.")
        .remedy("Read with another action what it would change; the reference says which of them look.")
        .part(
            "look:\n  admin:\n    host-container: { admin: true }\nfind:\n  stopped:\n    when: admin.enabled is absent\n    severity: note\n    says: the admin container is off\n",
            "look:\n  admin:\n    settings: { prefix: settings.host-containers, extract: { enabled: { path: host-containers.admin.enabled, type: boolean } } }\nfind:\n  stopped:\n    when: admin.enabled is absent\n    severity: note\n    says: the admin container is off\n",
        ),
    error("unknown-look", "there is no such look")
        .why("Nothing can come after it.")
        .remedy("Name a look of the runbook.")
        .part(
            "look:\n  memory:\n    after: [tabel]\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("look-cycle", "looks wait for one another")
        .why("None of them would ever be asked.")
        .remedy("Follow `only-if` and `after`, and take one of them out.")
        .part(
            "look:\n  memory:\n    only-if: memory.available < \"100MiB\"\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    error("not-a-path", "a text is no way into a document")
        .why("What it would take can't be told.")
        .remedy("Write it as a.b[\"c.d/e\"][0].")
        .part(
            "look:\n  motd:\n    settings: { prefix: settings.motd, extract: { text: { path: \"motd..text\", type: text } } }\nfind:\n  none:\n    when: motd.text is absent\n    severity: note\n    says: none\n",
            "look:\n  motd:\n    settings: { prefix: settings.motd, extract: { text: { path: motd.text, type: text } } }\nfind:\n  none:\n    when: motd.text is absent\n    severity: note\n    says: none\n",
        ),
    error("not-a-prefix", "a text is no prefix of Bottlerocket's settings")
        .why("Only settings can be read there.")
        .remedy("Start it with `settings`.")
        .part(
            "look:\n  motd:\n    settings: { prefix: motd, extract: { text: { path: motd, type: text } } }\nfind:\n  none:\n    when: motd.text is absent\n    severity: note\n    says: none\n",
            "look:\n  motd:\n    settings: { prefix: settings.motd, extract: { text: { path: motd, type: text } } }\nfind:\n  none:\n    when: motd.text is absent\n    severity: note\n    says: none\n",
        ),
    warning("unused-look", "nothing reads a look")
        .why("It costs time on every node, and its answer is thrown away.")
        .remedy("Read it in a finding or a fix, or remove it.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    memory: {}\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n",
        ),
    warning("unused-field", "nothing reads a part of an answer that the runbook has named")
        .why("It makes the answer longer, and looks as if a finding depended on it.")
        .remedy("Read it in a finding or a fix, or remove it.")
        .part(
            "look:\n  table:\n    sysctl:\n      count: net.netfilter.nf_conntrack_count\n      max: net.netfilter.nf_conntrack_max\n      buckets: net.netfilter.nf_conntrack_buckets\n",
            "look:\n  table:\n    sysctl:\n      count: net.netfilter.nf_conntrack_count\n      max: net.netfilter.nf_conntrack_max\n",
        ),
    warning("same-look", "two looks ask the same")
        .why("The node does the work twice, and the two answers may differ.")
        .remedy("Remove one, and read the other.")
        .part(
            "look:\n  memory:\n    memory: {}\n  again:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\" or again.available < \"50MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    warning("listed-twice", "a name is listed twice")
        .why("Once is enough; perhaps another name was meant.")
        .remedy("Remove one.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    after: [table, table]\n    memory: {}\nfind:\n  low:\n    when: table.count > table.max and memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    after: [table]\n    memory: {}\nfind:\n  low:\n    when: table.count > table.max and memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    warning("redundant-after", "`after` names a look that `only-if` waits for already")
        .why("What `only-if` reads has been answered before it can be told.")
        .remedy("Remove it from `after`.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    only-if: table.count > table.max\n    after: [table]\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n  memory:\n    only-if: table.count > table.max\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} left\"\n",
        ),
    warning("large-answer", "the answers don't fit the listing of commands")
        .why("2,500 characters of an answer come with the listing that is polled anyway; a longer one costs a call for each node.")
        .remedy("Take fewer fields, or let looks that are seldom needed wait with `only-if` or `after`.")
        .examples(Example::Part(LARGE), Example::Part("target: node\n")),
    error("command-too-long", "the looks don't fit one command")
        .why("`apiclient exec` takes about 12,000 bytes of script for the admin container; nothing of the wave would be asked.")
        .remedy("Let some of the looks wait for others with `after`, or make two runbooks.")
        .examples(Example::Part(LONG), Example::Part("target: node\n")),
    error("unknown-hop", "a node has no such place")
        .why("A script runs in the control container, in the admin container or on the host.")
        .remedy("Write `control`, `admin` or `host`.")
        .part(
            "look:\n  ask:\n    run: { at: pod, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
            "look:\n  ask:\n    run: { at: admin, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
        ),
    error("no-shell", "a script is to run on the host")
        .why("Bottlerocket has no shell on the host.")
        .remedy("Name a program of the host, `argv: [PROGRAM, ARGUMENT]`, or write `at: admin`.")
        .part(
            "look:\n  ask:\n    run: { at: host, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
            "look:\n  ask:\n    run: { at: host, argv: [systemctl, is-system-running] }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
        ),
    error("not-for-a-shell", "`argv` stands where there is a shell")
        .why("It names a program of the host and its arguments.")
        .remedy("Write it as `script:`, or write `at: host`.")
        .part(
            "look:\n  ask:\n    run: { at: admin, argv: [uptime] }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
            "look:\n  ask:\n    run: { at: admin, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
        ),
    error("not-a-script", "a script is empty or no text")
        .why("There is nothing to run.")
        .remedy("Write what it runs.")
        .part(
            "look:\n  ask:\n    run: { at: admin, script: \" \" }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
            "look:\n  ask:\n    run: { at: admin, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n",
        ),
    error("script-too-long", "a script is longer than 4,000 bytes")
        .why("All looks of a wave travel in one command.")
        .remedy("Make several looks of it.")
        .examples(
            Example::Told("a script of 4,001 bytes"),
            Example::Part("look:\n  ask:\n    run: { at: admin, script: uptime }\nfind:\n  wrong:\n    when: ask.exit != 0\n    severity: note\n    says: \"it ended with {{ ask.exit }}\"\n"),
        ),
    error("short-within", "`within` is over before the look can answer")
        .why("It reads twice, and would never be seen.")
        .remedy("Give it a few seconds more than the two readings are apart.")
        .part(
            asked!("conntrack-counters: { over: 10s }\n    within: 5s", "answer.drop.growth > 0", "{{ answer.drop.growth }} were dropped"),
            asked!("conntrack-counters: { over: 10s }\n    within: 15s", "answer.drop.growth > 0", "{{ answer.drop.growth }} were dropped"),
        ),
    error("retry-unconfined", "a script of the runbook's own is asked again")
        .why("It may have run, or half of it; nobody knows what a second time would do.")
        .remedy("Leave `retry` out.")
        .part(
            asked!("run: { at: admin, script: uptime }\n    retry: 1", "answer.exit != 0", "it ended with {{ answer.exit }}"),
            asked!("run: { at: admin, script: uptime }", "answer.exit != 0", "it ended with {{ answer.exit }}"),
        ),
    error("unused-each", "a look asks the same for each item of a list")
        .why("The same answer would be counted again and again.")
        .remedy("Name `each` in its parameters, or leave `for-each` out.")
        .part(
            "inputs:\n  paths: { type: list, of: text, default: [/local], help: Where to look }\nlook:\n  disks:\n    for-each: inputs.paths\n    disk: { path: /local }\nfind:\n  full:\n    when: any(disks, each.used_share > 0.9)\n    severity: note\n    says: \"up to {{ max(disks, each.used_share) }} are taken\"\n",
            "inputs:\n  paths: { type: list, of: text, default: [/local], help: Where to look }\nlook:\n  disks:\n    for-each: inputs.paths\n    disk: { path: \"{{ each }}\" }\nfind:\n  full:\n    when: any(disks, each.used_share > 0.9)\n    severity: note\n    says: \"up to {{ max(disks, each.used_share) }} are taken\"\n",
        ),
    error("quoted-interpolation", "a value stands inside of something else in a script")
        .why("Each value becomes one quoted word; within quotes or other words the quotes would be part of the text, or end it.")
        .remedy("Write `name={{ … }}` on a line of its own, and `\"$name\"` where it is needed.")
        .part(
            "inputs:\n  word: { type: text, default: full, help: What to search for }\nlook:\n  answer:\n    run: { at: admin, script: 'dmesg | grep \"{{ inputs.word }}\"' }\nfind:\n  found:\n    when: answer.lines > 0\n    severity: note\n    says: \"{{ answer.lines }} lines\"\n",
            "inputs:\n  word: { type: text, default: full, help: What to search for }\nlook:\n  answer:\n    run: { at: admin, script: 'dmesg | grep {{ inputs.word }}' }\nfind:\n  found:\n    when: answer.lines > 0\n    severity: note\n    says: \"{{ answer.lines }} lines\"\n",
        ),
    error("hop-not-allowed", "a look or a change needs a place that `allow` leaves out")
        .why("It could never be asked, or applied.")
        .remedy("Allow that place, or leave out what needs it.")
        .part(
            "allow: [control]\nlook:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "allow: [control, admin]\nlook:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    error("missing-hop", "`allow` leaves out a place through which all else is reached")
        .why("The host is reached through the admin container, and that through the control container.")
        .remedy("Write `[control]`, `[control, admin]` or `[control, admin, host]`.")
        .part(
            "allow: [admin]\nlook:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "allow: [control, admin]\nlook:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
];

/// Twelve looks at the kernel's log, each of which may answer with a long line.
const LARGE: &str = include_str!("examples/large-answer.yaml");
/// Looks at the kernel's log with long patterns.
const LONG: &str = include_str!("examples/command-too-long.yaml");
