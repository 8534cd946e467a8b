//! The stop cord.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Somebody has stopped all changes of a cluster: no new one starts until the cord is released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cord {
    /// Who: a short name.
    pub by: String,
    /// When, by the API server's clock; `None`: it was pulled by hand.
    pub at: Option<Timestamp>,
    /// Why, as they have written it.
    pub reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    by: String,
    at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

impl Cord {
    /// Reads what stands on the board. Whatever stands there stops: somebody without heeler at hand
    /// may have written it.
    pub(super) fn read(text: &str) -> Cord {
        if let Ok(Wire { by, at, reason }) = serde_json::from_str(text) {
            let at = Some(at);
            return Cord { by, at, reason };
        }
        let reason = text.trim();
        Cord {
            by: "somebody".to_owned(),
            at: None,
            reason: (!reason.is_empty()).then(|| reason.to_owned()),
        }
    }

    /// As it stands on the board.
    pub(super) fn text(&self) -> String {
        let wire = self.at.map(|at| Wire {
            by: self.by.clone(),
            at,
            reason: self.reason.clone(),
        });
        match wire {
            // Three texts are always JSON.
            Some(wire) => serde_json::to_string(&wire).unwrap_or_default(),
            None => self.reason.clone().unwrap_or_default(),
        }
    }
}

impl fmt::Display for Cord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} has stopped all changes of this cluster", self.by)?;
        if let Some(at) = self.at {
            write!(f, " at {}", at.strftime("%Y-%m-%d %H:%M UTC"))?;
        }
        match &self.reason {
            Some(reason) => write!(f, ": {reason}"),
            None => Ok(()),
        }
    }
}
