//! Who is asking, and who has signed.

use heeler_core::guard::approval::{Question, Statement};

use super::Answer;

/// What is asked of STS. Every call is a read and may be repeated.
pub trait Sts: Send + Sync {
    /// Whose credentials these are.
    fn caller(&self) -> Answer<'_, Caller>;

    /// Where STS is, by this machine's configuration: `https://sts.eu-west-1.amazonaws.com`.
    fn endpoint(&self) -> Answer<'_, String>;

    /// Signs a statement with these credentials: the URL of a request that asks STS who has signed
    /// it, for the 15 minutes of an approval. STS itself is not told.
    fn presign<'a>(&'a self, statement: &'a Statement) -> Answer<'a, String>;

    /// Who has signed a statement. A signature that STS does not acknowledge is an answer, not a
    /// failure.
    fn signer<'a>(&'a self, question: &'a Question) -> Answer<'a, Signer>;
}

/// Whose credentials are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// Twelve digits.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// Who has signed something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// Them.
    Is(Caller),
    /// Nobody whom STS knows: it says why.
    Nobody(String),
    /// STS does not say any more: the signature is too old for it.
    TooLate,
    /// STS does not say any more: the credentials that have signed have ended, in its words.
    SessionEnded(String),
}
