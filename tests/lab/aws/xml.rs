//! Just enough XML to write the replies of the query protocols.

use std::fmt::Write;

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

/// An element under construction.
#[derive(Debug, Clone)]
pub(super) struct Element {
    name: &'static str,
    namespace: Option<&'static str>,
    content: String,
}

impl Element {
    /// An empty element.
    pub(super) fn new(name: &'static str) -> Self {
        Self {
            name,
            namespace: None,
            content: String::new(),
        }
    }

    /// An empty element with a default namespace.
    pub(super) fn namespaced(name: &'static str, namespace: &'static str) -> Self {
        Self {
            namespace: Some(namespace),
            ..Self::new(name)
        }
    }

    /// With a child that holds text.
    pub(super) fn text(self, name: &'static str, value: impl AsRef<str>) -> Self {
        let mut child = Self::new(name);
        escape(value.as_ref(), &mut child.content);
        self.child(child)
    }

    /// With a child element.
    pub(super) fn child(mut self, child: Self) -> Self {
        child.write(&mut self.content);
        self
    }

    /// With many children.
    pub(super) fn children(self, children: impl IntoIterator<Item = Self>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    fn write(&self, out: &mut String) {
        let Self {
            name,
            namespace,
            content,
        } = self;
        // Writing to a String cannot fail.
        let _ = match namespace {
            Some(namespace) => write!(out, "<{name} xmlns=\"{namespace}\">{content}</{name}>"),
            None => write!(out, "<{name}>{content}</{name}>"),
        };
    }
}

impl IntoResponse for Element {
    fn into_response(self) -> Response {
        let mut document = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut document);
        ([(CONTENT_TYPE, "text/xml;charset=UTF-8")], document).into_response()
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            other => out.push(other),
        }
    }
}
