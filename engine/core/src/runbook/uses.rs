//! `use:`: another runbook's looks are asked with this one's, and its findings are what is true of
//! it here. Its fixes stay with it.

use super::draft::USE_KEYS;
use super::facts::Facts;
use super::input::Input;
use super::load;
use super::model::{Runbook, TargetKind};
use super::shelf::Others;
use super::step::{Given, LookStep, Used};
use super::texts;
use crate::expr::Template;
use crate::syntax::limits::USES;
use crate::syntax::{Diagnostic, Entry, Faults, Fields, Spanned, Tree, nearest};
use crate::value::Value;

/// Reads the entry of a used runbook, and that runbook.
pub(super) fn read(
    entry: &Entry,
    others: &Others<'_>,
    faults: &mut Faults,
) -> Option<(Used, Vec<LookStep>)> {
    let what = "the use of another runbook";
    let fields = Fields::read(&entry.value, what, USE_KEYS, faults)?;
    let name = fields.text("use", faults)?;
    let with = fields.get("with");
    let runbook = open(name, others, faults)?;
    if runbook.target == TargetKind::Pod && others.target == Some(TargetKind::Node) {
        let title = format!("`{}` is about a pod, and this runbook is not", name.value);
        faults
            .error("other-target", name.span, title)
            .help("write `target: pod`, or use another one");
        return None;
    }
    let given = match with {
        Some(tree) => given(tree, name, &runbook.inputs, faults),
        None => Some(Vec::new()),
    };
    let mut given = given?;
    let mut inputs = Vec::new();
    for input in runbook.inputs {
        let index = given.iter().position(|(name, _)| *name == input.name);
        let given = index.map(|index| given.swap_remove(index).1);
        if given.is_none() && input.default.is_none() {
            let title = format!("`{}` needs the input `{}`", name.value, input.name);
            faults
                .error("missing-input", name.span, title)
                .help(format!(
                    "add `with: {{ {}: … }}`: {}",
                    input.name, input.help
                ));
        }
        inputs.push((input, given.map(Given::Text)));
    }
    let own = &entry.key.value;
    let used = Used {
        name: own.clone(),
        runbook: runbook.name,
        digest: runbook.digest,
        inputs,
        findings: runbook.findings,
        used: runbook.used,
        only_if: None,
        per_node: false,
    };
    let inner = |name: &String| format!("{own}__{name}");
    let steps = runbook.looks.into_iter().map(|mut step| {
        step.name = inner(&step.name);
        step.after = step.after.iter().map(inner).collect();
        step.home.insert(0, own.clone());
        step.span = entry.key.span;
        step
    });
    Some((used, steps.collect()))
}

/// The runbook of that name, read and checked.
fn open(name: &Spanned<String>, others: &Others<'_>, faults: &mut Faults) -> Option<Runbook> {
    let wanted = name.value.as_str();
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if wanted.is_empty() || !wanted.chars().all(fits) {
        let title = format!("`{}` is no name of a runbook", wanted.escape_debug());
        faults
            .error("unknown-runbook", name.span, title)
            .help("a runbook is named here, never given by its path");
        return None;
    }
    if others.path.iter().any(|outer| outer == wanted) {
        let way = [others.path.as_slice(), &[wanted.to_owned()]].concat();
        faults
            .error(
                "use-cycle",
                name.span,
                format!("`{wanted}` would use itself"),
            )
            .help(format!("{}: leave one of them out", way.join(" uses ")));
        return None;
    }
    if others.path.len() > USES {
        faults
            .error(
                "use-depth",
                name.span,
                format!("more than {USES} runbooks use one another in a row"),
            )
            .help(format!(
                "{} uses it: leave one of them out",
                others.path.join(" uses ")
            ));
        return None;
    }
    let source = match others.shelf.text(wanted) {
        Ok(Some(source)) => source,
        Ok(None) => {
            let names = others.shelf.names();
            let near = nearest(wanted, names.iter().map(String::as_str));
            faults
                .error(
                    "unknown-runbook",
                    name.span,
                    format!("there is no runbook `{wanted}`"),
                )
                .help("`heeler list` shows them all")
                .did_you_mean(near);
            return None;
        }
        Err(why) => {
            let title = format!("`{wanted}` can't be read: {why}");
            faults
                .error("unknown-runbook", name.span, title)
                .help("mend the file, or use another runbook");
            return None;
        }
    };
    match load::within(source, others.actions, others.shelf, &others.path) {
        Ok(runbook) => Some(runbook),
        Err(inner) => {
            // Who can leave a use out has to know of it, wherever in the row the last one stands.
            let row = |fault: &&Diagnostic| ["use-cycle", "use-depth"].contains(&fault.code);
            if let Some(fault) = inner.iter().find(row) {
                let help = fault.help.clone().unwrap_or_default();
                faults
                    .error(fault.code, name.span, fault.title.clone())
                    .help(help);
                return None;
            }
            let first = inner.first().map(|fault| fault.title.as_str());
            let title = format!("`{wanted}` has faults itself ({})", inner.len());
            faults
                .error("faulty-runbook", name.span, title)
                .here(first.unwrap_or_default())
                .help(format!("`heeler lint {wanted}` shows them all"));
            None
        }
    }
}

/// Reads `with`, each text parsed and not checked.
fn given(
    tree: &Tree,
    runbook: &Spanned<String>,
    inputs: &[Input],
    faults: &mut Faults,
) -> Option<Vec<(String, Template)>> {
    let entries = tree.expect_map("`with`", faults)?;
    let mut given = Vec::new();
    let mut sound = true;
    for entry in entries {
        let name = &entry.key;
        if !inputs.iter().any(|input| input.name == name.value) {
            let near = nearest(&name.value, inputs.iter().map(|input| input.name.as_str()));
            let title = format!("`{}` has no input `{}`", runbook.value, name.value);
            faults
                .error("unknown-input", name.span, title)
                .help(inputs_of(inputs))
                .did_you_mean(near);
            sound = false;
            continue;
        }
        let what = format!("the input `{}`", name.value);
        let text = entry.value.expect_text(&what, faults);
        match text.and_then(|text| Template::parse(text, faults)) {
            Some(template) => given.push((name.value.clone(), template)),
            None => sound = false,
        }
    }
    sound.then_some(given)
}

fn inputs_of(inputs: &[Input]) -> String {
    let names: Vec<&str> = inputs.iter().map(|input| input.name.as_str()).collect();
    match names.as_slice() {
        [] => "it has no inputs: leave `with` out".to_owned(),
        names => format!("its inputs: {}", names.join(", ")),
    }
}

impl Used {
    /// The texts of what its inputs are given.
    pub(super) fn texts(&self) -> impl Iterator<Item = &Template> {
        self.inputs.iter().filter_map(|(_, given)| match given {
            Some(Given::Text(text)) => Some(text),
            Some(Given::Value(_)) | None => None,
        })
    }

    /// Checks what the inputs are given, and reads what is written down.
    pub(super) fn check(&mut self, facts: &Facts, faults: &mut Faults) {
        for (input, given) in &mut self.inputs {
            if let Some(Given::Text(text)) = given
                && let Some(value) = check(input, text, facts, faults)
            {
                *given = Some(Given::Value(value));
            }
        }
    }
}

/// The value of a text that is written down; `None` where it names values, or is faulty.
fn check(input: &Input, text: &mut Template, facts: &Facts, faults: &mut Faults) -> Option<Value> {
    let scalar = text.scalar().clone();
    let of = &input.name;
    if text.places().is_empty() {
        if input.secret {
            let title = format!("the secret input `{of}` would be written down here");
            faults
                .error("secret-default", scalar.span, title)
                .help("make it a secret input of this runbook: `{{ inputs.NAME }}`");
            return None;
        }
        let accepted = input.accept(&scalar.value);
        return accepted
            .map_err(|why| {
                let title = format!("the input `{of}` is not {}", input.kind);
                faults.error("wrong-input", scalar.span, title).help(why);
            })
            .ok();
    }
    if !input.secret {
        texts::refuse_secret(&text.roots(), &scalar, facts, faults);
    }
    let kind = text.check_value(&facts.names, faults)?;
    if kind != input.kind {
        let title = format!("the input `{of}` is {}, and this is {kind}", input.kind);
        faults
            .error("wrong-input", scalar.span, title)
            .help("give it a value of its own kind, alone: `\"{{ inputs.NAME }}\"`");
    }
    None
}
