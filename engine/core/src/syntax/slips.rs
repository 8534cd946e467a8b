//! Slips behind texts that are no YAML.

use super::fault::Faults;
use super::source::Span;

/// Words of the scanner's messages, and the slip that is usually behind them.
const SLIPS: [(&str, &str); 8] = [
    (
        "mapping values are not allowed",
        "text that holds `: ` is written in quotes",
    ),
    (
        "unexpected character",
        "text that starts with a sign such as `@`, `%` or `{` is written in quotes",
    ),
    (
        "expected string scalar",
        "text that starts with `{` or `[` is written in quotes",
    ),
    (
        "unknown escape character",
        "write a backslash in single quotes, or twice",
    ),
    (
        "expected key",
        "check the indentation: the keys of one map start in the same column",
    ),
    (
        "indentation",
        "check the indentation, and that every quote is closed",
    ),
    (
        "illegal placement of ':'",
        "check that every bracket and quote above is closed",
    ),
    (
        "unsupported tag",
        "there are no tags here; quote text that starts with `!`",
    ),
];

/// Reports text that is no YAML, with the slip that is usually behind the scanner's message.
pub(super) fn malformed(message: &str, span: Span, faults: &mut Faults) {
    let message = message.split(" at line ").next().unwrap_or(message);
    let slip = SLIPS.iter().find(|(words, _)| message.contains(words));
    let help = slip.map_or(
        "check the indentation, quotes and brackets around it",
        |(_, help)| help,
    );
    faults
        .error("yaml-malformed", span, "this is no valid YAML")
        .here(message.replace('\n', " "))
        .help(help);
}
