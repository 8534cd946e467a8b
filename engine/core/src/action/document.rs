//! Open-ended documents: which parts of one a runbook takes, and as what.

use std::fmt;

use serde_json::Value as Json;

use super::answer::garbled;
use super::parameters;
use super::scalar::{self, kind, scalar};
use crate::syntax::{
    Entries, Faults, Fields, Key, Shape, Source, Spanned, Spelling, Tree, parse_yaml,
};
use crate::value::{Kind, Value, Why};

/// A way into a document. The pattern takes what [`steps`] takes.
const PATH: Spelling = Spelling::Own {
    example: r#"a.b["c.d/e"][0]"#,
    pattern: r#"^([A-Za-z0-9_-]+|\["((?!"\]).)*"\]|\[[0-9]+\])(\.[A-Za-z0-9_-]+|\["((?!"\]).)*"\]|\[[0-9]+\])*$"#,
    fits: |text| steps(text).is_some(),
};
const PATH_KEY: Key = Key::required(
    "path",
    Shape::Spelt(PATH),
    "Where the part is in the document",
);
const TYPE_KEY: Key = Key::required(
    "type",
    Shape::Word(scalar::types),
    "What the part is read as",
);
const PLAIN: &[Key] = &[PATH_KEY, TYPE_KEY];
const NESTED: &[Key] = &[
    PATH_KEY,
    Key::optional(
        "yaml",
        Shape::Spelt(PATH),
        "Where the part is in the YAML document that stands as text at `path`",
    ),
    TYPE_KEY,
];

/// The parts of a document, by names of the runbook's own.
pub(super) const EXTRACT: Key = extract_key(&Entries {
    least: 1,
    ..Entries::of(Spelling::Snake, &Shape::Keys(PLAIN))
});
/// The same where a part may be a YAML document of its own.
pub(super) const NESTED_EXTRACT: Key = extract_key(&Entries {
    least: 1,
    ..Entries::of(Spelling::Snake, &Shape::Keys(NESTED))
});

const fn extract_key(entries: &'static Entries) -> Key {
    Key::required(
        "extract",
        Shape::Entries(entries),
        "The parts that are taken, by names that expressions use",
    )
}

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Key(String),
    Index(usize),
}

/// A way into a document: `a.b["c.d/e"][0]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    text: String,
    steps: Vec<Step>,
}

impl Path {
    fn read(text: &Spanned<String>, faults: &mut Faults) -> Option<Path> {
        let steps = steps(&text.value);
        if steps.is_none() {
            faults
                .error(
                    "not-a-path",
                    text.span,
                    format!("`{}` is no path", text.value),
                )
                .help(format!("write {PATH}"));
        }
        Some(Path {
            text: text.value.clone(),
            steps: steps?,
        })
    }

    /// The steps as `jq` takes them for `getpath`.
    pub(super) fn json(&self) -> Json {
        self.steps
            .iter()
            .map(|step| match step {
                Step::Key(key) => Json::from(key.as_str()),
                Step::Index(index) => Json::from(*index),
            })
            .collect()
    }

    /// The name of what it leads to; of an item, that of its list.
    pub(super) fn name(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Key(key) => Some(key.as_str()),
            Step::Index(_) => None,
        })
    }

    fn find<'d>(&self, document: &'d Json) -> Option<&'d Json> {
        self.steps
            .iter()
            .try_fold(document, |inner, step| match step {
                Step::Key(key) => inner.get(key),
                Step::Index(index) => inner.get(index),
            })
    }

    fn find_in_tree<'d>(&self, document: &'d Tree) -> Option<&'d Tree> {
        self.steps
            .iter()
            .try_fold(document, |inner, step| match step {
                Step::Key(key) => inner.get(key),
                Step::Index(index) => inner.items()?.get(*index),
            })
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The keys of a path that goes through maps only.
pub(super) fn keys(text: &str) -> Option<Vec<String>> {
    let steps = steps(text)?.into_iter();
    let keys = steps.map(|step| match step {
        Step::Key(key) => Some(key),
        Step::Index(_) => None,
    });
    keys.collect()
}

fn steps(text: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (step, behind) = if let Some(quoted) = rest.strip_prefix("[\"") {
            let (key, behind) = quoted.split_once("\"]")?;
            (Step::Key(key.to_owned()), behind)
        } else if let Some(index) = rest.strip_prefix('[') {
            let (index, behind) = index.split_once(']')?;
            (Step::Index(whole(index)?), behind)
        } else {
            let plain = match rest.strip_prefix('.') {
                Some(after_dot) if !steps.is_empty() => after_dot,
                None if steps.is_empty() => rest,
                _ => return None,
            };
            let end = plain.find(['.', '[']).unwrap_or(plain.len());
            let (key, behind) = plain.split_at(end);
            let fits = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            if key.is_empty() || !key.chars().all(fits) {
                return None;
            }
            (Step::Key(key.to_owned()), behind)
        };
        steps.push(step);
        rest = behind;
    }
    (!steps.is_empty()).then_some(steps)
}

/// Digits only: `parse` alone takes `+1` too.
fn whole(text: &str) -> Option<usize> {
    let digits = text.chars().all(|c| c.is_ascii_digit());
    digits.then(|| text.parse().ok())?
}

/// One named part of a document.
#[derive(Debug, Clone)]
pub(super) struct Extract {
    pub(super) name: String,
    pub(super) path: Path,
    yaml: Option<Path>,
    kind: Kind,
}

/// Reads `extract: {name: {path, type}}`; `nested` allows `yaml`, a path within a text that is a
/// YAML document of its own.
pub(super) fn extracts(
    fields: &Fields<'_>,
    what: &str,
    nested: bool,
    faults: &mut Faults,
) -> Option<Vec<Extract>> {
    let entries = fields
        .require("extract", what, faults)?
        .expect_map("`extract`", faults)?;
    let keys = if nested { NESTED } else { PLAIN };
    let extracts: Vec<Option<Extract>> = entries
        .iter()
        .map(|entry| {
            let what = format!("the extract `{}`", entry.key.value);
            let name = parameters::own_name(&entry.key, faults);
            let fields = Fields::read(&entry.value, &what, keys, faults)?;
            let path = fields
                .require("path", &what, faults)
                .and_then(|tree| tree.expect_text("`path`", faults).cloned());
            let path = path.and_then(|text| Path::read(&text, faults));
            let yaml = fields
                .text("yaml", faults)
                .map(|text| Path::read(text, faults));
            let kind = fields
                .require("type", &what, faults)
                .and_then(|tree| kind(tree, faults));
            let yaml = match yaml {
                Some(path) => Some(path?),
                None => None,
            };
            Some(Extract {
                name: name?,
                path: path?,
                yaml,
                kind: kind?,
            })
        })
        .collect();
    if entries.is_empty() {
        faults
            .error("missing-key", fields.span(), "`extract` takes nothing")
            .help("add `name: {path: …, type: …}`");
        return None;
    }
    extracts.into_iter().collect()
}

/// The record that the extracts make.
pub(super) fn kind_of(extracts: &[Extract]) -> Kind {
    Kind::record(extracts.iter().map(|extract| {
        (
            extract.name.as_str(),
            extract.kind.clone(),
            "a part of the document; absent where the document has none",
        )
    }))
}

impl Extract {
    /// The part of a whole document. Absent where the document, or the part, is not there.
    pub(super) fn take(&self, document: Option<&Json>) -> Result<Value, Why> {
        let found = document
            .and_then(|document| self.path.find(document))
            .unwrap_or(&Json::Null);
        match (&self.yaml, found) {
            (_, Json::Null) => Ok(Value::Absent),
            (None, found) => self.read(found),
            (Some(path), Json::String(text)) => self.take_yaml(path, text),
            (Some(_), _) => Err(garbled(format!("`{}` is no text", self.path))),
        }
    }

    fn take_yaml(&self, path: &Path, text: &str) -> Result<Value, Why> {
        let source = Source {
            name: self.path.to_string(),
            text: text.to_owned(),
        };
        let mut faults = Faults::of(&source);
        let tree = parse_yaml(&source, &mut faults)
            .filter(|_| faults.is_empty())
            .ok_or_else(|| garbled(format!("`{}` is no YAML that can be read", self.path)))?;
        match path.find_in_tree(&tree) {
            None | Some(Tree::Nothing(_)) => Ok(Value::Absent),
            Some(found) => match found.as_text() {
                Some(text) => self.read(&Json::from(text.value.as_str())),
                None => Err(garbled(format!(
                    "`{path}` is {}, not {}",
                    found.kind(),
                    self.kind
                ))),
            },
        }
    }

    /// A part that is there, as its kind. Numbers may be written as text, as Bottlerocket's
    /// settings for sysctl are.
    pub(super) fn read(&self, found: &Json) -> Result<Value, Why> {
        let text = match found {
            Json::Null => return Ok(Value::Absent),
            Json::String(text) => text.clone(),
            Json::Bool(_) | Json::Number(_) => found.to_string(),
            Json::Array(_) | Json::Object(_) => {
                return Err(garbled(format!("`{}` is no single value", self.path)));
            }
        };
        scalar(&self.kind, &text)
            .ok_or_else(|| garbled(format!("`{}` is `{text}`, not {}", self.path, self.kind)))
    }
}
