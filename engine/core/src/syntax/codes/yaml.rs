//! Codes of YAML: what can't be read, and what other tools read in another way.

use super::text::WHOLE;
use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("yaml-malformed", "the text is no valid YAML")
        .why("Nothing behind the place can be read, so only this one fault is shown.")
        .remedy("Check colons, indentation, quotes and brackets around the place.")
        .part("target node\n", "target: node\n"),
    error("yaml-tab", "a tab indents")
        .why("YAML takes no tabs for indentation, as editors show them with any width.")
        .remedy("Indent with spaces.")
        .part(
            "find:\n\ttable-full:\n\t\twhen: table.count > 0\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("yaml-indentation", "the indentation does not fit")
        .why("What belongs to what is told by columns alone.")
        .remedy("Let all keys of one map start in the same column, and what belongs to a key further right.")
        .part("target: node\n  name: full-table\n", "target: node\nname: full-table\n"),
    error("yaml-unquoted", "text has to be quoted")
        .why("A sign at the start of a text, or a colon with a space, means something else to YAML.")
        .remedy("Write the text in quotes. `heeler lint --fix` does it where it is certain how far the text goes.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: {{ table.count }} entries\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("yaml-quote", "a quote is not closed, or closed too early")
        .why("Where the text ends can't be told.")
        .remedy("Close the quote, and double a single quote within single quotes.")
        .part("summary: 'The node's table is full'\n", "summary: The node's table is full\n"),
    error("yaml-bracket", "a bracket is not closed, or closes nothing")
        .why("What belongs to the list or map, and what stands behind it, can't be told.")
        .remedy("Close the bracket, or remove the one that is too many.")
        .part(
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count,\n  memory:\n    memory: {}\n",
            "look:\n  table:\n    sysctl: { count: net.netfilter.nf_conntrack_count, max: net.netfilter.nf_conntrack_max }\n",
        ),
    error("yaml-escape", "a backslash in double quotes escapes nothing known")
        .why("Double quotes know a fixed set of escapes, and a regular expression's are not among them.")
        .remedy("Write the text in single quotes, or every backslash twice.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \"table full\\.\" }\n",
            "look:\n  log:\n    dmesg: { pattern: 'table full\\.' }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    error("yaml-tag", "the text has a tag")
        .why("A tag makes YAML build something else than what is written; there is nothing to build here.")
        .remedy("Remove the tag, or quote text that starts with `!`.")
        .part("summary: !important The table is full\n", "summary: \"!important The table is full\"\n"),
    error("yaml-alias", "the text has an anchor, an alias or a merge key")
        .why("What is done would stand somewhere else than where it is read; and a few nested ones grow beyond any memory.")
        .remedy("Write it out, and quote text that starts with `&` or `*`.")
        .part(
            "name: &name full-table\nsummary: *name\n",
            "name: full-table\nsummary: The table is full\n",
        ),
    error("yaml-duplicate-key", "a key occurs twice in one map")
        .why("Only one of the two could count, and tools differ in which.")
        .remedy("Remove one of them, or give it another name.")
        .part("target: node\ntarget: pod\n", "target: node\n"),
    error("yaml-key", "a key is a list, a map or nothing")
        .why("Keys are words.")
        .remedy("Write a word; quote a key that starts with `{`, `[` or `~`.")
        .part("target: node\n[name]: full-table\n", "target: node\n"),
    error("yaml-documents", "the file holds more than one document")
        .why("A runbook is one file; what stands behind `---` would never be read.")
        .remedy("Make a folder with a runbook.yaml for each.")
        .part("target: node\n---\nheeler: 1\n", "target: node\n"),
    error("yaml-too-deep", "lists and maps are nested more than 32 deep")
        .why("No runbook needs it; it is a file of another kind, or made to exhaust memory.")
        .remedy("Check that it is the right file.")
        .part(
            "inputs: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]\n",
            "target: node\n",
        ),
    error("yaml-too-large", "the file is larger than 1 MiB, or has more than 20,000 entries")
        .why("A runbook is a page that somebody reads at night.")
        .remedy("Keep logs and data elsewhere; make several runbooks.")
        .examples(Example::Told("a file of 2 MiB"), Example::Whole(WHOLE)),
    error("yaml-boolean", "`yes` or `on` stands where true or false has to")
        .why("YAML 1.1 knew such booleans; here only `true` and `false` are.")
        .remedy("Write `true` or `false`.")
        .part(
            "inputs:\n  token: { type: text, secret: yes, help: A token }\n",
            "target: node\n",
        ),
    warning("ambiguous-boolean", "plain text that other tools read as a boolean")
        .why("Here `no` is text, to YAML 1.1 it is false: an editor or a linter may show something else.")
        .remedy("Quote it.")
        .part(
            "inputs:\n  country: { type: text, default: no, help: A country }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries in {{ inputs.country }}\"\n",
            "inputs:\n  country: { type: text, default: \"no\", help: A country }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries in {{ inputs.country }}\"\n",
        ),
    warning("ambiguous-date", "plain text that other tools read as a date")
        .why("Here `2024-01-31` is text, to YAML 1.1 it is a point in time.")
        .remedy("Quote it.")
        .part(
            "inputs:\n  day: { type: text, default: 2024-01-31, help: A day }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries since {{ inputs.day }}\"\n",
            "inputs:\n  day: { type: text, default: \"2024-01-31\", help: A day }\nfind:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries since {{ inputs.day }}\"\n",
        ),
    warning("ambiguous-number", "a number that other tools read as another one")
        .why("`010` is eight to some and ten to others, `1:30` is ninety.")
        .remedy("Write a plain decimal number, or quote it where it is text.")
        .part(
            "inputs:\n  most: { type: integer, default: 010, help: A number }\nfind:\n  table-full:\n    when: table.count > inputs.most and table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "inputs:\n  most: { type: integer, default: 10, help: A number }\nfind:\n  table-full:\n    when: table.count > inputs.most and table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    warning("ambiguous-key", "a key that other tools don't read as text")
        .why("Here every key is text; `on` or `1` are a boolean and a number elsewhere.")
        .remedy("Give it another name, or quote it.")
        .part(
            "look:\n  table:\n    sysctl: { on: net.ipv4.ip_forward }\nfind:\n  forwards:\n    when: table.on == \"1\"\n    severity: note\n    says: \"forwarding is {{ table.on }}\"\n",
            "look:\n  table:\n    sysctl: { forward: net.ipv4.ip_forward }\nfind:\n  forwards:\n    when: table.forward == \"1\"\n    severity: note\n    says: \"forwarding is {{ table.forward }}\"\n",
        ),
];
