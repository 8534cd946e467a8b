//! What a bundle leaves elsewhere, whether it was made or not: told in any case.

use crate::failure::Failure;

/// What is left, or may be left.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// On the node, for a while.
    pub on_node: Option<String>,
    /// In S3, and how it is removed.
    pub in_s3: Vec<String>,
    /// Sessions that may be open.
    pub sessions: Vec<String>,
    /// Who has, or had, a copy of some of it.
    pub copies: Vec<String>,
}

/// No bundle was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmade {
    /// Why.
    pub failure: Failure,
    /// What is left all the same.
    pub left: Left,
}

impl Left {
    /// Nothing is left anywhere, but for copies that others keep.
    pub fn is_nothing(&self) -> bool {
        self.on_node.is_none() && self.in_s3.is_empty() && self.sessions.is_empty()
    }

    /// All of it, a line for each.
    pub fn lines(&self) -> Vec<String> {
        let copies = self.copies.iter().map(|text| format!("note: {text}"));
        let in_s3 = self.in_s3.iter().map(|text| format!("left in S3: {text}"));
        let sessions = self.sessions.iter();
        let sessions = sessions.map(|text| format!("left in Session Manager: {text}"));
        let on_node = self.on_node.iter();
        let on_node = on_node.map(|text| format!("left on the node: {text}"));
        copies.chain(in_s3).chain(sessions).chain(on_node).collect()
    }
}

impl From<Failure> for Unmade {
    fn from(failure: Failure) -> Self {
        Unmade {
            failure,
            left: Left::default(),
        }
    }
}
