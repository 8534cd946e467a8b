//! A YAML document with the place of everything in it.

use super::source::{Span, Spanned};

/// A node of a YAML document.
#[derive(Debug, Clone, PartialEq)]
pub enum Tree {
    /// Nothing: `key:` without a value, `~` or `null`.
    Nothing(Span),
    /// `true` or `false`, with the text as it is written.
    Bool(bool, Spanned<String>),
    /// A plain number, with the text as it is written: `1.20` stays `1.20`.
    Number(Spanned<String>),
    /// Text, plain or quoted.
    Text(Spanned<String>),
    /// A list.
    List(Spanned<Vec<Tree>>),
    /// A map, in the order of the file. No key occurs twice.
    Map(Spanned<Vec<Entry>>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Spanned<String>,
    /// The value.
    pub value: Tree,
}

impl Tree {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Tree::Nothing(span) => *span,
            Tree::Bool(_, text) | Tree::Number(text) | Tree::Text(text) => text.span,
            Tree::List(items) => items.span,
            Tree::Map(entries) => entries.span,
        }
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self {
            Tree::Nothing(_) => "nothing",
            Tree::Bool(..) => "a boolean",
            Tree::Number(_) => "a number",
            Tree::Text(_) => "text",
            Tree::List(_) => "a list",
            Tree::Map(_) => "a map",
        }
    }

    /// The text of a scalar as it is written; `None` where this is no scalar.
    pub fn as_text(&self) -> Option<&Spanned<String>> {
        match self {
            Tree::Bool(_, text) | Tree::Number(text) | Tree::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The entries of a map in the order of the file; `None` where this is no map.
    pub fn entries(&self) -> Option<&[Entry]> {
        match self {
            Tree::Map(entries) => Some(&entries.value),
            _ => None,
        }
    }

    /// The items of a list; `None` where this is no list.
    pub fn items(&self) -> Option<&[Tree]> {
        match self {
            Tree::List(items) => Some(&items.value),
            _ => None,
        }
    }

    /// The value of a key; `None` where this is no map or has no such key.
    pub fn get(&self, key: &str) -> Option<&Tree> {
        let entry = self
            .entries()?
            .iter()
            .find(|entry| entry.key.value == key)?;
        Some(&entry.value)
    }
}
