//! What a transient unit is called, and how it stands.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Letters of a unit's name besides those and the digits of ASCII (systemd `unit-name.c`).
const OTHER_LETTERS: &str = ":-_.\\@";
const LONGEST: usize = 255;

/// The kinds of transient units that a lab node has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum UnitKind {
    /// Waits, then starts the service of the same name.
    Timer,
    /// Runs one program.
    Service,
}

impl UnitKind {
    /// How the names of its units end.
    #[must_use]
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Timer => ".timer",
            Self::Service => ".service",
        }
    }
}

/// The name of a unit, such as `undo.timer`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UnitName {
    /// What comes before the suffix: a timer and its service have it in common.
    pub stem: String,
    /// What the suffix says.
    pub kind: UnitKind,
}

impl UnitName {
    /// The unit that a command line means by `text`: a service, where there is no suffix. `None`
    /// where no unit can be called so.
    pub(crate) fn meant_by(text: &str) -> Option<Self> {
        let is_letter =
            |letter: char| letter.is_ascii_alphanumeric() || OTHER_LETTERS.contains(letter);
        let kinds = [UnitKind::Timer, UnitKind::Service];
        let with_suffix = kinds
            .into_iter()
            .find_map(|kind| Some((text.strip_suffix(kind.suffix())?, kind)));
        let (stem, kind) = with_suffix.unwrap_or((text, UnitKind::Service));
        let name = Self::new(stem, kind);
        let fits = !stem.is_empty() && name.to_string().len() <= LONGEST;
        (fits && stem.chars().all(is_letter)).then_some(name)
    }

    pub(crate) fn new(stem: &str, kind: UnitKind) -> Self {
        Self {
            stem: stem.to_owned(),
            kind,
        }
    }
}

impl fmt::Display for UnitName {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}{}", self.stem, self.kind.suffix())
    }
}

/// What `systemctl is-active` says of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnitState {
    /// A timer that waits or whose service runs, a service that runs.
    Active,
    /// A service that is done when its commands are, and is not.
    Activating,
    /// A service that does not run.
    Inactive,
    /// A service that ended badly.
    Failed,
}

impl fmt::Display for UnitState {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::Active => "active",
            Self::Activating => "activating",
            Self::Inactive => "inactive",
            Self::Failed => "failed",
        })
    }
}

/// A transient unit that is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransientUnit {
    /// What it is called.
    pub name: UnitName,
    /// How it stands.
    pub state: UnitState,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_suffix_means_a_service() {
        let meant = |text: &str| UnitName::meant_by(text).map(|name| name.to_string());
        assert_eq!(meant("undo").as_deref(), Some("undo.service"));
        assert_eq!(meant("undo-1.timer").as_deref(), Some("undo-1.timer"));
        assert_eq!(meant("a.b").as_deref(), Some("a.b.service"));
        assert_eq!(meant("a b"), None);
        assert_eq!(meant("a/b"), None);
        assert_eq!(meant(".timer"), None);
        assert_eq!(meant(&"a".repeat(250)), None);
    }
}
