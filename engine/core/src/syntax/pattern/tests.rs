//! Which patterns are refused, and which are doubted.

use super::*;

fn codes(pattern: &str, dialect: Dialect, subject: Subject) -> Vec<&'static str> {
    let text = Spanned::new(pattern.to_owned(), Span::new(0, pattern.len()));
    let mut faults = Faults::new();
    let sound = check_pattern(&text, dialect, subject, &mut faults);
    assert_eq!(sound, faults.is_empty(), "{pattern}");
    faults.into_vec().iter().map(|fault| fault.code).collect()
}

fn on_lines(pattern: &str) -> Vec<&'static str> {
    codes(pattern, Dialect::Extended, Subject::Line)
}

#[test]
fn patterns_that_never_match_are_found() {
    for pattern in [
        "$a",
        "a^b",
        "(a$)b",
        "x(^a|^b)",
        "[^\\x00-\\x{10FFFF}]",
        "a\\nb",
        "\\n",
    ] {
        assert_eq!(on_lines(pattern), ["pattern-never-matches"], "{pattern}");
    }
    for pattern in [
        "^a$",
        "(^|,)a",
        "a(,|$)",
        "^$",
        "(nf|ip)_conntrack: .* full",
        "a|$b",
        "[^a]b",
    ] {
        assert_eq!(on_lines(pattern), [""; 0], "{pattern}");
    }
    assert_eq!(codes("a\\nb", Dialect::Own, Subject::Text), [""; 0]);
}

#[test]
fn patterns_that_say_nothing_are_found() {
    for pattern in ["", ".*", "a*", "(a|)", "^", "^.*"] {
        assert_eq!(on_lines(pattern), ["pattern-matches-all"], "{pattern}");
    }
    assert_eq!(codes(".*", Dialect::Own, Subject::Text), [""; 0]);
}

#[test]
fn patterns_that_nobody_can_read_are_found() {
    for pattern in ["a(b", "a)b", "[ab", "a{3,1}", "a\\", "[z-a]"] {
        assert_eq!(on_lines(pattern), ["bad-pattern"], "{pattern}");
        assert_eq!(
            codes(pattern, Dialect::Own, Subject::Line),
            ["bad-pattern"],
            "{pattern}"
        );
    }
    // grep takes these, each in its own way.
    for pattern in ["a{x", "*a", "(a)\\1", "[[:alpha:]]+"] {
        assert_eq!(on_lines(pattern), [""; 0], "{pattern}");
    }
    assert_eq!(on_lines("\\d+ (?:a|b)"), ["pattern-dialect"; 2]);
    assert_eq!(on_lines("\\\\d"), [""; 0]);
    assert_eq!(codes("\\d+ (?:a|b)", Dialect::Own, Subject::Line), [""; 0]);
}

#[test]
fn patterns_are_bounded() {
    assert_eq!(on_lines("(((a{100}){100}){100})"), ["pattern-too-large"]);
    assert_eq!(on_lines(&"a".repeat(2_000)), ["pattern-too-long"]);
    assert_eq!(
        on_lines(&format!("{}{}", "(".repeat(100), ")".repeat(100))),
        ["pattern-too-large"]
    );
    assert_eq!(on_lines("a{1,200}"), [""; 0]);
}

fn whole_codes(text: &str) -> Vec<&'static str> {
    let mut faults = Faults::new();
    let text = Spanned::new(text.to_string(), Span::default());
    whole_pattern(&text, &mut faults);
    faults.into_vec().iter().map(|fault| fault.code).collect()
}

#[test]
fn a_whole_pattern_matches_from_end_to_end() {
    let text = Spanned::new("a|ab".to_string(), Span::default());
    let regex = whole_pattern(&text, &mut Faults::new()).expect("it is one");
    assert!(regex.is_match("ab") && regex.is_match("a"));
    assert!(!regex.is_match("abc") && !regex.is_match("a\n"));
}

#[test]
fn what_is_none_or_too_large_is_said_once() {
    assert_eq!(whole_codes("(a"), ["bad-pattern"]);
    assert_eq!(whole_codes("a)|(b"), ["bad-pattern"]);
    assert_eq!(whole_codes("(?x) a # b"), ["bad-pattern"]);
    assert_eq!(whole_codes("a{1000}{1000}"), ["pattern-too-large"]);
    assert_eq!(whole_codes(r"(\w{90}){90}"), ["pattern-too-large"]);
    assert_eq!(whole_codes(&"a".repeat(501)), ["pattern-too-long"]);
    assert_eq!(whole_codes(&"(".repeat(400)), ["bad-pattern"]);
    assert_eq!(whole_codes("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"), [""; 0]);
}

/// What `grep -E` is told instead of it, as `heeler lint --fix` writes it.
fn mended(pattern: &str) -> String {
    let scalar = format!("'{pattern}'");
    let source = crate::syntax::Source {
        name: "pattern".into(),
        text: scalar.clone(),
    };
    let text = Spanned::new(pattern.to_owned(), Span::new(0, scalar.len()));
    let mut faults = Faults::of(&source);
    check_pattern(&text, Dialect::Extended, Subject::Line, &mut faults);
    let found = faults.into_vec();
    let mut patches: Vec<_> = found.iter().flat_map(|fault| &fault.patches).collect();
    patches.sort_by_key(|patch| std::cmp::Reverse(patch.span.start));
    patches.iter().fold(pattern.to_owned(), |mut text, patch| {
        text.replace_range(patch.span.start - 1..patch.span.end - 1, &patch.text);
        text
    })
}

#[test]
fn classes_of_other_languages_are_mended_where_they_stand() {
    for (pattern, right) in [
        (r"\d+", "[0-9]+"),
        (r"[\d.]+", "[0-9.]+"),
        (r"[^\d]x", "[^0-9]x"),
        (r"[\t ]x", "[[:blank:] ]x"),
        (r"[[:alpha:]\d]x", "[[:alpha:]0-9]x"),
        (r"[]\d]x\d", "[]0-9]x[0-9]"),
        // Within brackets these stand for themselves.
        ("[+?]x", "[+?]x"),
        ("[(?:]x", "[(?:]x"),
        ("[*?]x(?:y)", "[*?]x(y)"),
    ] {
        assert_eq!(mended(pattern), right, "{pattern}");
    }
}
