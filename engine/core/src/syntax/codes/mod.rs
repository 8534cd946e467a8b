//! The table of diagnostics: what each code means, why it matters, what to do, and a text that has
//! it beside the same text mended.
//!
//! A test holds the table to the code: everything that is reported has a row here, and each row's
//! wrong example gives that code, its mended one nothing at all.

#[macro_use]
mod shapes;

mod allow;
pub(crate) mod cases;
mod conditions;
mod explain;
mod expressions;
mod files;
mod findings;
mod fixes;
mod inputs;
mod looks;
mod numbers;
mod patterns;
mod policies;
mod structure;
mod text;
mod texts;
mod uses;
mod words;
mod yaml;

pub use explain::explain;

use super::fault::Level;

/// What a code means.
#[derive(Debug, Clone, Copy)]
pub struct Code {
    /// Kebab-case and stable.
    pub name: &'static str,
    /// An error can't run; a warning can, and is hardly what was meant.
    pub level: Level,
    /// What is wrong, in one line.
    pub summary: &'static str,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub remedy: &'static str,
    /// A text that has it.
    pub wrong: Example,
    /// The same text mended.
    pub mended: Example,
}

/// A text that shows a code.
#[derive(Debug, Clone, Copy)]
pub enum Example {
    /// Some sections of a runbook; the others are as they should be.
    Part(&'static str),
    /// A case of the runbook `full-table`.
    Case(&'static str),
    /// A policy.
    Policy(&'static str),
    /// A whole file.
    Whole(&'static str),
    /// A whole file that can't be shown as text, and what is in it.
    Bytes(&'static [u8], &'static str),
    /// What it takes, in words: files in folders, or more than can be shown.
    Told(&'static str),
}

/// The codes by the part of a runbook that they are about, each part with its heading.
pub const GROUPS: [(&str, &[Code]); 18] = [
    ("The text", text::CODES),
    ("YAML", yaml::CODES),
    ("Structure", structure::CODES),
    ("Names", words::CODES),
    ("Inputs", inputs::CODES),
    ("Looks", looks::CODES),
    ("Other runbooks", uses::CODES),
    ("Patterns", patterns::CODES),
    ("Expressions", expressions::CODES),
    ("Numbers and units", numbers::CODES),
    ("Conditions", conditions::CODES),
    ("Texts", texts::CODES),
    ("Findings", findings::CODES),
    ("Fixes", fixes::CODES),
    ("What is allowed", allow::CODES),
    ("Files and folders", files::CODES),
    ("Cases", cases::CODES),
    ("Policy", policies::CODES),
];

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    GROUPS.into_iter().flat_map(|(_, codes)| codes)
}

/// The row of a code.
pub fn find(name: &str) -> Option<&'static Code> {
    all().find(|code| code.name == name)
}

/// Whatever a test makes happen has its row.
#[cfg(test)]
pub(super) fn demand(name: &str, level: Level) {
    let code = find(name).unwrap_or_else(|| panic!("`{name}` has no row in the table of codes"));
    assert_eq!(code.level, level, "{name}");
}

/// A row of an error.
const fn error(name: &'static str, summary: &'static str) -> Code {
    Code::new(name, Level::Error, summary)
}

/// A row of a warning.
const fn warning(name: &'static str, summary: &'static str) -> Code {
    Code::new(name, Level::Warning, summary)
}

impl Code {
    const fn new(name: &'static str, level: Level, summary: &'static str) -> Code {
        Code {
            name,
            level,
            summary,
            why: "",
            remedy: "",
            wrong: Example::Whole(""),
            mended: Example::Whole(""),
        }
    }

    const fn why(mut self, why: &'static str) -> Code {
        self.why = why;
        self
    }

    const fn remedy(mut self, remedy: &'static str) -> Code {
        self.remedy = remedy;
        self
    }

    /// Sections that have it, and the same mended.
    const fn part(mut self, wrong: &'static str, mended: &'static str) -> Code {
        self.wrong = Example::Part(wrong);
        self.mended = Example::Part(mended);
        self
    }

    /// A case that has it, and the same mended.
    const fn case(mut self, wrong: &'static str, mended: &'static str) -> Code {
        self.wrong = Example::Case(wrong);
        self.mended = Example::Case(mended);
        self
    }

    /// A policy that has it, and the same mended.
    const fn policy(mut self, wrong: &'static str, mended: &'static str) -> Code {
        self.wrong = Example::Policy(wrong);
        self.mended = Example::Policy(mended);
        self
    }

    /// Any other examples.
    const fn examples(mut self, wrong: Example, mended: Example) -> Code {
        self.wrong = wrong;
        self.mended = mended;
        self
    }
}
