//! What somebody puts their name to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::RunId;

/// The header that is signed along with the request to STS. It is heeler's own, so that no other
/// presigned request is an approval: EKS tokens sign `x-k8s-aws-id` in the same place.
pub const HEADER: &str = "x-heeler-approval";

/// The whole SHA-256 of a plan, 64 hexadecimal digits. A shortened one is for people: another plan
/// with the same beginning can be searched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PlanDigest(String);

impl PlanDigest {
    /// Of the 32 bytes of a SHA-256.
    pub fn of(bytes: &[u8; 32]) -> Self {
        PlanDigest(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits that people see.
    pub fn short(&self) -> String {
        self.0.chars().take(12).collect()
    }
}

impl FromStr for PlanDigest {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if is_digest(text) {
            Ok(PlanDigest(text.to_owned()))
        } else {
            Err("a plan's digest has 64 hexadecimal digits".to_owned())
        }
    }
}

impl TryFrom<String> for PlanDigest {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<PlanDigest> for String {
    fn from(digest: PlanDigest) -> String {
        digest.0
    }
}

/// 64 hexadecimal digits in lower case, of which there is one spelling.
pub(super) fn is_digest(text: &str) -> bool {
    let is_digit = |letter| matches!(letter, b'0'..=b'9' | b'a'..=b'f');
    text.len() == 64 && text.bytes().all(is_digit)
}

/// One approval, which is used once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ApprovalId(Uuid);

impl ApprovalId {
    /// Takes a random UUID; where it comes from is the caller's business.
    pub fn new(uuid: Uuid) -> Self {
        ApprovalId(uuid)
    }

    /// The UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for ApprovalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What somebody puts their name to: one plan of one run, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The plan.
    pub plan: PlanDigest,
    /// The run that has made it.
    pub run: RunId,
    /// This approval of it.
    pub id: ApprovalId,
}

impl Statement {
    /// The value of [`HEADER`]. All of it is signed, so nothing in a token can be exchanged.
    pub fn header_value(&self) -> String {
        format!(
            "1 plan={} run={} id={}",
            self.plan.0,
            self.run.uuid(),
            self.id
        )
    }
}
