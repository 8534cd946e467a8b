//! Setting one setting, or several that only make sense together, in one transaction.
//!
//! Nothing can be unset, an equal value restarts its services too, and `apiclient set` answers
//! before anything is applied. Source: apiserver and thar-be-settings of the core kit.

use std::time::Duration;

use serde_json::{Value as Json, json};

use super::UNSET_TO;
use super::effects::effects;
use super::leaf::{self, Leaf};
use super::place::Place;
use crate::action::{Carried, Change, NodeChange, shell_quote};
use crate::frame::{self, without_comments};
use crate::hazard::Touched;
use crate::syntax::{Entry, Faults, Fields, Span, Spanned, Tree};
use crate::value::Value;

/// The names of services, however the answer has them by setting.
const SERVICES: &str = r#"[.. | strings] | unique | join(" ")"#;
/// Takes the settings at some paths out of all that were asked for; what is not set is `null`.
const HELD: &str = ". as $all | reduce $at.paths[] as $path (null; \
                    setpath($path; $all | try getpath($at.root + $path) catch null))";
/// Reads the parameters of a change.
pub(super) fn read(parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
    let fields = Fields::open(parameters, "a `settings` change", &[UNSET_TO], faults)?;
    let named: Vec<&Entry> = fields.others().collect();
    let [entry] = named.as_slice() else {
        faults
            .error(
                "not-one-key",
                parameters.span(),
                "a `settings` change sets exactly one key",
            )
            .help("write one entry of `change` for each key; what belongs together is one map");
        return None;
    };
    let key = Place::of(&entry.key, faults)?;
    let leaves = leaf::read(&entry.value, "the wanted value", faults);
    let unset_to = match fields.get(UNSET_TO.name) {
        Some(tree) => leaf::read(tree, "`unset-to`", faults),
        None => Some(Vec::new()),
    };
    let (leaves, unset_to) = (leaves?, unset_to?);
    let allowed = leaves.iter().map(|leaf| {
        let span = match leaf.below.as_slice() {
            [] => entry.key.span,
            _ => leaf.text.span,
        };
        key.below(&leaf.below).check(&key, span, faults).is_some()
    });
    // The first one says it for all.
    let sound = allowed.take_while(|allowed| *allowed).count() == leaves.len();
    let is_set = |other: &&Leaf| leaves.iter().any(|leaf| leaf.below == other.below);
    if let Some(stray) = unset_to.iter().find(|leaf| !is_set(leaf)) {
        let title = format!(
            "`unset-to` has {}, which the change does not set",
            key.below(&stray.below)
        );
        faults
            .error("unknown-name", stray.text.span, title)
            .help("give it the names that are set");
        return None;
    }
    sound.then(|| {
        Box::new(SettingsChange {
            key,
            span: entry.key.span,
            leaves,
            unset_to,
        }) as Box<dyn Change>
    })
}

#[derive(Debug)]
struct SettingsChange {
    key: Place,
    span: Span,
    leaves: Vec<Leaf>,
    unset_to: Vec<Leaf>,
}

impl SettingsChange {
    fn places(&self) -> impl Iterator<Item = Place> {
        self.leaves.iter().map(|leaf| self.key.below(&leaf.below))
    }

    fn restarts_kubelet(&self) -> bool {
        self.places().any(|place| place.restarts_kubelet())
    }

    /// Makes `held` the function that prints the present values as one line of JSON.
    fn define_held(&self) -> String {
        let paths: Vec<&Vec<String>> = self.leaves.iter().map(|leaf| &leaf.below).collect();
        let at = json!({ "root": self.key.json(), "paths": paths });
        format!(
            "held() {{\n  found=$(apiclient get {}) || return 1\n  printf '%s\\n' \"$found\" |\n    \
             jq -cS --argjson at {} {}\n}}\n",
            shell_quote(&self.key.prefix()),
            shell_quote(&at.to_string()),
            shell_quote(HELD),
        )
    }

    /// The document that sets a value of this change.
    fn document(&self, value: &str) -> String {
        let value = serde_json::from_str(value).unwrap_or_default();
        self.key.around(value).to_string()
    }

    /// The kernel parameters among its settings whose values the control container can read, each
    /// with the text that this value of the change has for it.
    fn parameters(&self, value: &str) -> Vec<(String, String)> {
        let value: Json = serde_json::from_str(value).unwrap_or_default();
        let of = |leaf: &Leaf| {
            let parameter = self.key.below(&leaf.below).kernel_parameter()?;
            let text = find(&value, &leaf.below)?.as_str()?;
            parameter
                .is_seen_everywhere()
                .then(|| (parameter.path(), text.to_owned()))
        };
        self.leaves.iter().filter_map(of).collect()
    }
}

impl Change for SettingsChange {
    fn subject(&self) -> String {
        match self.leaves.as_slice() {
            [leaf] => self.key.below(&leaf.below).to_string(),
            leaves => {
                let names: Vec<String> = leaves.iter().map(|leaf| leaf.below.join(".")).collect();
                format!("{}: {}", self.key, names.join(", "))
            }
        }
    }

    fn span(&self) -> Span {
        self.span
    }

    fn texts(&self) -> Vec<&Spanned<String>> {
        self.leaves.iter().map(|leaf| &leaf.text).collect()
    }

    fn wanted(&self, values: &[Value]) -> Result<String, String> {
        let mut wanted = Json::Null;
        for (leaf, value) in self.leaves.iter().zip(values) {
            let at = self.key.below(&leaf.below);
            put(&mut wanted, &leaf.below, leaf.json(&at, value)?);
        }
        Ok(line(wanted))
    }

    fn back_texts(&self) -> Vec<&Spanned<String>> {
        self.unset_to.iter().map(|leaf| &leaf.text).collect()
    }

    fn back(&self, from: &str, values: &[Value]) -> Result<String, String> {
        let from: Json = serde_json::from_str(from).map_err(|why| why.to_string())?;
        let mut back = from.clone();
        for leaf in &self.leaves {
            let at = self.key.below(&leaf.below);
            if find(&from, &leaf.below).is_some_and(|held| !held.is_null()) {
                continue;
            }
            let mut given = self.unset_to.iter().zip(values);
            let Some((unset_to, value)) = given.find(|(given, _)| given.below == leaf.below) else {
                return Err(format!(
                    "{at} is not set now, and nothing can unset it again: the runbook has to say \
                     with `unset-to` what the way back sets"
                ));
            };
            put(&mut back, &leaf.below, unset_to.json(&at, value)?);
        }
        Ok(line(back))
    }

    fn display(&self, value: &str) -> String {
        let Ok(value) = serde_json::from_str::<Json>(value) else {
            return value.to_owned();
        };
        let shown = self.leaves.iter().map(|leaf| {
            let text = match find(&value, &leaf.below) {
                None | Some(Json::Null) => "absent".to_owned(),
                Some(Json::String(text)) => match self.key.below(&leaf.below).kernel_parameter() {
                    Some(parameter) => parameter.display(text),
                    None => text.clone(),
                },
                Some(other) => other.to_string(),
            };
            match self.leaves.len() {
                1 => text,
                _ => format!("{}={text}", leaf.below.join(".")),
            }
        });
        shown.collect::<Vec<_>>().join(", ")
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for SettingsChange {
    fn place(&self) -> frame::Place {
        frame::Place::Control
    }

    fn limit(&self) -> Duration {
        let waits = self
            .places()
            .any(|place| place.kernel_parameter().is_some());
        Duration::from_secs(if waits { 20 } else { 10 })
    }

    fn restarts(&self) -> Option<&'static str> {
        self.restarts_kubelet().then_some("the kubelet")
    }

    fn present(&self) -> String {
        self.define_held() + "held\n"
    }

    fn services(&self) -> Option<String> {
        let keys: Vec<String> = self.places().map(|place| place.query()).collect();
        let query = format!("/metadata/affected-services?keys={}", keys.join(","));
        Some(format!(
            "found=$(apiclient raw -u {}) || exit 1\nprintf '%s\\n' \"$found\" | jq -r {}\n",
            shell_quote(&query),
            shell_quote(SERVICES),
        ))
    }

    fn effects(&self, services: &[String]) -> Vec<String> {
        effects(services)
    }

    fn touches(&self, from: &str, to: &str) -> Vec<Touched> {
        let [from, to] = [from, to].map(|value| serde_json::from_str(value).unwrap_or_default());
        let touched = self.leaves.iter().map(|leaf| {
            let [from, to]: [&Json; 2] =
                [&from, &to].map(|value| find(value, &leaf.below).unwrap_or(&Json::Null));
            self.key.below(&leaf.below).touched(from, to)
        });
        touched.flatten().collect()
    }

    fn apply(&self, from: &str, to: &str) -> String {
        let mut script = self.define_held();
        script += &functions();
        let parameters = self.parameters(to);
        // What the kernel does not have is ignored without a word.
        for (path, _) in &parameters {
            script += &format!(
                "[ -e {0} ] || {{ v=$(held) && stop {1}; exit 1; }}\n",
                shell_quote(path),
                shell_quote(&format!("the node has no {path}")),
            );
        }
        script += &format!(
            "replace {} {}\nis_set {}\n",
            shell_quote(from),
            shell_quote(&self.document(to)),
            shell_quote(to)
        );
        script + &applied(&parameters) + "printf '%s\\n' \"$v\"\n"
    }

    /// Bottlerocket stores a setting first, and applies it later.
    fn holds(&self, to: &str) -> Option<String> {
        let parameters = self.parameters(to);
        (!parameters.is_empty()).then(|| functions() + &applied(&parameters))
    }

    fn by_hand(&self, to: &str) -> String {
        format!("apiclient set --json {}", shell_quote(&self.document(to)))
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

fn functions() -> String {
    without_comments(include_str!("../refused.sh")) + &without_comments(include_str!("change.sh"))
}

/// Waits for the kernel to have these values.
fn applied(parameters: &[(String, String)]) -> String {
    let wait = |(path, text): &(String, String)| {
        format!("applied {} {}\n", shell_quote(path), shell_quote(text))
    };
    parameters.iter().map(wait).collect()
}

/// A value of the node as `jq -cS` prints it.
fn line(mut value: Json) -> String {
    value.sort_all_objects();
    value.to_string()
}

fn find<'j>(value: &'j Json, names: &[String]) -> Option<&'j Json> {
    names.iter().try_fold(value, |inner, name| inner.get(name))
}

fn put(into: &mut Json, names: &[String], value: Json) {
    match names {
        [] => *into = value,
        [name, below @ ..] => {
            if !into.is_object() {
                *into = json!({});
            }
            if let Json::Object(map) = into {
                put(map.entry(name).or_insert(Json::Null), below, value);
            }
        }
    }
}
