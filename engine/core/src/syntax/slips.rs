//! Slips behind texts that are no YAML: what the scanner stumbles over is seldom what is wrong.

use super::fault::{Faults, Patch};
use super::source::Span;

/// Reports text that is no YAML, with the slip that is usually behind the scanner's message.
pub(super) fn malformed(text: &str, message: &str, span: Span, faults: &mut Faults) {
    let message = message.split(" at line ").next().unwrap_or(message);
    let detail = message.replace('\n', " ");
    let is = |words: &[&str]| words.iter().any(|word| message.contains(word));
    let title = "this is no valid YAML";
    if let Some(tab) = indenting_tab(text, span).filter(|_| !is(&["tabs disallowed"])) {
        let fault = faults.error("yaml-tab", tab, "a tab can't indent");
        fault.here(detail).help("indent with spaces");
    } else if is(&["tabs disallowed"]) {
        let fault = faults.error("yaml-tab", span, "a tab can't indent");
        fault.here(detail).help("indent with spaces");
    } else if is(&["unsupported tag"]) {
        let fault = faults.error("yaml-tag", span, "there are no tags here");
        fault
            .here(detail)
            .help("quote text that starts with `!`, or remove the tag");
    } else if is(&["unknown escape character"]) {
        let fault = faults.error("yaml-escape", span, title);
        fault
            .here(detail)
            .help("write a backslash in single quotes, or twice");
    } else if is(&["cannot deserialize null into string"]) {
        odd_key(span, faults);
    } else if is(&["quoted scalar"]) {
        let fault = faults.error("yaml-quote", span, title);
        fault
            .here(detail)
            .help("check that every quote is closed, and that nothing stands behind a closed one");
    } else if let Some(scalar) = unquoted(text, span).filter(|_| {
        is(&[
            "mapping values are not allowed",
            "unexpected character",
            "expected string scalar",
            "block sequence entries are not allowed",
            "did not find expected key",
            "while parsing a flow mapping",
            "while parsing a flow sequence",
        ])
    }) {
        let patch = quoted(text, scalar);
        let is_template = text
            .get(scalar.range())
            .is_some_and(|text| text.starts_with("{{"));
        // The scanner takes these for maps, and stumbles only behind them.
        let span = match is_template {
            true => Span::new(scalar.start, scalar.start + "{{".len()),
            false => span,
        };
        let fault = faults.error("yaml-unquoted", span, "this text has to be quoted");
        fault
            .here(detail)
            .help("text that starts with a sign such as `{`, `[`, `@`, `%` or `-`, or holds `: `, is written in quotes");
        fault.patches.extend(patch);
    } else if is(&[
        "illegal placement of ':'",
        "flow",
        "expected ','",
        "']'",
        "'}'",
    ]) {
        let fault = faults.error("yaml-bracket", span, title);
        fault
            .here(detail)
            .help("check that every bracket and quote above is closed");
    } else if is(&[
        "indentation",
        "mapping values are not allowed",
        "expected key",
    ]) {
        let fault = faults.error("yaml-indentation", span, title);
        fault.here(detail).help(
            "the keys of one map start in the same column, and those below one further right",
        );
    } else {
        let fault = faults.error("yaml-malformed", span, title);
        fault
            .here(detail)
            .help("check the indentation, quotes and brackets around it");
    }
}

/// The first tab before the text of the line where reading ends, or of the next one, which then
/// seems to go on with it.
fn indenting_tab(text: &str, error: Span) -> Option<Span> {
    let before = text.get(..error.start)?;
    let mut start = before.rfind('\n').map_or(0, |end| end + 1);
    for line in text.get(start..)?.split_inclusive('\n').take(2) {
        let blanks = line.len() - line.trim_start().len();
        if let Some(tab) = line.get(..blanks).and_then(|blanks| blanks.find('\t')) {
            return Some(Span::new(start + tab, start + tab + 1));
        }
        start += line.len();
    }
    None
}

/// Reports a key that is a list, a map or nothing.
pub(super) fn odd_key(span: Span, faults: &mut Faults) {
    faults
        .error("yaml-key", span, "this key is no text")
        .here("a list, a map or nothing")
        .help("keys are words; text that starts with `{`, `[` or `~` is written in quotes");
}

/// The value on the line of the error that looks like text: behind `key: ` or `- `, and either
/// with another `: ` in it, or starting with a sign that means something to YAML.
fn unquoted(text: &str, error: Span) -> Option<Span> {
    let start = text
        .get(..error.start)?
        .rfind('\n')
        .map_or(0, |end| end + 1);
    let line = text.get(start..)?.lines().next()?;
    let indent = line.len() - line.trim_start().len();
    let mut from = indent;
    while line.get(from..)?.starts_with("- ") {
        from += 2;
    }
    if let Some((key, rest)) = line.get(from..)?.split_once(": ")
        && key
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
    {
        from += key.len() + 2 + (rest.len() - rest.trim_start().len());
    }
    let value = line.get(from..)?.trim_end();
    let has_colon = value.contains(": ") || value.ends_with(':');
    let has_sign = value.starts_with([
        '@', '`', '%', '{', '[', '*', '&', '!', '|', '>', '-', ',', ']', '}',
    ]);
    let is_value = from > indent && !value.starts_with(['"', '\'']);
    // What is wrong further left is something else.
    let is_here = error.start + 1 >= start + from;
    (is_value && is_here && (has_colon || has_sign))
        .then(|| Span::new(start + from, start + from + value.len()))
}

/// The same text in quotes. Where a comment might follow it, or brackets that belong to YAML, it is
/// not certain how much of it is text.
fn quoted(text: &str, scalar: Span) -> Option<Patch> {
    let value = text.get(scalar.range())?;
    let brackets = value.starts_with(['{', '[']) && !value.starts_with("{{");
    if value.contains(" #") || brackets || value.starts_with(['&', '*', '!', '|', '>']) {
        return None;
    }
    let text = if value.contains(['"', '\\']) {
        format!("'{}'", value.replace('\'', "''"))
    } else {
        format!("\"{value}\"")
    };
    Some(Patch { span: scalar, text })
}
