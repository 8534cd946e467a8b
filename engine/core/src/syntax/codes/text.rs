//! Codes of the text itself, before it is YAML.

use super::{Code, Example, error, warning};

pub(super) const CODES: &[Code] = &[
    error("text-utf16", "the file is UTF-16")
        .why("Runbooks are UTF-8, so that every tool shows the same text.")
        .remedy("Save the file as UTF-8; some editors on Windows choose UTF-16 by themselves.")
        .examples(
            Example::Bytes(b"\xff\xfeh\x00e\x00e\x00l\x00e\x00r\x00:\x00", "heeler: 1, as UTF-16"),
            Example::Whole(WHOLE),
        ),
    error("text-not-utf8", "the file is not UTF-8")
        .why("A letter of another encoding would be read as another letter, or as none.")
        .remedy("Save the file as UTF-8.")
        .examples(
            Example::Bytes(b"summary: The caf\xe9 is full\n", "summary: The café is full, as Latin-1"),
            Example::Whole(WHOLE),
        ),
    warning("text-bom", "the file starts with a byte order mark")
        .why("UTF-8 needs none, and tools that don't expect it read the first key as another one.")
        .remedy("Save the file as UTF-8 without a mark.")
        .examples(
            Example::Whole("\u{feff}heeler: 1\nname: full-table\nsummary: The table is full\ntarget: node\nlook:\n  memory:\n    memory: {}\nfind:\n  low:\n    when: memory.available < \"100MiB\"\n    severity: note\n    says: \"{{ memory.available }} of {{ memory.total }}\"\n"),
            Example::Whole(WHOLE),
        ),
    error("text-nul", "the file holds a NUL")
        .why("Text has none: the file is of another kind, or damaged.")
        .remedy("Check that it is the right file, and remove the NUL.")
        .examples(
            Example::Bytes(b"summary: The table\x00is full\n", "a NUL within the summary"),
            Example::Whole(WHOLE),
        ),
    error("text-control", "the file holds a control character")
        .why("On a terminal it could do anything, and nobody sees it in an editor.")
        .remedy("Remove it; where it is meant, write its escape in double quotes.")
        .examples(
            Example::Bytes(b"summary: \x1b[1mThe table is full\n", "an escape sequence that makes a terminal write bold"),
            Example::Whole(WHOLE),
        ),
    error("text-hidden", "the file holds a letter that nobody sees")
        .why("Letters without width, and those that turn the direction of writing, make a line show something else than it does.")
        .remedy("Remove it.")
        .examples(
            Example::Bytes("summary: The table\u{202e} is full\n".as_bytes(), "U+202E, behind which text is shown from right to left"),
            Example::Whole(WHOLE),
        ),
    warning("text-crlf", "the file's lines end with CR LF")
        .why("The runbook's digest differs from that of the same text with LF, and cases and approvals bind to the digest.")
        .remedy("Save the file with LF; with git, `*.yaml text eol=lf` in .gitattributes.")
        .examples(
            Example::Bytes(
                b"heeler: 1\r\nname: full-table\r\n",
                "lines that end with CR LF",
            ),
            Example::Whole(WHOLE),
        ),
    warning("text-long-line", "a line is longer than 2,000 bytes")
        .why("Nobody reads it to its end, and no screen shows it.")
        .remedy("Fold it: `key: >-`, and the text on lines of its own below.")
        .examples(Example::Told("a comment of 3,000 letters on one line"), Example::Whole(WHOLE)),
];

/// A small runbook without a fault.
pub(super) const WHOLE: &str = "heeler: 1
name: low-memory
summary: Programs get no memory
target: node
look:
  memory:
    memory: {}
find:
  low:
    when: memory.available < \"100MiB\"
    severity: note
    says: \"{{ memory.available }} of {{ memory.total }} are left\"
";
