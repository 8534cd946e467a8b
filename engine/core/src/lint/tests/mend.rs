//! Mending is certain, ends, and never makes a text worse.

use proptest::prelude::*;

use super::books::Books;
use super::{codes, source, whole};
use crate::action::all;
use crate::lint::{Mended, lint, mend};
use crate::syntax::codes::{self as table, Example};
use crate::syntax::{Level, render};

fn mended(text: &str) -> Mended {
    mend(source(text), None, all(), &Books)
}

/// The good text after mending the bad one, which must have had these codes.
fn mends(wrong: &str, right: &str, done: &[&str]) {
    let mended = mended(&whole(wrong));
    let codes: Vec<&str> = mended.done.iter().map(|(code, ..)| *code).collect();
    assert_eq!(
        mended.source.text,
        whole(right),
        "{}",
        render(&mended.source, &mended.linted.diagnostics, false)
    );
    assert_eq!(codes, done, "{wrong}");
}

fn finding(when: &str, says: &str) -> String {
    format!("find:\n  a:\n    when: {when}\n    severity: note\n    says: {says}\n")
}

#[test]
fn certain_slips_are_mended() {
    let ok = "\"{{ table.count }} of {{ table.max }}\"";
    mends(
        &finding("tabel.cuont > 10 && table.max > 10", ok),
        &finding("table.count > 10 and table.max > 10", ok),
        &["foreign-operator", "unknown-name", "unknown-field"],
    );
    mends(
        &finding("table.count > 262,144 and table.max = 1_000", ok),
        &finding("table.count > 262144 and table.max == 1000", ok),
        &["number-form", "number-form", "foreign-operator"],
    );
    mends(
        &finding(
            "\"{{ table.count > 10 }}\"",
            "{{ table.count }} of {{ table.max }}",
        ),
        &finding("\"table.count > 10\"", ok),
        &["template-in-expression", "yaml-unquoted"],
    );
    mends(
        &finding(
            "table.count > 10",
            "\"{ table.count } of {{ 'table.max' }}\"",
        ),
        &finding("table.count > 10", ok),
        &["single-brace", "quoted-name"],
    );
    mends(
        &finding("'\"table.count > 10\"'", ok),
        &finding("'table.count > 10'", ok),
        &["quoted-expression"],
    );
    mends(
        &finding("(table.count > 10) == false and table.max > 10", ok),
        &finding("not (table.count > 10) and table.max > 10", ok),
        &["compares-with-boolean"],
    );
    mends(
        &finding("table.count > 10", ok)
            .replace("severity: note", "becuase: x\n    severity: notice"),
        &finding("table.count > 10", ok)
            .replace("severity: note", "because: x\n    severity: note"),
        &["unknown-key", "unknown-severity"],
    );
    mends(
        "inputs:\n  b: { type: text, default: no, help: x, secret: no }\nfind:\n  Full_Table:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} {{ inputs.b }}\"\n",
        "inputs:\n  b: { type: text, default: \"no\", help: x, secret: false }\nfind:\n  full-table:\n    when: table.count > table.max\n    severity: note\n    says: \"{{ table.count }} {{ inputs.b }}\"\n",
        &["ambiguous-boolean", "yaml-boolean", "bad-name"],
    );
}

#[test]
fn signs_of_other_languages_are_mended_whole() {
    let says = "\"{{ table.count }} {{ table.max }}\"";
    for (wrong, right) in [
        ("table.count => table.max", "table.count >= table.max"),
        ("table.count =< table.max", "table.count <= table.max"),
        ("table.count === table.max", "table.count == table.max"),
        ("table.count !== table.max", "table.count != table.max"),
        (
            "table.count > 9 || table.max > 9",
            "table.count > 9 or table.max > 9",
        ),
        (
            "table.count > 9||table.max > 9&&table.max > 8",
            "table.count > 9 or table.max > 9 and table.max > 8",
        ),
    ] {
        let mended = mended(&whole(&finding(wrong, says)));
        assert_eq!(mended.source.text, whole(&finding(right, says)));
        assert_eq!(mended.linted.count(Level::Error), 0, "{wrong}");
    }
}

#[test]
fn what_somebody_meant_to_allow_is_left_as_it_is() {
    for comment in [
        "heeler: allow unused-lok because the report shows it",
        "heeler: allow unused-look because",
        "heeler: allow unused-look",
        "heeler: allow",
    ] {
        let text = whole(&format!(
            "look:\n  table:\n    sysctl: {{ count: net.netfilter.nf_conntrack_count }}\n  # {comment}\n  memory:\n    memory: {{}}\n{}",
            finding("table.count > 1", "\"{{ table.count }}\"")
        ));
        assert_eq!(mended(&text).source.text, text, "{comment}");
    }
}

#[test]
fn units_and_quotes_are_mended_in_every_style_of_scalar() {
    let look = "look:\n  t:\n    sysctl: { wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }\n  m:\n    memory: {}\n";
    let says = "\"{{ t.wait }} {{ m.total }}\"";
    for (wrong, right) in [
        ("t.wait > 2m", "t.wait > \"2m\""),
        ("'t.wait > 2m'", "'t.wait > \"2m\"'"),
        ("\"t.wait > 2m\"", "\"t.wait > \\\"2m\\\"\""),
        (
            ">-\n      t.wait > 2m and\n      m.total > 2GiB",
            ">-\n      t.wait > \"2m\" and\n      m.total > \"2GiB\"",
        ),
        ("t.wait > \"2 minutes\"", "t.wait > \"2m\""),
        ("m.total > \"512 MiB\"", "m.total > \"512MiB\""),
    ] {
        let text = |when: &str| format!("{look}{}", finding(when, says));
        let mended = mended(&whole(&text(wrong)));
        assert_eq!(mended.source.text, whole(&text(right)));
        assert_eq!(mended.linted.count(Level::Error), 0);
    }
}

#[test]
fn what_is_unused_is_removed_with_all_its_lines() {
    let find = finding("table.count > table.max", "\"{{ table.count }}\"");
    let table = "look:\n  table:\n    sysctl:\n      count: net.netfilter.nf_conntrack_count\n      max: net.netfilter.nf_conntrack_max\n";
    mends(
        &format!(
            "{table}      buckets: net.netfilter.nf_conntrack_buckets\n  log:\n    # Why.\n    dmesg:\n      pattern: >-\n        table\n        full\n# The findings.\n{find}"
        ),
        &format!("{table}# The findings.\n{find}"),
        &["unused-field", "unused-look"],
    );
    mends(
        &format!(
            "inputs:\n  a: {{ type: text, help: x }}\n  b:\n    type: text\n    help: x\n{table}{find}"
        ),
        &format!("{table}{find}"),
        &["unused-input", "unused-input"],
    );
    mends(
        &format!(
            "{table}  memory:\n    after: [table, table]\n    memory: {{}}\n{}",
            finding(
                "memory.total > \"1GiB\" and table.count > table.max",
                "\"{{ table.count }}\""
            )
        ),
        &format!(
            "{table}  memory:\n    after: [table]\n    memory: {{}}\n{}",
            finding(
                "memory.total > \"1GiB\" and table.count > table.max",
                "\"{{ table.count }}\""
            )
        ),
        &["listed-twice"],
    );
}

#[test]
fn line_ends_stay_as_they_are() {
    let wrong =
        whole(&finding("tabel.count > table.max", "\"{{ table.count }}\"")).replace('\n', "\r\n");
    let mended = mended(&wrong);
    assert_eq!(mended.source.text, wrong.replace("tabel", "table"));
}

#[test]
fn what_is_not_certain_stays() {
    for wrong in [
        // Minutes or seconds?
        "look:\n  t:\n    sysctl: { wait: net.netfilter.nf_conntrack_tcp_timeout_time_wait }\nfind:\n  a:\n    when: t.wait > 120\n    severity: note\n    says: \"{{ t.wait }}\"\n",
        // Which of the two is the text?
        "summary: { a: b } # or not\n",
    ] {
        let text = whole(wrong);
        assert_eq!(mended(&text).source.text, text);
    }
}

/// Every example of the table, wrong and mended.
fn examples() -> Vec<String> {
    let text = |example: &Example| match example {
        Example::Part(part) => Some(whole(part)),
        Example::Whole(text) => Some((*text).to_owned()),
        Example::Bytes(bytes, _) => String::from_utf8(bytes.to_vec()).ok(),
        Example::Case(_) | Example::Policy(_) | Example::Told(_) => None,
    };
    let codes = table::all();
    codes
        .flat_map(|code| [text(&code.wrong), text(&code.mended)])
        .flatten()
        .collect()
}

fn holds(text: &str) -> Result<(), TestCaseError> {
    let before = lint(source(text), None, all(), &Books);
    let once = mended(text);
    let twice = mended(&once.source.text);
    prop_assert_eq!(
        &twice.source.text,
        &once.source.text,
        "not idempotent:\n{}",
        text
    );
    if before.diagnostics.is_empty() {
        prop_assert_eq!(&once.source.text, text);
    }
    // One error of YAML hides all others.
    if before.readable {
        prop_assert!(once.linted.readable);
        prop_assert!(
            once.linted.count(Level::Error) <= before.count(Level::Error),
            "{}",
            text
        );
    }
    Ok(())
}

#[test]
fn every_example_ends_no_worse() {
    for text in examples() {
        holds(&text).unwrap();
    }
}

#[test]
fn examples_whose_remedy_is_certain_become_clean() {
    for name in [
        "text-bom",
        "yaml-unquoted",
        "ambiguous-boolean",
        "ambiguous-date",
        "unknown-key",
        "unknown-name",
        "unknown-field",
        "unknown-target",
        "bad-name",
        "unused-input",
        "unused-look",
        "unused-field",
        "listed-twice",
        "redundant-after",
        "pattern-dialect",
        "foreign-operator",
        "template-in-expression",
        "quoted-expression",
        "number-form",
        "unquoted-unit",
        "share-above-one",
        "double-unit",
        "compares-with-boolean",
        "single-brace",
        "quoted-name",
        "allow-unused",
        "unknown-action",
    ] {
        let code = table::find(name).unwrap();
        let (Example::Part(text) | Example::Whole(text)) = code.wrong else {
            panic!("{name} is told only");
        };
        let text = if name == "text-bom" {
            text.to_owned()
        } else {
            whole(text)
        };
        assert_eq!(codes(&mended(&text).linted.diagnostics), [""; 0], "{name}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Letters of an example are lost, doubled or exchanged.
    #[test]
    fn spoilt_texts_end_no_worse(
        example in prop::sample::select(examples()),
        at in any::<prop::sample::Index>(),
        how in 0..4_u8,
        sign in prop::sample::select(vec!['"', '{', '}', '#', ':', ' ', '\n', '-', '_', 'x', '&', '[', ',', '\'']),
    ) {
        prop_assume!(!example.is_empty() && example.len() < 5_000);
        let at = example.floor_char_boundary(at.index(example.len()));
        let mut text = example.clone();
        match how {
            0 => { text.remove(at); }
            1 => text.insert(at, sign),
            2 => { text.remove(at); text.insert(at, sign); }
            _ => text.truncate(at),
        }
        holds(&text)?;
    }
}
