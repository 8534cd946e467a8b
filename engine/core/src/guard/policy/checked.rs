//! A checked policy.

use std::sync::Arc;

use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use super::approvals::Approvals;
use super::calendar::{Freeze, Window};
use super::decide::RulePlace;
use super::limits::Limits;
use super::rules::{Allow, Forbid};
use crate::syntax::{Lines, Source, Span};

/// Who may do what, what it takes, and when. [`Policy::default`] is the one without a file: looks
/// need nobody, reversible changes the operator, disruptive ones another person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `None`: there is no file, and nobody was given rights or denied them.
    pub(super) allow: Option<Vec<Allow>>,
    pub(super) forbid: Vec<Forbid>,
    pub(super) approvals: Approvals,
    pub(super) limits: Limits,
    pub(super) zone: TimeZone,
    pub(super) windows: Vec<Window>,
    pub(super) freezes: Vec<Freeze>,
    pub(super) source: Option<Arc<Source>>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            allow: None,
            forbid: Vec::new(),
            approvals: Approvals::default(),
            limits: Limits::default(),
            zone: TimeZone::UTC,
            windows: Vec::new(),
            freezes: Vec::new(),
            source: None,
        }
    }
}

impl Policy {
    /// What is under way at most.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// SHA-256 of the file's text, in hexadecimal: a plan holds it, so that a policy that has changed
    /// before it is applied is found. Without a file it is that of no text at all.
    pub fn digest(&self) -> String {
        let text = self.source.as_ref().map(|source| source.text.as_bytes());
        let digest = Sha256::digest(text.unwrap_or_default());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The file, as it was named; `None`: there is none.
    pub fn file(&self) -> Option<&str> {
        self.source.as_ref().map(|source| source.name.as_str())
    }

    pub(super) fn place(&self, span: Span) -> RulePlace {
        let source = self.source.as_deref();
        RulePlace {
            file: source.map_or_else(String::new, |source| source.name.clone()),
            line: source.map_or(0, |source| Lines::of(&source.text).line(span.start)),
        }
    }

    pub(super) fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }
}
