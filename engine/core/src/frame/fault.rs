//! What can be wrong with a node's answer as a whole.

use thiserror::Error;

/// What is said of a place that can't keep an answer until it is whole.
pub(crate) const NO_ROOM: &str = "the node has no room for an answer: /tmp and /dev/shm are full";

/// Why an output is not the frame that was asked for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FrameFault {
    /// There is no frame in the output. Whether the script ran, and how far, can't be told.
    #[error("the output holds no answer of ours; what the script has done is not known")]
    Missing,
    /// The script found no room to keep its answer, and did nothing.
    #[error("{}", NO_ROOM)]
    NoRoom,
    /// The output ends before the frame does: it did not fit, or the script was killed.
    #[error(
        "the answer ends before it is whole: it was too long for SSM, or the script was killed"
    )]
    Cut,
    /// A frame, but of another command.
    #[error("the answer belongs to another command; its nonce is not the one that was sent")]
    Foreign,
    /// The digest is not that of the content.
    #[error("the answer was altered on its way; its digest does not match")]
    Forged,
    /// The content is whole and can't be understood.
    #[error("the answer can't be read: {0}")]
    Malformed(String),
}
