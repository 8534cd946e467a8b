//! The limits of the language. What a limit bounds is read before it can cost anything, and what
//! lies beyond it is a diagnostic, so that no text makes a reader hang or fill the memory.
//!
//! Each limit is set here and nowhere else; the reference is written from [`LIMITS`], and a test
//! tries each of them just below and just above.

/// One limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted: "bytes of a runbook".
    pub what: &'static str,
    /// The largest number that is accepted.
    pub most: usize,
    /// The diagnostic for more.
    pub code: &'static str,
}

/// The longest runbook.
pub const DOCUMENT: Limit = Limit {
    what: "bytes of a runbook (1 MiB)",
    most: 1 << 20,
    code: "yaml-too-large",
};
/// Scalars, lists and maps.
pub const NODES: Limit = Limit {
    what: "scalars, lists and maps of a runbook",
    most: 20_000,
    code: "yaml-too-large",
};
/// How deep lists and maps may be nested.
pub const DEPTH: Limit = Limit {
    what: "lists and maps inside one another",
    most: 32,
    code: "yaml-too-deep",
};
/// There are no anchors: what a reader sees is what is done.
pub const ANCHORS: Limit = Limit {
    what: "anchors and aliases",
    most: 0,
    code: "yaml-alias",
};
/// Values that a caller can give.
pub const INPUTS: Limit = Limit {
    what: "entries of `inputs`",
    most: 50,
    code: "too-many-entries",
};
/// Looks: all of them travel in one command.
pub const LOOKS: Limit = Limit {
    what: "entries of `look`",
    most: 100,
    code: "too-many-entries",
};
/// Looks with those of the runbooks that are used.
pub const ALL_LOOKS: Limit = Limit {
    what: "looks of a runbook and of all runbooks that it uses",
    most: 150,
    code: "too-many-looks",
};
/// Findings.
pub const FINDINGS: Limit = Limit {
    what: "entries of `find`",
    most: 200,
    code: "too-many-entries",
};
/// Fixes.
pub const FIXES: Limit = Limit {
    what: "entries of `fix`",
    most: 50,
    code: "too-many-entries",
};
/// The longest expression. With it the work of parsing and evaluating one is bounded, as every part
/// is visited at most once.
pub const EXPRESSION: Limit = Limit {
    what: "bytes of an expression",
    most: 2_000,
    code: "expression-too-long",
};
/// How deep an expression may be nested; a chain of n operators is n deep.
pub const NESTING: Limit = Limit {
    what: "operations inside one another in an expression",
    most: 100,
    code: "expression-too-deep",
};
/// Brackets that are open at a time. The parser goes through some fifteen functions for each of
/// them, and its own limit is too much for a thread's 2 MiB of stack.
pub const BRACKETS: Limit = Limit {
    what: "brackets inside one another in an expression",
    most: 32,
    code: "expression-too-deep",
};
/// The longest text with `{{ }}`.
pub const TEXT: Limit = Limit {
    what: "bytes of a text with `{{ }}`",
    most: 8_000,
    code: "text-too-long",
};
/// The longest regular expression.
pub const PATTERN: Limit = Limit {
    what: "bytes of a regular expression",
    most: 500,
    code: "pattern-too-long",
};
/// The longest script of a runbook's own: all looks in the admin container share 12,000 in base64.
pub const SCRIPT: Limit = Limit {
    what: "bytes of a script",
    most: 4_000,
    code: "script-too-long",
};

/// Nodes of a case: each mutation of one of them judges all of them anew.
pub const CASE_NODES: usize = 50;

/// Rules, windows, freezes or names in one list of a policy: each of them is asked about each node.
pub const POLICY_ITEMS: usize = 200;

/// All limits, in the order of the reference.
pub const LIMITS: [Limit; 15] = [
    DOCUMENT, NODES, DEPTH, ANCHORS, INPUTS, LOOKS, ALL_LOOKS, FINDINGS, FIXES, EXPRESSION,
    NESTING, BRACKETS, TEXT, PATTERN, SCRIPT,
];

/// The largest regular expression when it is compiled, in bytes: repetitions of large classes grow.
/// More is `pattern-too-large`.
pub const COMPILED_BYTES: usize = 1 << 20;

/// How many runbooks may use one another in a row. More is `use-depth`.
pub const USES: usize = 4;

/// The longest part of a diagnostic, in letters: a name that is repeated in it can be of any length.
pub const MESSAGE_LETTERS: usize = 500;

/// Most bytes that a script of a runbook's own may print. What prints more was not seen.
pub const SCRIPT_OUTPUT_BYTES: usize = 4_000;

/// The longest text that is made of a template and what was seen, in bytes. What a node answers is
/// not the author's doing, so this is no diagnostic: the text is cut there, and says so.
pub const RENDERED_BYTES: usize = 16_000;
