//! What expressions can read, and what a text of them does read.

use heeler_core::value::Kind;

/// Something that an expression can read.
#[derive(Debug, Clone)]
pub(super) struct Leaf {
    pub(super) path: String,
    pub(super) kind: Kind,
    /// Whether it differs from node to node.
    pub(super) per_node: bool,
    /// Whether no text may hold it.
    pub(super) secret: bool,
}

impl Leaf {
    pub(super) fn new(path: &str, kind: Kind, per_node: bool) -> Leaf {
        Leaf {
            path: path.into(),
            kind,
            per_node,
            secret: false,
        }
    }

    /// The look or reserved name that it is of.
    pub(super) fn root(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }
}

/// A value and everything inside it.
pub(super) fn leaves(path: &str, kind: &Kind, per_node: bool) -> Vec<Leaf> {
    let own = Leaf::new(path, kind.clone(), per_node);
    let Kind::Record(fields) = kind else {
        return vec![own];
    };
    let inner = fields
        .iter()
        .flat_map(|(name, field)| leaves(&format!("{path}.{name}"), &field.kind, per_node));
    [own].into_iter().chain(inner).collect()
}

/// The names that an expression reads: what stands outside of quotes and before the first point.
pub(super) fn roots(expression: &str) -> Vec<&str> {
    let outside = expression.split('"').step_by(2);
    let apart = |c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '.');
    let words = outside.flat_map(move |part| part.split(apart));
    let roots = words.filter_map(|word| word.split('.').next());
    roots.filter(|root| !root.is_empty()).collect()
}
