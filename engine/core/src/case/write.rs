//! A case as text: what [`super::read`] reads back.

use std::fmt::Write as _;

use super::model::{Case, Node, Offer, Then, Told};
use super::{scalar, value};
use crate::value::Value;

/// The text of a case.
pub fn write(case: &Case) -> String {
    let mut out = String::from("heeler-case: 1\n");
    let _ = writeln!(out, "runbook: {}", scalar::quoted(&case.runbook));
    let _ = writeln!(out, "about: {}", scalar::quoted(&case.about));
    if !case.inputs.is_empty() {
        out.push_str("inputs:\n");
        for (name, given) in &case.inputs {
            let _ = writeln!(out, "  {name}: {}", input(given));
        }
    }
    looks(&mut out, &case.looks, 0);
    out.push_str("nodes:\n");
    for node in &case.nodes {
        write_node(&mut out, node);
    }
    write_then(&mut out, &case.then, 0);
    out
}

/// As it would be typed on the command line.
fn input(given: &Value) -> String {
    let text = |value: &Value| match value {
        Value::Record(fields) => {
            let parts: Vec<String> = ["namespace", "name"]
                .iter()
                .filter_map(|name| fields.get(*name))
                .map(ToString::to_string)
                .collect();
            scalar::quoted(&parts.join("/"))
        }
        plain => scalar::write(plain).unwrap_or_default(),
    };
    match given {
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(text).collect();
            format!("[{}]", items.join(", "))
        }
        one => text(one),
    }
}

fn looks(out: &mut String, looks: &std::collections::BTreeMap<String, Value>, indent: usize) {
    if looks.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}looks:", " ".repeat(indent));
    for (name, seen) in looks {
        value::write(out, name, seen, name, indent + 2);
    }
}

fn write_node(out: &mut String, node: &Node) {
    let _ = writeln!(out, "  - instance: {}", node.instance);
    let mut line = |key: &str, text: Option<String>| {
        if let Some(text) = text {
            let _ = writeln!(out, "    {key}: {text}");
        }
    };
    line("name", node.name.as_deref().map(scalar::quoted));
    line("cpus", node.cpus.map(|cpus| cpus.to_string()));
    line("os_version", node.os_version.as_deref().map(scalar::quoted));
    line("boot_id", node.boot_id.as_deref().map(scalar::quoted));
    let pod = node.pod.as_ref();
    line(
        "pod",
        pod.map(|pod| scalar::quoted(&format!("{}/{}", pod.namespace, pod.name))),
    );
    line("no-answer", node.silent.as_deref().map(scalar::quoted));
    looks(out, &node.looks, 4);
    if !node.later.is_empty() {
        out.push_str("    later:\n");
        for sample in &node.later {
            let _ = writeln!(out, "      - after: {}", scalar::write_span(sample.after));
            if sample.looks.is_empty() {
                out.push_str("        looks: {}\n");
            }
            looks(out, &sample.looks, 8);
        }
    }
    write_then(out, &node.then, 4);
}

fn write_then(out: &mut String, then: &Then, indent: usize) {
    let says_nothing = then.verdicts.is_empty()
        && then.offers.is_empty()
        && then.fixes.is_empty()
        && then.bundle.is_none();
    if says_nothing {
        return;
    }
    let spaces = " ".repeat(indent);
    let _ = writeln!(out, "{spaces}then:");
    let mut held = then
        .verdicts
        .iter()
        .filter_map(|(name, (told, _))| match told {
            Told::Holds(says) => Some((name, says)),
            Told::RuledOut | Told::NotSeen | Told::Superseded(_) => None,
        })
        .peekable();
    if held.peek().is_some() {
        let _ = writeln!(out, "{spaces}  holds:");
    }
    for (name, says) in held {
        let line = scalar::quoted(&says.line);
        match &says.details {
            None => {
                let _ = writeln!(out, "{spaces}    {name}: {line}");
            }
            Some(details) => {
                let _ = writeln!(out, "{spaces}    {name}:\n{spaces}      says: {line}");
                let lines: Vec<String> = details.iter().map(|line| scalar::quoted(line)).collect();
                let _ = writeln!(out, "{spaces}      details: [{}]", lines.join(", "));
            }
        }
    }
    let mut list = |key: &str, names: Vec<&str>| write_list(out, &spaces, key, &names);
    let told = |wanted: Told| named(&then.verdicts, move |told| *told == wanted);
    let offers = |wanted: Offer| named(&then.offers, move |offer| *offer == wanted);
    list("ruled-out", told(Told::RuledOut));
    list("not-seen", told(Told::NotSeen));
    let superseded = then
        .verdicts
        .iter()
        .filter_map(|(name, (told, _))| match told {
            Told::Superseded(by) => Some((name, by.as_str())),
            _ => None,
        });
    pairs(out, &spaces, "superseded", superseded);
    let mut list = |key: &str, names: Vec<&str>| write_list(out, &spaces, key, &names);
    list("offers", offers(Offer::Offered));
    list("withheld", offers(Offer::Withheld));
    let fixes = then.fixes.iter().map(|(name, (end, _))| (name, end.word()));
    pairs(out, &spaces, "fix", fixes);
    if then.bundle.is_some() {
        let _ = writeln!(out, "{spaces}  bundle: true");
    }
}

fn write_list(out: &mut String, spaces: &str, key: &str, names: &[&str]) {
    if !names.is_empty() {
        let _ = writeln!(out, "{spaces}  {key}: [{}]", names.join(", "));
    }
}

fn pairs<'p>(
    out: &mut String,
    spaces: &str,
    key: &str,
    pairs: impl Iterator<Item = (&'p String, &'p str)>,
) {
    let mut pairs = pairs.peekable();
    if pairs.peek().is_some() {
        let _ = writeln!(out, "{spaces}  {key}:");
    }
    for (name, value) in pairs {
        let _ = writeln!(out, "{spaces}    {name}: {value}");
    }
}

fn named<T, S>(
    all: &std::collections::BTreeMap<String, (T, S)>,
    wanted: impl Fn(&T) -> bool,
) -> Vec<&str> {
    let fits = all.iter().filter(|(_, (value, _))| wanted(value));
    fits.map(|(name, _)| name.as_str()).collect()
}
