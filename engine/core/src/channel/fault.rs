//! What ends a channel before its time.

use thiserror::Error;

/// Why what comes on a channel is not gone on with.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChannelFault {
    /// It is no message.
    #[error("a message of the session is damaged: {0}")]
    Damaged(String),
    /// The payload is not what its digest says.
    #[error("message {0} of the session is not what its digest says")]
    Digest(i64),
    /// The account wants sessions encrypted.
    #[error(
        "the account's Session Manager preferences want sessions encrypted with a KMS key, which heeler does not do"
    )]
    Encrypted,
    /// The agent wants something else of its client.
    #[error("the SSM agent wants of its client what heeler does not do: {0}")]
    Unsupported(String),
    /// What the script printed is not what was asked for.
    #[error("the output of the session makes no sense: {0}")]
    Odd(String),
    /// There is more of it than was asked for.
    #[error("more came through the session than was asked for")]
    TooMuch,
    /// The admin container is off.
    #[error("the admin container is off")]
    AdminOff,
    /// The end is missing.
    #[error("the session ended before its output did")]
    CutShort,
    /// All of it is there, and it is not what the node had.
    #[error("what came through the session is not what the node sent: {0}")]
    Differs(&'static str),
}
