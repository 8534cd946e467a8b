//! From the text of a case to what it holds, checked against its runbook.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::model::Case;
use super::needs::Need;
use super::value::Reader;
use super::{nodes, then};
use crate::runbook::{Input, Runbook, Scope};
use crate::syntax::{
    Diagnostic, Entries, Entry, Faults, Fields, Key, Shape, Source, Spanned, Spelling, Tree,
    nearest, parse_yaml,
};
use crate::value::{Kind, Value};

/// The version of the format.
const FORMAT: &str = "1";
const KEYS: &[Key] = &[
    Key::required(
        "heeler-case",
        Shape::Word(|| vec![(FORMAT, "this format")]),
        "The version of the format",
    ),
    Key::required(
        "runbook",
        Shape::Spelt(Spelling::Kebab),
        "The name of the runbook that it belongs to",
    ),
    Key::required(
        "about",
        Shape::Text,
        "What this world is like, in one sentence",
    ),
    Key::optional(
        "inputs",
        Shape::Entries(&INPUTS),
        "Inputs that differ from their defaults",
    ),
    Key::optional(
        "looks",
        VALUES,
        "What the looks gave that are asked once a run",
    ),
    Key::required(
        "nodes",
        Shape::List {
            of: &Shape::Keys(nodes::KEYS),
            least: 1,
        },
        "The nodes, with what was seen of each",
    ),
    Key::optional(
        "then",
        Shape::Keys(then::KEYS),
        "What must be said of the run as a whole",
    ),
];
const INPUTS: Entries = Entries::of(Spelling::Snake, &Shape::OneOrMore(&Shape::Text));
/// Values by the names of looks. What each may be is what its look gives.
pub(super) const VALUES: Shape = Shape::Entries(&Entries::of(Spelling::Snake, &Shape::Text));

/// Reads and checks a case of this runbook. `name` is the file's, without the ending.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn read(name: &str, source: Source, runbook: &Runbook) -> Result<Case, Vec<Diagnostic>> {
    let mut faults = Faults::of(&source);
    let tree = parse_yaml(&source, &mut faults);
    let case = tree.and_then(|tree| {
        let mut reading = Reading {
            runbook,
            needs: Need::of(runbook),
            source: &source,
            faults: &mut faults,
        };
        reading.case(name, &tree)
    });
    match case {
        Some(case) if faults.is_empty() => Ok(case),
        _ => Err(faults.into_vec()),
    }
}

/// A case under way.
pub(super) struct Reading<'r> {
    pub(super) runbook: &'r Runbook,
    /// What the runbook reads of its looks.
    pub(super) needs: BTreeMap<String, Need>,
    pub(super) source: &'r Source,
    pub(super) faults: &'r mut Faults,
}

impl Reading<'_> {
    fn case(&mut self, name: &str, tree: &Tree) -> Option<Case> {
        if let Tree::Nothing(span) = tree {
            self.faults
                .error("empty-case", *span, "the file is empty")
                .help("start with `heeler-case: 1`, `runbook:`, `about:` and `nodes:`");
            return None;
        }
        let what = "a case";
        let fields = Fields::read(tree, what, KEYS, self.faults)?;
        self.format(&fields);
        self.owner(&fields)?;
        let about = fields
            .require("about", what, self.faults)
            .and_then(|tree| tree.expect_text("`about`", self.faults));
        let inputs = self.inputs(&fields);
        let looks = self.looks(fields.get("looks"), &fields, Scope::Run);
        let nodes = fields
            .require("nodes", what, self.faults)
            .map(|tree| nodes::read(tree, self));
        let then = then::read(fields.get("then"), tree, Scope::Run, self);
        Some(Case {
            name: name.to_owned(),
            runbook: self.runbook.name.clone(),
            about: about?.value.trim().to_owned(),
            inputs,
            looks,
            nodes: nodes?,
            then,
            source: Arc::new(self.source.clone()),
        })
    }

    fn format(&mut self, fields: &Fields<'_>) {
        let Some(text) = fields
            .require("heeler-case", "a case", self.faults)
            .and_then(|tree| tree.expect_text("`heeler-case`", self.faults))
        else {
            return;
        };
        if text.value != FORMAT {
            self.faults
                .error(
                    "unknown-case-format",
                    text.span,
                    format!("this heeler reads cases of format {FORMAT}"),
                )
                .help("update heeler, or write `heeler-case: 1`");
        }
    }

    /// A case of another runbook would only be blamed for what is right.
    fn owner(&mut self, fields: &Fields<'_>) -> Option<()> {
        let name = fields
            .require("runbook", "a case", self.faults)?
            .expect_text("`runbook`", self.faults)?;
        if name.value == self.runbook.name {
            return Some(());
        }
        self.faults
            .error(
                "other-runbook",
                name.span,
                format!("this is a case of the runbook `{}`", name.value),
            )
            .here(format!("the runbook here is `{}`", self.runbook.name))
            .help("move the file to that runbook's `cases`, or mend the name");
        None
    }

    fn inputs(&mut self, fields: &Fields<'_>) -> BTreeMap<String, Value> {
        let runbook = self.runbook;
        let known = || runbook.inputs.iter().map(|input| input.name.as_str());
        let tree = fields.get("inputs");
        let entries = tree.and_then(|tree| tree.expect_map("`inputs`", self.faults));
        let mut inputs = BTreeMap::new();
        for entry in entries.unwrap_or_default() {
            let name = &entry.key;
            let Some(input) = runbook.inputs.iter().find(|input| input.name == name.value) else {
                self.faults
                    .error(
                        "unknown-input",
                        name.span,
                        format!("the runbook has no input `{}`", name.value),
                    )
                    .did_you_mean(nearest(&name.value, known()));
                continue;
            };
            if let Some(value) = self.input(input, entry) {
                inputs.insert(name.value.clone(), value);
            }
        }
        for input in &runbook.inputs {
            let given = entries
                .unwrap_or_default()
                .iter()
                .any(|entry| entry.key.value == input.name);
            if input.default.is_none() && !given {
                self.faults
                    .error(
                        "missing-input",
                        fields.span(),
                        format!("the input `{}` has no value", input.name),
                    )
                    .help(format!("add `inputs: {{{}: …}}`", input.name));
            }
        }
        inputs
    }

    /// As on the command line, where a list is separated by commas.
    fn input(&mut self, input: &Input, entry: &Entry) -> Option<Value> {
        let what = format!("`{}`", input.name);
        let text = match (&input.kind, entry.value.items()) {
            (Kind::List(_), Some(items)) => {
                let texts = items
                    .iter()
                    .map(|item| item.expect_text(&what, self.faults));
                let texts: Option<Vec<&Spanned<String>>> = texts.collect();
                let texts = texts?.into_iter().map(|text| text.value.as_str());
                texts.collect::<Vec<_>>().join(",")
            }
            _ => {
                let text = entry.value.expect_text(&what, self.faults)?;
                text.value.clone()
            }
        };
        let accepted = input.accept(&text);
        if let Err(why) = &accepted {
            self.faults
                .error(
                    "refused-input",
                    entry.value.span(),
                    format!("{what} can't have this value"),
                )
                .help(why.clone());
        }
        accepted.ok()
    }

    /// Reads the looks of one scope; those that the runbook reads have to be there.
    pub(super) fn looks(
        &mut self,
        tree: Option<&Tree>,
        owner: &Fields<'_>,
        scope: Scope,
    ) -> BTreeMap<String, Value> {
        let mut looks = BTreeMap::new();
        let entries = tree.and_then(|tree| tree.expect_map("`looks`", self.faults));
        let entries = entries.unwrap_or_default();
        for entry in entries {
            if let Some(value) = self.look(entry, Some(scope)) {
                looks.insert(entry.key.value.clone(), value);
            }
        }
        let runbook = self.runbook;
        let known = || runbook.looks.iter().map(|step| step.name.as_str());
        let unknown = entries.iter().map(|entry| entry.key.value.as_str());
        let unknown = unknown.filter(|name| !known().any(|look| look == *name));
        // A name that was misspelt is wrong once, not missing as well.
        let meant: Vec<&str> = unknown
            .filter_map(|name| nearest(name, known()))
            .map(|near| near.right)
            .collect();
        let given = |name: &str| {
            meant.contains(&name) || entries.iter().any(|entry| entry.key.value == name)
        };
        for step in runbook.looks.iter().filter(|step| step.scope == scope) {
            // What `only-if` keeps from being asked has no value.
            let left_out = step.only_if.is_some() || given(&step.name);
            if !left_out && self.needs.contains_key(&step.name) {
                let place = tree.map_or(owner.span(), Tree::span);
                self.faults
                    .error(
                        "missing-look",
                        crate::syntax::Span::new(place.start, place.start),
                        format!("there is no value for the look `{}`", step.name),
                    )
                    .help(format!(
                        "add `{name}:` below `looks:`; where it was not seen, \
                         `{name}: {{not-seen: admin-off}}`",
                        name = step.name
                    ));
            }
        }
        looks
    }

    /// Reads the value of a look; `scope` is where it has to stand, where that matters.
    pub(super) fn look(&mut self, entry: &Entry, scope: Option<Scope>) -> Option<Value> {
        let name = &entry.key;
        let runbook = self.runbook;
        let Some(step) = runbook.looks.iter().find(|step| step.name == name.value) else {
            let known = runbook.looks.iter().map(|step| step.name.as_str());
            self.faults
                .error(
                    "unknown-look",
                    name.span,
                    format!("the runbook has no look `{}`", name.value),
                )
                .did_you_mean(nearest(&name.value, known));
            return None;
        };
        if let Some(scope) = scope
            && scope != step.scope
        {
            let (how, place) = match step.scope {
                Scope::Run => (
                    "once a run",
                    "write it below `looks:` at the top of the file",
                ),
                Scope::Node => ("once a node", "write it below the `looks:` of a node"),
            };
            self.faults
                .error(
                    "wrong-scope",
                    name.span,
                    format!("`{}` is asked {how}", name.value),
                )
                .help(place);
            return None;
        }
        let need = self.needs.get(&step.name).cloned().unwrap_or_default();
        let mut reader = Reader {
            source: self.source,
            faults: self.faults,
            look: &step.name,
        };
        reader.value(&entry.value, &step.kind(), &need, &step.name)
    }
}
