//! Codes of a runbook's structure: which keys it has, and of which type.

use super::text::WHOLE;
use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("empty-runbook", "the file is empty")
        .why("There is nothing to run.")
        .remedy("Start with `heeler: 1`, `name:`, `summary:`, `target:`, `look:` and `find:`, or with `heeler new`.")
        .examples(Example::Whole("# nothing yet\n"), Example::Whole(WHOLE)),
    error("unknown-language", "the runbook is of another version of the language")
        .why("What it means to another version can't be known.")
        .remedy("Update heeler, or write `heeler: 1`.")
        .part("heeler: 2\n", "heeler: 1\n"),
    error("unknown-target", "a runbook can't be pointed at this")
        .why("A run needs to know what its argument is.")
        .remedy("Write `node` or `pod`.")
        .part("target: nodes\n", "target: node\n"),
    error("unknown-key", "there is no such key")
        .why("A key that is misspelt would be a part of the runbook that silently does nothing.")
        .remedy("Write the nearest right key, or remove it.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    becuase: it is small\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n    because: it is small\n",
        ),
    error("missing-key", "a key is missing")
        .why("Without it the part can't be used.")
        .remedy("Add the key.")
        .part(
            "find:\n  table-full:\n    when: table.count > table.max\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("wrong-type", "a value is of another type")
        .why("A list where a text belongs, or text where a number does, is a slip in most cases.")
        .remedy("Write a value of the type that is named.")
        .part("summary: [The table is full]\n", "summary: The table is full\n"),
    error("not-a-duration", "a value is no duration")
        .why("A number without a unit could be seconds or minutes.")
        .remedy("Write it as 250ms, 60s, 2m or 1h30m.")
        .part(
            "look:\n  traffic:\n    conntrack-counters: { over: 2 s }\nfind:\n  drops:\n    when: traffic.drop.growth > 0\n    severity: note\n    says: \"{{ traffic.drop.per_second }} dropped each second\"\n",
            "look:\n  traffic:\n    conntrack-counters: { over: 2s }\nfind:\n  drops:\n    when: traffic.drop.growth > 0\n    severity: note\n    says: \"{{ traffic.drop.per_second }} dropped each second\"\n",
        ),
    error("number-too-large", "a number is larger than any can be")
        .why("Rounded or cut off it would be another number.")
        .remedy("Whole numbers go to 9,223,372,036,854,775,807.")
        .part(
            "find:\n  table-full:\n    when: table.count + table.max > 99999999999999999999\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
            "find:\n  table-full:\n    when: table.count + table.max > 9999999999\n    severity: note\n    says: \"{{ table.count }} entries\"\n",
        ),
    error("out-of-range", "a parameter is too small or too large")
        .why("Beyond its limits a look would answer nothing useful, or burden the node.")
        .remedy("Write a value within the limits that are named.")
        .part(
            "look:\n  traffic:\n    conntrack-counters: { over: 10m }\nfind:\n  drops:\n    when: traffic.drop.growth > 0\n    severity: note\n    says: \"{{ traffic.drop.per_second }} dropped each second\"\n",
            "look:\n  traffic:\n    conntrack-counters: { over: 10s }\nfind:\n  drops:\n    when: traffic.drop.growth > 0\n    severity: note\n    says: \"{{ traffic.drop.per_second }} dropped each second\"\n",
        ),
    warning("empty-section", "a section holds nothing")
        .why("It looks as if something had been lost.")
        .remedy("Remove it, or fill it.")
        .part("fix: {}\n", "target: node\n"),
    error("too-many-entries", "a section has too many entries")
        .why("All of it travels to each node, and is read by somebody.")
        .remedy("Make two runbooks of it.")
        .examples(
            Example::Told("201 findings"),
            Example::Part("target: node\n"),
        ),
];
