//! Values of looks in a case. The kind that a look declares says how its value is read, so an
//! author writes `120s` and `81 %` and nothing else.

use super::needs::Need;
use super::{scalar, why};
use crate::syntax::{Entry, Faults, Source, Spanned, Tree, nearest};
use crate::value::{Field, Kind, Value};

/// The key of a value that was not seen.
const NOT_SEEN: &str = "not-seen";
/// The word for an answer that says there is no such thing.
const ABSENT: &str = "absent";
/// A record that fits a line of this length is written on one.
const LINE: usize = 100;

/// Reads the values of a case.
pub(super) struct Reader<'r> {
    /// The case's text.
    pub(super) source: &'r Source,
    /// What is wrong with it.
    pub(super) faults: &'r mut Faults,
    /// The look whose value is read.
    pub(super) look: &'r str,
}

impl Reader<'_> {
    /// Reads a value of a kind, of which the runbook reads so much. `at` names it in messages.
    pub(super) fn value(
        &mut self,
        tree: &Tree,
        kind: &Kind,
        need: &Need,
        at: &str,
    ) -> Option<Value> {
        if let Some([entry]) = tree.entries()
            && entry.key.value == NOT_SEEN
        {
            return why::read(&entry.value, self.look, self.faults).map(Value::Unseen);
        }
        if self.is_absent(tree) {
            return Some(Value::Absent);
        }
        match kind {
            Kind::List(of) => {
                let Some(items) = tree.items() else {
                    return self.wrong(tree, kind, at, "write it as a list: [first, second]");
                };
                let read: Vec<Option<Value>> = items
                    .iter()
                    .map(|item| self.value(item, of, &need.item(), at))
                    .collect();
                read.into_iter().collect::<Option<_>>().map(Value::List)
            }
            Kind::Record(fields) => match tree.entries() {
                Some(entries) => self.record(tree, entries, fields, need, at),
                None => self.wrong(tree, kind, at, "write it as a map: {name: value}"),
            },
            _ => match tree.as_text().map(|text| scalar::read(kind, &text.value)) {
                Some(Ok(value)) => Some(value),
                Some(Err(how)) => self.wrong(tree, kind, at, &how),
                None => self.wrong(tree, kind, at, "or write `absent`, or `{not-seen: …}`"),
            },
        }
    }

    fn record(
        &mut self,
        tree: &Tree,
        entries: &[Entry],
        fields: &std::collections::BTreeMap<String, Field>,
        need: &Need,
        at: &str,
    ) -> Option<Value> {
        let mut read = Vec::new();
        let mut meant = Vec::new();
        for entry in entries {
            let name = &entry.key;
            let Some(field) = fields.get(&name.value) else {
                let known = || fields.keys().map(String::as_str);
                meant.extend(nearest(&name.value, known()).map(|near| near.right));
                self.unknown_field(name, known(), at);
                continue;
            };
            let need = need.field(&name.value, has_parts(&field.kind));
            let at = format!("{at}.{}", name.value);
            let value = self.value(&entry.value, &field.kind, &need.unwrap_or_default(), &at);
            read.push(value.map(|value| (name.value.clone(), value)));
        }
        // A name that was misspelt is wrong once, not missing as well.
        let given = |name: &str| {
            meant.contains(&name) || entries.iter().any(|entry| entry.key.value == name)
        };
        for (name, field) in fields {
            if need.field(name, has_parts(&field.kind)).is_some() && !given(name) {
                let title = format!("`{at}` has no `{name}`");
                self.faults
                    .error("missing-field", first(tree), title)
                    .help(format!(
                        "an answer stands here whole: add `{name}:`, {}; where there is none, `{name}: absent`",
                        field.kind
                    ));
            }
        }
        let read: Option<Vec<_>> = read.into_iter().collect();
        read.map(Value::record)
    }

    fn unknown_field<'f>(
        &mut self,
        name: &Spanned<String>,
        known: impl Iterator<Item = &'f str>,
        at: &str,
    ) {
        let known: Vec<&str> = known.collect();
        let near = nearest(&name.value, known.iter().copied());
        self.faults
            .error(
                "unknown-field",
                name.span,
                format!("`{at}` has no field `{}`", name.value),
            )
            .help(format!("it has {}", known.join(", ")))
            .did_you_mean(near);
    }

    fn wrong<T>(&mut self, tree: &Tree, kind: &Kind, at: &str, how: &str) -> Option<T> {
        let expected = match kind {
            Kind::Record(_) => "a record".to_owned(),
            Kind::List(_) => "a list".to_owned(),
            other => other.to_string(),
        };
        self.faults
            .error(
                "wrong-type",
                tree.span(),
                format!("`{at}` is not {expected}"),
            )
            .here(format!("expected {expected}"))
            .help(how);
        None
    }

    /// In quotes the word is text like any other.
    fn is_absent(&self, tree: &Tree) -> bool {
        matches!(tree, Tree::Text(text) if text.value == ABSENT
            && self.source.text.get(text.span.range()) == Some(ABSENT))
    }
}

fn has_parts(kind: &Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Record(_))
}

/// The first key of a map: a whole map is too much to point at.
fn first(tree: &Tree) -> crate::syntax::Span {
    let entry = tree.entries().and_then(<[Entry]>::first);
    entry.map_or(tree.span(), |entry| entry.key.span)
}

/// Writes `name: value` of a look, indented by so many spaces, each line with its end.
pub(super) fn write(out: &mut String, name: &str, value: &Value, look: &str, indent: usize) {
    let key = format!("{}{}:", " ".repeat(indent), scalar::quoted(name));
    let line = flow(value, look);
    let fits = indent == 0 || key.len() + line.len() < LINE;
    match value {
        _ if fits && is_flat(value) => out.push_str(&format!("{key} {line}\n")),
        Value::Record(fields) if !fields.is_empty() => {
            out.push_str(&format!("{key}\n"));
            for (name, value) in fields {
                write(out, name, value, look, indent + 2);
            }
        }
        Value::List(items) if !items.is_empty() => {
            out.push_str(&format!("{key}\n"));
            for item in items {
                let dash = " ".repeat(indent + 2);
                out.push_str(&format!("{dash}- {}\n", flow(item, look)));
            }
        }
        _ => out.push_str(&format!("{key} {line}\n")),
    }
}

/// Nothing in it has parts of its own.
fn is_flat(value: &Value) -> bool {
    let plain = |value: &Value| !matches!(value, Value::Record(_) | Value::List(_));
    match value {
        Value::Record(fields) => fields.values().all(plain),
        Value::List(items) => items.iter().all(plain),
        _ => true,
    }
}

/// On one line.
fn flow(value: &Value, look: &str) -> String {
    match value {
        Value::Unseen(reasons) => format!("{{{NOT_SEEN}: {}}}", why::write(reasons, look)),
        Value::List(items) => {
            let items: Vec<String> = items.iter().map(|item| flow(item, look)).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Record(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}: {}", scalar::quoted(name), flow(value, look)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        plain => scalar::write(plain).unwrap_or_default(),
    }
}
