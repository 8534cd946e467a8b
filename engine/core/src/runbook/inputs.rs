//! Inputs: values that the caller may give.

use super::model::Input;
use super::naming;
use crate::syntax::{
    Entry, Faults, Fields, Spanned, Tree, duration, nearest, older_boolean, wrong_boolean,
};
use crate::value::{DurationSpan, Kind, Value};

const KEYS: [&str; 6] = ["type", "default", "minimum", "maximum", "help", "secret"];

/// The types that an input can have.
const TYPES: [(&str, Kind); 4] = [
    ("duration", Kind::Duration),
    ("integer", Kind::Integer),
    ("text", Kind::Text),
    ("boolean", Kind::Bool),
];

/// Reads `inputs:`.
pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Vec<Input> {
    let entries = tree.expect_map("`inputs`", faults).unwrap_or_default();
    entries
        .iter()
        .filter_map(|entry| input(entry, faults))
        .collect()
}

fn input(entry: &Entry, faults: &mut Faults) -> Option<Input> {
    let what = format!("the input `{}`", entry.key.value);
    let named = naming::operand(&entry.key, "an input", faults);
    let fields = Fields::read(&entry.value, &what, &KEYS, faults)?;
    let kind = kind(&fields, &what, faults)?;
    let mut value = |key| value(&fields, key, &kind, faults);
    let (minimum, maximum, default) = (value("minimum"), value("maximum"), value("default"));
    let secret = fields
        .get("secret")
        .and_then(|tree| tree.expect_bool("`secret`", faults));
    let help = fields
        .require("help", &what, faults)
        .and_then(|tree| tree.expect_text("`help`", faults));
    let input = Input {
        name: entry.key.value.clone(),
        secret: secret.unwrap_or_default(),
        default: default.as_ref().map(|default| default.value.clone()),
        minimum: minimum.map(|minimum| minimum.value),
        maximum: maximum.map(|maximum| maximum.value),
        help: help?.value.clone(),
        kind,
    };
    check_default(&input, default.as_ref(), faults);
    named.then_some(input)
}

fn kind(fields: &Fields<'_>, what: &str, faults: &mut Faults) -> Option<Kind> {
    let text = fields
        .require("type", what, faults)?
        .expect_text("`type`", faults)?;
    let names = TYPES.iter().map(|(name, _)| *name);
    match TYPES.iter().find(|(name, _)| *name == text.value) {
        Some((_, kind)) => Some(kind.clone()),
        None => {
            let near = nearest(&text.value, names.clone());
            faults
                .error(
                    "unknown-type",
                    text.span,
                    format!("there is no type `{}`", text.value),
                )
                .help(format!("types: {}", names.collect::<Vec<_>>().join(", ")))
                .did_you_mean(near);
            None
        }
    }
}

fn value(
    fields: &Fields<'_>,
    key: &str,
    kind: &Kind,
    faults: &mut Faults,
) -> Option<Spanned<Value>> {
    let text = fields.get(key)?.expect_text(&format!("`{key}`"), faults)?;
    if key != "default" && !matches!(kind, Kind::Duration | Kind::Integer) {
        faults.error("no-range", text.span, format!("{kind} has no {key}"));
        return None;
    }
    match parse(kind, &text.value) {
        Ok(value) => Some(Spanned::new(value, text.span)),
        Err(_) if *kind == Kind::Bool && older_boolean(&text.value).is_some() => {
            wrong_boolean(&format!("`{key}`"), text, faults);
            None
        }
        Err(why) => {
            faults
                .error("wrong-type", text.span, format!("`{key}` is not {kind}"))
                .help(why);
            None
        }
    }
}

fn check_default(input: &Input, default: Option<&Spanned<Value>>, faults: &mut Faults) {
    let Some(default) = default else { return };
    if input.secret {
        faults
            .error("secret-default", default.span, "a secret has no default")
            .help("whoever reads the runbook would know it");
    }
    if let Err(why) = input.within(&default.value) {
        faults
            .error(
                "default-out-of-range",
                default.span,
                format!("the default {why}"),
            )
            .help("change the default or the limits");
    }
}

fn parse(kind: &Kind, text: &str) -> Result<Value, String> {
    match kind {
        Kind::Duration => duration(text).map(|span| Value::Duration(DurationSpan(span))),
        Kind::Integer => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| format!("`{text}` is no whole number")),
        Kind::Bool => text
            .parse()
            .map(Value::Bool)
            .map_err(|_| format!("`{text}` is neither true nor false")),
        _ => Ok(Value::text(text)),
    }
}

impl Input {
    /// Reads a value that the caller gave. `Err` says what is wrong with it and what is accepted;
    /// the text of a secret is not repeated.
    pub fn accept(&self, text: &str) -> Result<Value, String> {
        let accepted = parse(&self.kind, text).and_then(|value| {
            self.within(&value)
                .map_err(|why| format!("`{text}` {why}"))?;
            Ok(value)
        });
        if self.secret {
            return accepted
                .map_err(|_| format!("the value of `{}` is not {}", self.name, self.kind));
        }
        accepted
    }

    fn within(&self, value: &Value) -> Result<(), String> {
        let below = |a: &Value, b: &Value| match (a, b) {
            (Value::Integer(a), Value::Integer(b)) => a < b,
            (Value::Duration(a), Value::Duration(b)) => a < b,
            _ => false,
        };
        match (&self.minimum, &self.maximum) {
            (Some(minimum), _) if below(value, minimum) => {
                Err(format!("is below the minimum of {minimum}"))
            }
            (_, Some(maximum)) if below(maximum, value) => {
                Err(format!("is above the maximum of {maximum}"))
            }
            _ => Ok(()),
        }
    }
}
