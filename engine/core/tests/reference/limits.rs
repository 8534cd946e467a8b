//! The limits of the language, from the table that the readers keep to.

use heeler_core::plan::MOST_ITEMS;
use heeler_core::syntax::limits::{
    CASE_NODES, COMPILED_BYTES, LIMITS, MESSAGE_LETTERS, POLICY_ITEMS, RENDERED_BYTES,
    SCRIPT_OUTPUT_BYTES, USES,
};

use super::page::{WRITTEN, table};

pub(crate) fn page() -> String {
    let limits = LIMITS.iter().map(|limit| {
        vec![
            limit.what.to_owned(),
            grouped(limit.most),
            format!("[`{}`](diagnostics.md)", limit.code),
        ]
    });
    let others = [
        (
            "bytes of a compiled regular expression (1 MiB)",
            COMPILED_BYTES,
            "[`pattern-too-large`](diagnostics.md)",
        ),
        (
            "runbooks that use one another in a row",
            USES,
            "[`use-depth`](diagnostics.md)",
        ),
        (
            "nodes of a case",
            CASE_NODES,
            "[`too-many-entries`](diagnostics.md)",
        ),
        (
            "entries of one list of a policy",
            POLICY_ITEMS,
            "[`too-many-entries`](diagnostics.md)",
        ),
        (
            "items of a list that a look is asked for",
            MOST_ITEMS,
            "the others are left out, and the report says how many",
        ),
        (
            "bytes that a script of `run` may print",
            SCRIPT_OUTPUT_BYTES,
            "the look was not seen",
        ),
        (
            "bytes of a text after its values are filled in",
            RENDERED_BYTES,
            "the text is cut, and says so",
        ),
        (
            "letters of a part of a diagnostic",
            MESSAGE_LETTERS,
            "it is cut",
        ),
    ];
    let others =
        others.map(|(what, most, then)| vec![what.to_owned(), grouped(most), then.to_owned()]);
    format!(
        "# Limits\n{WRITTEN}\n\n\
         Each limit is checked before what it bounds can cost anything, so that no text makes `heeler` hang or fill the memory. \
         Limits of a single parameter stand with its [action](README.md#actions), those of `within` and `retry` with the \
         [keys](language.md).\n\n\
         ## What is refused\n{}\n\
         ## What is bounded in other ways\n{}",
        table(&["what", "most", "more than that is"], limits),
        table(&["what", "most", "more than that"], others),
    )
}

/// `1048576` as `1,048,576`.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
