//! What a bundle says of itself: the last of its members.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::MANIFEST;
use super::told::{Contents, Refusal, Refused, Whole};

/// The format's version.
pub const FORMAT: u32 = 1;
/// What is not as the manifest has it: as many are named.
const NAMED: usize = 20;

/// What a bundle says of itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// The format's version.
    #[serde(rename = "heeler-bundle")]
    pub format: u32,
    /// Whose bundle it is, and of when.
    pub about: About,
    /// Whether all that was asked for is there: what broke while it was fetched.
    pub whole: Whole,
    /// The members, in their order.
    pub members: Vec<Added>,
    /// What is missing, and why.
    #[serde(default)]
    pub missing: Vec<Missing>,
    /// What the node's archive had and was not taken: the first ones.
    #[serde(default)]
    pub refused: Vec<Refusal>,
    /// How many were not taken, by reason.
    #[serde(default)]
    pub refused_count: BTreeMap<Refused, u64>,
}

/// Whose bundle it is, and of when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct About {
    /// The node's name.
    pub node: String,
    /// When it was made.
    pub at: Timestamp,
    /// What else is known of the node and of how it was asked, in order of the words.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// A member as it was added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Added {
    /// What it is called.
    pub label: String,
    /// Where it came from.
    pub from: String,
    /// Bytes that the node had.
    pub size: u64,
    /// The digest of those, where all of them are stored. Of others there is none: whoever has it could try
    /// what was taken out until it fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// Bytes that are stored.
    pub stored_size: u64,
    /// The digest of those.
    pub stored_sha256: String,
    /// What was taken out, by kind.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub redactions: BTreeMap<String, u64>,
    /// Why this is not all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<String>,
}

/// Something that a bundle should have and has not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Missing {
    /// What it is.
    pub what: String,
    /// Why it is not there.
    pub why: String,
}

/// Read before all else: other versions may have other shapes.
#[derive(Deserialize)]
struct Version {
    #[serde(rename = "heeler-bundle")]
    format: u32,
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// In words, when it is none, or one of a version that is not known.
    pub(super) fn parsed(bytes: &[u8]) -> Result<Self, String> {
        let bad = |error: serde_json::Error| format!("it is no manifest: {error}");
        let Version { format } = serde_json::from_slice(bytes).map_err(bad)?;
        if format != FORMAT {
            return Err(format!(
                "it has version {format} of the format, and this program knows {FORMAT}"
            ));
        }
        serde_json::from_slice(bytes).map_err(bad)
    }

    /// What is not as the manifest has it, in words: the first ones.
    pub(super) fn mismatches(&self, contents: &Contents) -> Vec<String> {
        let found: HashMap<&str, &str> = contents
            .members
            .iter()
            .map(|member| (member.label.as_str(), member.sha256.as_str()))
            .collect();
        let said: HashSet<&str> = self.members.iter().map(|added| &*added.label).collect();
        let wrong = self.members.iter().filter_map(|added| {
            let label = &added.label;
            match found.get(label.as_str()) {
                None => Some(format!("{label} is not there")),
                Some(sha) if *sha != added.stored_sha256 => Some(format!(
                    "{label} is not what was stored: its digest differs"
                )),
                Some(_) => None,
            }
        });
        let foreign = contents.members.iter().filter_map(|member| {
            let is_known = member.label == MANIFEST || said.contains(member.label.as_str());
            (!is_known).then(|| format!("{} is not in the manifest", member.label))
        });
        wrong.chain(foreign).take(NAMED).collect()
    }

    /// What was taken out of all members, by kind.
    pub fn redactions(&self) -> BTreeMap<&str, u64> {
        let mut all: BTreeMap<&str, u64> = BTreeMap::new();
        for (kind, count) in self.members.iter().flat_map(|added| &added.redactions) {
            let sum = all.entry(kind).or_default();
            *sum = sum.saturating_add(*count);
        }
        all
    }
}
