//! Codes of regular expressions.

use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("not-a-pattern", "a pattern is not one line of text")
        .why("The node compares line by line.")
        .remedy("Write a regular expression without line breaks and control characters.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \"\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    error("bad-pattern", "a pattern can't be read")
        .why("The look would fail on every node.")
        .remedy("Close brackets, and write a backslash before a sign that stands for itself.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \"table full (dropping\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: 'table full \\(dropping' }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    error("pattern-too-large", "a pattern is too large")
        .why("Repetitions of repetitions take the node's memory.")
        .remedy("Write `+` or `*` instead of large numbers.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \"((table){1,500} full){1,500}\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: \"((table)+ full)+\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    warning("pattern-never-matches", "a pattern can never match")
        .why("The look would always say that there is nothing.")
        .remedy("`^` stands first and `$` last; a line holds no line break, and a class at least one letter.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \"table full$, dropping\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: \"table full, dropping\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    warning("pattern-matches-all", "a pattern matches every line")
        .why("The look would count the whole log.")
        .remedy("Name something that the line has to hold.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: \".*\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: \"table full.*\" }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    warning("pattern-dialect", "a pattern uses Perl's signs where `grep -E` reads it")
        .why("`grep -E` takes `\\d` for the letter d, and `(?:` for an error.")
        .remedy("Write `[0-9]`, plain groups, and no lazy repetitions.")
        .part(
            "look:\n  log:\n    dmesg: { pattern: 'netns \\d+' }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
            "look:\n  log:\n    dmesg: { pattern: 'netns [0-9]+' }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n",
        ),
    error("pattern-too-long", "a pattern is longer than 500 bytes")
        .why("Nobody reads it to its end.")
        .remedy("Search for less: a few words of the line do.")
        .examples(
            Example::Told("a pattern of 501 bytes"),
            Example::Part("look:\n  log:\n    dmesg: { pattern: table full }\nfind:\n  was-full:\n    when: log.lines > 0\n    severity: note\n    says: \"{{ log.lines }} lines\"\n"),
        ),
];
