//! The actions, with their scripts really run: under dash and bash, over this machine's own
//! `/proc`, and over outputs recorded from the real programs.

pub(crate) mod api;
mod cluster;
mod disk;
mod host_container;
mod journal;
mod kube;
mod looks;
pub(crate) mod node;
mod readers;
mod restart;
mod run;
mod run_change;
mod script;
mod settings;
mod settings_scripts;
mod sysctl;

use std::ops::Deref;

use super::{Action, Carried, Change, Look, NodeChange, Rung, Source, Target, all};
use crate::syntax::{self, Faults, parse_yaml};
use crate::value::Value;

fn action(name: &str) -> &'static dyn Action {
    *all()
        .iter()
        .find(|action| action.name() == name)
        .expect("an action of that name")
}

/// The look that `name: parameters` is, or the titles of what is wrong with it.
pub(crate) fn look(name: &str, parameters: &str) -> Result<Box<dyn Look>, Vec<String>> {
    read(parameters, |tree, faults| action(name).look(tree, faults))
}

/// The change that `name: parameters` is, likewise.
pub(crate) fn change(name: &str, parameters: &str) -> Result<OnNode, Vec<String>> {
    read(parameters, |tree, faults| action(name).change(tree, faults)).map(OnNode)
}

/// A change that the node carries out.
#[derive(Debug)]
pub(crate) struct OnNode(pub(crate) Box<dyn Change>);

impl Deref for OnNode {
    type Target = dyn NodeChange;

    fn deref(&self) -> &Self::Target {
        match self.0.carried() {
            Carried::Node(change) => change,
            Carried::Cluster(_) | Carried::Evictions(_) => panic!("no node carries it out"),
        }
    }
}

fn read<T>(
    yaml: &str,
    read: impl FnOnce(&syntax::Tree, &mut Faults) -> Option<T>,
) -> Result<T, Vec<String>> {
    let source = syntax::Source {
        name: "test".into(),
        text: yaml.into(),
    };
    let mut faults = Faults::of(&source);
    let tree = parse_yaml(&source, &mut faults).expect("well-formed YAML");
    let item = read(&tree, &mut faults);
    match item {
        Some(item) if faults.is_empty() => Ok(item),
        _ => {
            assert!(!faults.is_empty(), "refused without a word");
            Err(faults
                .into_vec()
                .into_iter()
                .map(|fault| fault.title)
                .collect())
        }
    }
}

/// The rungs of a look at a node.
pub(crate) fn rungs(look: &dyn Look, target: &Target) -> Vec<Rung> {
    match look.source(target) {
        Ok(Source::Node(rungs)) => rungs,
        other => panic!("no node look: {other:?}"),
    }
}

/// `a.b.c` of a value.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    path.split('.').fold(value, |value, name| {
        value
            .get(name)
            .unwrap_or_else(|| panic!("no {name} in {value}"))
    })
}
