//! The values below a key of a change: one, or several by names, down to the settings themselves.

use serde_json::{Value as Json, json};

use super::place::{Place, is_text};
use crate::action::written::Written;
use crate::syntax::{Faults, Shape, Spanned, Spelling, Tree};
use crate::value::Value;

/// How deep names may stand inside one another: `eviction-soft`, and `memory.available` in it.
const DEPTH: usize = 2;
/// The characters that names of settings have, of kernel parameters and of labels too.
const NAMES: Spelling = Spelling::Letters("._/-");
/// What stands below a key.
pub(super) const VALUE: Shape = Shape::Nested {
    of: &Shape::Template,
    names: NAMES,
    depth: DEPTH,
};

/// One setting that is set.
#[derive(Debug)]
pub(super) struct Leaf {
    /// The names from the key of the change on; none where it is the key itself.
    pub(super) below: Vec<String>,
    pub(super) text: Spanned<String>,
    written: Written,
}

/// All values of a tree, each with its place in it.
pub(super) fn read(tree: &Tree, what: &str, faults: &mut Faults) -> Option<Vec<Leaf>> {
    let mut leaves = Vec::new();
    let sound = add(tree, &[], what, &mut leaves, faults);
    sound.then_some(leaves)
}

fn add(
    tree: &Tree,
    below: &[String],
    what: &str,
    leaves: &mut Vec<Leaf>,
    faults: &mut Faults,
) -> bool {
    if let Tree::Map(entries) = tree
        && below.len() < DEPTH
    {
        if entries.value.is_empty() {
            let title = format!("{what} has no name in it");
            faults
                .error("missing-key", entries.span, title)
                .help("add `name: value`");
            return false;
        }
        let mut sound = true;
        for entry in &entries.value {
            let name = NAMES.read("name of a setting", &entry.key, faults);
            let below = [below, std::slice::from_ref(&entry.key.value)].concat();
            sound &= add(&entry.value, &below, what, leaves, faults) && name.is_some();
        }
        return sound;
    }
    let Some(text) = tree.expect_text(what, faults) else {
        return false;
    };
    leaves.push(Leaf {
        below: below.to_vec(),
        text: text.clone(),
        written: Written::of(tree),
    });
    true
}

impl Leaf {
    /// The value as the settings take it. Where they take text only, it is text.
    pub(super) fn json(&self, at: &Place, value: &Value) -> Result<Json, String> {
        let wrong = |what: &str| Err(format!("`{value}` can't be the value of {at}: {what}"));
        if let Some(parameter) = at.kernel_parameter() {
            return parameter.wanted(value).map(Json::String);
        }
        if let Value::Text(text) = value
            && text.contains(char::is_control)
        {
            return wrong("write one line of text");
        }
        let json = match self.written.json(value) {
            Ok(json) => json,
            Err(what) => return wrong(what),
        };
        match json {
            Json::Number(number) if is_text(at) => Ok(json!(number.to_string())),
            Json::Bool(holds) if is_text(at) => Ok(json!(holds.to_string())),
            other => Ok(other),
        }
    }
}
