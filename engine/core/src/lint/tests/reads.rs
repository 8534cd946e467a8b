//! What reads an input or a look, wherever that stands: none of it is called unused.

use super::{checked, codes};

const FIND: &str = "find:\n  table-full:\n    when: table.count >= 0.9 * table.max\n    severity: note\n    says: \"{{ table.count }} of {{ table.max }} entries\"\n";
const TABLE: &str = "  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n";

#[track_caller]
fn finds(part: &str, wanted: &[&str]) {
    let found = checked(part).diagnostics;
    assert_eq!(codes(&found), wanted, "{part}\n{found:#?}");
}

/// An input, a look that takes it, and a finding that reads the look.
fn taken(input: &str, look: &str, when: &str, says: &str) -> String {
    format!(
        "inputs:\n  wanted: {{ {input}, help: What is wanted }}\nlook:\n{TABLE}  answer:\n    {look}\n{FIND}  wrong:\n    when: {when}\n    severity: note\n    says: \"{says}\"\n"
    )
}

#[test]
fn an_input_is_read_by_the_parameters_of_looks() {
    let text = "type: text, default: /local";
    let disk = ("answer.used_share > 0.9", "{{ answer.used_share }} taken");
    let run = ("answer.exit != 0", "it ended with {{ answer.exit }}");
    let goes = (
        "any(answer, each.used_share > 0.9)",
        "up to {{ max(answer, each.used_share) }} taken",
    );
    for (input, look, (when, says)) in [
        (text, "disk: { path: \"{{ inputs.wanted }}\" }", disk),
        (
            text,
            "run: { at: admin, script: 'ls {{ inputs.wanted }}' }",
            run,
        ),
        (
            "type: list, of: text, default: [/local]",
            "for-each: inputs.wanted\n    disk: { path: \"{{ each }}\" }",
            goes,
        ),
        (
            "type: integer, default: 3",
            "only-if: table.count > inputs.wanted\n    disk: { path: /local }",
            disk,
        ),
        (
            "type: integer, default: 3",
            "use: table-limit\n    with: { least: \"{{ inputs.wanted }}\" }",
            ("answer.nearly_full", "nearly full at {{ table.max }}"),
        ),
    ] {
        finds(&taken(input, look, when, says), &[]);
    }
    let idle = taken(text, "disk: { path: /local }", disk.0, disk.1);
    finds(&idle, &["unused-input"]);
}

#[test]
fn a_look_is_read_by_the_looks_behind_it() {
    let look = "look:\n  first:\n    sysctl: { forward: net.ipv4.ip_forward }\n";
    let behind = |only_if: &str| format!("{look}{TABLE}    only-if: {only_if}\n{FIND}");
    finds(&behind("first.forward == \"1\""), &[]);
    finds(&behind("true"), &["unused-look", "always-holds"]);
}

#[test]
fn the_use_of_a_runbook_is_read_like_a_look() {
    let used = format!("look:\n{TABLE}  health:\n    use: table-health\n");
    finds(&format!("{used}{FIND}"), &["unused-look"]);
    let read = FIND.replace("when: ", "when: health.nearly_full and ");
    finds(&format!("{used}{read}"), &[]);
    // What it asks stands in its own file: nothing is said of that here.
    let twice = format!("{used}  again:\n    use: table-health\n");
    let read = read.replace("when: ", "when: again.nearly_full and ");
    finds(&format!("{twice}{read}"), &["same-look"]);
}

#[test]
fn items_of_a_list_and_the_nodes_of_a_run_are_values() {
    let list = "inputs:\n  names: { type: list, of: text, default: [a, b], help: The names }\n";
    let each = FIND
        .replace(
            "when: ",
            "for-each: inputs.names\n    when: each != \"a\" and ",
        )
        .replace("entries", "entries for {{ each }}");
    finds(&format!("{list}{each}"), &[]);
    let nodes = "find:\n  many:\n    when: count(table.count >= 0.9 * table.max) > 2\n    severity: note\n    says: \"{{ count(table.count >= 0.9 * table.max) }} nodes\"\n";
    finds(nodes, &[]);
    let mute = nodes.replace(
        "\"{{ count(table.count >= 0.9 * table.max) }} nodes\"",
        "many",
    );
    finds(&mute, &["says-no-value"]);
}
