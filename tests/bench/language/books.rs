//! Runbooks as a team has them: no two alike, each of 300 lines. One in ten has a fault.

use std::fmt::Write as _;

/// Runbooks that are linted together.
pub(crate) const BOOKS: usize = 100;
/// Lines of each.
pub(crate) const LINES: usize = 300;
/// Every so many of them have a fault, so that reports are made too.
pub(crate) const FAULTY_EVERY: usize = 10;

/// Things to look at, each with a look of its own.
const LOOKS: usize = 24;
/// How many of them are asked at once.
const STEP: usize = 8;

/// The text of the runbook of that number.
pub(crate) fn book(number: usize) -> String {
    let mut text = format!(
        "heeler: 1\nname: group-{number:03}\nsummary: Programs of node group {number} get too little of something\ntarget: node\n\n"
    );
    text.push_str(&inputs(number));
    text.push_str("\nlook:\n");
    for index in 0..LOOKS {
        text.push_str(&look(number, index));
    }
    text.push_str("\nfind:\n");
    for index in 0..LOOKS {
        text.push_str(&finding(number, index));
    }
    text.push_str(FIX);
    let lines = text.lines().count();
    for line in lines..LINES {
        let _ = writeln!(text, "# note {line} of group {number}");
    }
    text
}

fn inputs(number: usize) -> String {
    format!(
        "inputs:
  time_wait:
    type: duration
    default: 60s
    minimum: 30s
    maximum: 120s
    help: How long a closed connection stays in the table after the fix
  most_lines:
    type: integer
    default: {number}
    minimum: 0
    help: Lines of a log that are nothing to worry about
  least_room:
    type: quantity
    default: 2Gi
    help: Room that has to be left on each disk
"
    )
}

/// A look: its kind follows from its place.
fn look(number: usize, index: usize) -> String {
    let action = match index % 4 {
        0 => format!(
            "journal: {{ unit: \"unit-{number}-{index}.service\", window: 1h, pattern: \"error|failed {index}\" }}"
        ),
        1 => format!("disk: {{ path: \"/var/lib/volume-{number}-{index}\" }}"),
        2 => format!("dmesg: {{ pattern: \"device {index}[0-9]* of {number}: reset\" }}"),
        _ => format!(
            "kube:\n      get: configmaps\n      namespace: group-{number}\n      name: limits-{index}\n      extract:\n        most: {{ path: data.most, type: integer }}"
        ),
    };
    // One answer has no room for all of them.
    let after = match index.checked_sub(STEP) {
        Some(before) => format!("    after: look_{before}\n"),
        None => String::new(),
    };
    format!("  look_{index}:\n    label: what {index} says\n    {action}\n{after}")
}

fn finding(number: usize, index: usize) -> String {
    let look = format!("look_{index}");
    let field = match index {
        // The faults that people make.
        0 if number.is_multiple_of(FAULTY_EVERY) => "linse",
        _ => "lines",
    };
    let (when, says) = match index % 4 {
        0 => (
            format!("{look}.{field} > inputs.most_lines and {look}.last_age < \"10m\""),
            format!(
                "{{{{ {look}.lines }}}} errors, the last {{{{ {look}.last_age }}}} ago: {{{{ {look}.last }}}}"
            ),
        ),
        1 => (
            format!("{look}.available < inputs.least_room or {look}.used_share > 0.9"),
            format!(
                "{{{{ {look}.available }}}} of {{{{ {look}.size }}}} left, {{{{ {look}.used_share }}}} used"
            ),
        ),
        2 => (
            format!("{look}.lines > 0"),
            format!("device {index} was reset {{{{ {look}.lines }}}} times"),
        ),
        _ => (
            format!("{look}.most | default(32) > 16 * node.cpus"),
            format!("the limit is {{{{ {look}.most }}}}, for {{{{ node.cpus }}}} CPUs"),
        ),
    };
    let fix = if index == 2 {
        "    fix: [shorten-time-wait]\n"
    } else {
        ""
    };
    format!(
        "  finding-{index}:\n    when: {when}\n    severity: warning\n    says: \"{says}\"\n    because: Programs of group {number} wait for it.\n    lasting: more of {index} for each program of the group\n{fix}"
    )
}

const FIX: &str = "
fix:
  shorten-time-wait:
    require: look_1.used_share < 0.99
    effect: \"TIME_WAIT lasts {{ inputs.time_wait }}\"
    change:
      - sysctl: { net.netfilter.nf_conntrack_tcp_timeout_time_wait: \"{{ inputs.time_wait }}\" }
    verify: { that: look_2.lines == 0, for: 30s, within: 5m }
";
