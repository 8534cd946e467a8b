//! What pages are made of.

use heeler_core::action::Action;
use heeler_core::syntax::{
    Faults, Key, Need, Rule, Shape, Source, Span, Spanned, Tree, parse_yaml,
};

/// Says where a page comes from.
pub(crate) const WRITTEN: &str = "Written from the code; a test fails when it disagrees.";

/// A table with its end of line.
pub(crate) fn table(heads: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let line = |cells: Vec<String>| {
        // A bar ends a cell, also in code.
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let rule = heads.iter().map(|_| "---".to_owned()).collect();
    let rows = rows.into_iter().map(line).collect::<String>();
    format!("{}{}{rows}", line(heads), line(rule))
}

/// The keys of a map, one a row. `prefix` stands before each name.
pub(crate) fn keys(prefix: &str, keys: &[Key]) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for key in keys {
        let mut need = match key.need {
            Need::Required => vec!["needed".to_owned()],
            Need::Optional => Vec::new(),
            Need::Or(default) => vec![format!("`{default}`")],
        };
        need.extend(key.rules.iter().filter_map(|rule| match rule {
            Rule::Only(place) => Some(format!("only {place}")),
            Rule::Needed(place) => Some(format!("needed {place}")),
            // The types themselves say it.
            Rule::Takes(..) => None,
        }));
        rows.push(vec![
            format!("`{prefix}{}`", key.name),
            shape(&key.shape),
            need.join("<br>"),
            format!("{}{}", key.help, words(&key.shape)),
        ]);
        let inner = format!("{prefix}{}.", key.name);
        match key.shape {
            Shape::Keys(below) => rows.extend(self::keys(&inner, below)),
            Shape::Entries(entries) => {
                if let Shape::Keys(below) = entries.value {
                    rows.extend(self::keys(&format!("{inner}NAME."), below));
                }
            }
            _ => {}
        }
    }
    rows
}

/// What a key takes; what has a section or rows of its own is told there.
fn shape(shape: &Shape) -> String {
    match shape {
        Shape::Word(words) => {
            let words: Vec<String> = words()
                .into_iter()
                .map(|(word, _)| format!("`{word}`"))
                .collect();
            words.join(" ")
        }
        Shape::Keys(_) => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// What the words of a closed set mean.
fn words(shape: &Shape) -> String {
    let Shape::Word(words) = shape else {
        return String::new();
    };
    let told: Vec<String> = words()
        .into_iter()
        .map(|(word, help)| format!("<br>`{word}`: {help}"))
        .collect();
    match told.as_slice() {
        [_] => String::new(),
        told => told.concat(),
    }
}

/// What an action can do.
pub(crate) fn role(action: &dyn Action) -> &'static str {
    match (action.look_shape(), action.change_shape()) {
        (Some(_), Some(_)) => "look, change",
        (Some(_), None) => "look",
        (None, Some(_)) => "change",
        (None, None) => "nothing",
    }
}

/// A text as a runbook would hold it.
pub(crate) fn scalar(text: &str) -> Spanned<String> {
    Spanned::new(text.to_owned(), Span::new(0, text.len()))
}

/// YAML as a runbook would hold it.
pub(crate) fn yaml(text: &str) -> (Tree, Faults) {
    let source = Source {
        name: "reference".to_owned(),
        text: text.to_owned(),
    };
    let mut faults = Faults::of(&source);
    let tree = parse_yaml(&source, &mut faults).expect("well-formed YAML");
    (tree, faults)
}
