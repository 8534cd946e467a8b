//! `inputs:` as it is written, and what can be wrong with it.

use super::input::{Input, InputType, is_below, items_of};
use super::input_keys::{KEYS, item_types, types};
use super::naming;
use crate::syntax::limits;
use crate::syntax::{
    Entry, Faults, Fields, Spanned, Tree, Word, nearest, older_boolean, whole_pattern,
    wrong_boolean,
};
use crate::value::Value;

/// Reads `inputs:`.
pub(super) fn read(tree: &Tree, faults: &mut Faults) -> Vec<Input> {
    let entries = tree.expect_few("`inputs`", limits::INPUTS, faults);
    entries
        .iter()
        .filter_map(|entry| input(entry, faults))
        .collect()
}

fn input(entry: &Entry, faults: &mut Faults) -> Option<Input> {
    let what = format!("the input `{}`", entry.key.value);
    let named = naming::operand(&entry.key, "an input", faults);
    let fields = Fields::read(&entry.value, &what, KEYS, faults)?;
    let help = fields
        .require("help", &what, faults)
        .and_then(|tree| tree.expect_text("`help`", faults));
    let accepts = accepts(&fields, &what, faults)?;
    let mut limit = |key| limit(&fields, key, &accepts, faults);
    let (minimum, maximum) = (limit("minimum"), limit("maximum"));
    refuse_empty_range(minimum.as_ref(), maximum.as_ref(), faults);
    let default = default(&fields, &accepts, faults);
    let input = Input {
        name: entry.key.value.clone(),
        kind: accepts.kind(),
        secret: secret(&fields, &accepts, faults),
        default: default.as_ref().map(|default| default.value.clone()),
        minimum: minimum.map(|minimum| minimum.value),
        maximum: maximum.map(|maximum| maximum.value),
        help: help?.value.clone(),
        accepts,
    };
    check_default(&input, default.as_ref(), faults);
    named.then_some(input)
}

/// The type, with the keys that belong to it alone.
fn accepts(fields: &Fields<'_>, what: &str, faults: &mut Faults) -> Option<InputType> {
    let name = fields
        .require("type", what, faults)
        .and_then(|tree| type_name("type", tree, types, faults))?;
    let owned = [("pattern", "text"), ("values", "enum"), ("of", "list")];
    for (key, owner) in owned.into_iter().filter(|(_, owner)| *owner != name.value) {
        if let Some(tree) = fields.get(key) {
            let title = format!(
                "`{key}` belongs to inputs of type `{owner}`, this is `{}`",
                name.value
            );
            faults
                .error("not-of-type", tree.span(), title)
                .help(format!("leave `{key}` out, or write `type: {owner}`"));
        }
    }
    Some(match name.value.as_str() {
        "text" => InputType::Text(match fields.text("pattern", faults) {
            Some(text) => Some(whole_pattern(text, faults)?),
            None => None,
        }),
        "enum" => InputType::Enum(values(fields.require("values", what, faults)?, faults)?),
        "list" => {
            let of = fields.require("of", what, faults)?;
            let item = type_name("of", of, item_types, faults)?;
            InputType::List(Box::new(simple(&item.value)))
        }
        simple_name => simple(simple_name),
    })
}

fn simple(name: &str) -> InputType {
    match name {
        "integer" => InputType::Integer,
        "boolean" => InputType::Boolean,
        "duration" => InputType::Duration,
        "quantity" => InputType::Quantity,
        "node" => InputType::Node,
        "pod" => InputType::Pod,
        _ => InputType::Text(None),
    }
}

fn type_name<'t>(
    key: &str,
    tree: &'t Tree,
    words: fn() -> Vec<Word>,
    faults: &mut Faults,
) -> Option<&'t Spanned<String>> {
    let known: Vec<&str> = words().into_iter().map(|(name, _)| name).collect();
    let text = tree.expect_text(&format!("`{key}`"), faults)?;
    if known.contains(&text.value.as_str()) {
        return Some(text);
    }
    let near = nearest(&text.value, known.iter().copied());
    let title = format!("there is no type `{}`", text.value);
    faults
        .error("unknown-type", text.span, title)
        .help(format!("types: {}", known.join(", ")))
        .did_you_mean(near);
    None
}

/// The words of an enum.
fn values(tree: &Tree, faults: &mut Faults) -> Option<Vec<String>> {
    let items = tree.expect_list("`values`", faults)?;
    let mut words: Vec<&Spanned<String>> = Vec::new();
    let mut sound = true;
    for item in items {
        let Some(word) = item.expect_text("a value", faults) else {
            sound = false;
            continue;
        };
        if let Some(first) = words.iter().find(|known| known.value == word.value) {
            faults
                .error(
                    "duplicate-value",
                    word.span,
                    format!("the value `{}` occurs twice", word.value),
                )
                .label(first.span, "the first")
                .help("remove one");
        }
        words.push(word);
    }
    if items.is_empty() {
        faults
            .error("empty-enum", tree.span(), "nothing could be given")
            .help("write the values: `values: [a, b]`");
        return None;
    }
    sound.then(|| words.into_iter().map(|word| word.value.clone()).collect())
}

/// `minimum` or `maximum`.
fn limit(
    fields: &Fields<'_>,
    key: &str,
    accepts: &InputType,
    faults: &mut Faults,
) -> Option<Spanned<Value>> {
    let text = fields.text(key, faults)?;
    let measured = matches!(
        accepts,
        InputType::Integer | InputType::Duration | InputType::Quantity
    );
    if !measured {
        let title = format!("{} has no {key}", accepts.kind());
        faults
            .error("no-range", text.span, title)
            .help("integers, durations and quantities have limits");
        return None;
    }
    let read = accepts.read(&text.value);
    spanned(key, read, accepts, text, faults)
}

/// The default. That of a list is a list, or text as on the command line.
fn default(
    fields: &Fields<'_>,
    accepts: &InputType,
    faults: &mut Faults,
) -> Option<Spanned<Value>> {
    let tree = fields.get("default")?;
    let (InputType::List(item), Some(items)) = (accepts, tree.items()) else {
        let text = tree.expect_text("`default`", faults)?;
        if matches!(accepts, InputType::Boolean) && older_boolean(&text.value).is_some() {
            wrong_boolean("`default`", text, faults);
            return None;
        }
        let read = accepts.read(&text.value);
        return spanned("default", read, accepts, text, faults);
    };
    let texts: Vec<&Spanned<String>> = items
        .iter()
        .map(|item| item.expect_text("an item of `default`", faults))
        .collect::<Option<_>>()?;
    match items_of(item, texts.iter().map(|text| text.value.as_str())) {
        Ok(list) => Some(Spanned::new(list, tree.span())),
        Err((index, why)) => {
            let text = texts.get(index)?;
            spanned("default", Err(why), item, text, faults)
        }
    }
}

fn spanned(
    key: &str,
    read: Result<Value, String>,
    accepts: &InputType,
    text: &Spanned<String>,
    faults: &mut Faults,
) -> Option<Spanned<Value>> {
    let is_whole = text.value.chars().all(|letter| letter.is_ascii_digit());
    let (code, title) = match accepts {
        InputType::Enum(_) => (
            "default-not-in-values",
            format!("`{key}` is none of the values"),
        ),
        InputType::Text(_) => (
            "default-not-in-pattern",
            format!("`{key}` does not match the pattern"),
        ),
        InputType::Integer if is_whole && !text.value.is_empty() => (
            "number-too-large",
            format!("`{key}` is larger than any number here can be"),
        ),
        other => ("wrong-type", format!("`{key}` is not {}", other.kind())),
    };
    match read {
        Ok(value) => Some(Spanned::new(value, text.span)),
        Err(why) => {
            faults.error(code, text.span, title).help(why);
            None
        }
    }
}

fn refuse_empty_range(
    minimum: Option<&Spanned<Value>>,
    maximum: Option<&Spanned<Value>>,
    faults: &mut Faults,
) {
    if let (Some(minimum), Some(maximum)) = (minimum, maximum)
        && is_below(&maximum.value, &minimum.value)
    {
        faults
            .error("empty-range", maximum.span, "nothing could be given")
            .here("the maximum is below the minimum")
            .label(minimum.span, "the minimum")
            .help("exchange them");
    }
}

/// Only text can be kept secret: another value is short, and would be found, and hidden, everywhere.
fn secret(fields: &Fields<'_>, accepts: &InputType, faults: &mut Faults) -> bool {
    let Some(tree) = fields.get("secret") else {
        return false;
    };
    let secret = tree.expect_bool("`secret`", faults).unwrap_or_default();
    if secret && !matches!(accepts, InputType::Text(_)) {
        faults
            .error("secret-type", tree.span(), "only text can be secret")
            .help("write `type: text`, with a `pattern` where it has a form");
    }
    secret
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
