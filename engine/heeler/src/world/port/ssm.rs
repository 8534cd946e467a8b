//! Systems Manager: Run Command and the registry of nodes.

use std::time::Duration;

use futures::future::BoxFuture;
use heeler_core::event::{CommandId, InstanceId};

use super::Answer;
use crate::world::error::{TargetError, WorldError};
use crate::world::script::Secret;

/// The document that runs a shell script.
pub const DEFAULT_DOCUMENT: &str = "AWS-RunShellScript";
/// Instance ids that one SendCommand takes (SendCommand's model: InstanceIds 0..50).
pub const MOST_INSTANCES: usize = 50;
/// Characters of a command's comment (SendCommand's model).
const COMMENT_CHARACTERS: usize = 100;

/// Run Command and what SSM knows about nodes.
pub trait Ssm: Send + Sync {
    /// Starts a command on up to [`MOST_INSTANCES`] instances. It is sent once: a throttled call
    /// was not executed and is repeated for a while; a call whose fate is unknown is looked up by
    /// its comment and never repeated.
    ///
    /// # Errors
    /// [`crate::world::Cause::InvalidInstances`] names the ids that SSM refused, and nothing was started;
    /// [`crate::world::Cause::Ambiguous`] means that the command may be running.
    fn send<'a>(&'a self, command: &'a SendCommand)
    -> BoxFuture<'a, Result<CommandId, WorldError>>;

    /// All invocations of a command, with the first 2,500 characters of their output.
    /// Right after `send` the list is empty, which is no error. Asked once: callers poll.
    fn invocations<'a>(&'a self, command: &'a CommandId) -> Answer<'a, Vec<Invocation>>;

    /// One finished invocation with up to 24,000 characters of its output.
    fn whole_output<'a>(
        &'a self,
        command: &'a CommandId,
        instance: &'a InstanceId,
    ) -> Answer<'a, WholeOutput>;

    /// Asks SSM to stop a command everywhere. SSM promises nothing.
    fn cancel<'a>(&'a self, command: &'a CommandId) -> Answer<'a, ()>;

    /// What SSM knows about these instances; those that it does not know are missing.
    fn registrations<'a>(&'a self, ids: &'a [InstanceId]) -> Answer<'a, Vec<Registration>>;
}

/// One SendCommand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SendCommand {
    /// Up to [`MOST_INSTANCES`].
    pub instances: Vec<InstanceId>,
    /// POSIX sh, as written; it is wrapped on the way (see [`crate::world::script`]).
    pub script: String,
    /// What the script finds in [`crate::world::script::SECRET`].
    pub secret: Option<Secret>,
    /// By which the command is found again; unique.
    pub comment: Comment,
    /// The SSM document; it takes `commands` and `executionTimeout`.
    pub document: String,
    /// How long a node may take to *start* the command; 30 s at least.
    pub delivery: Duration,
    /// How long the script may run; 5 s at least, or the agent takes an hour instead.
    pub execution: Duration,
}

impl SendCommand {
    /// A command with [`DEFAULT_DOCUMENT`], 30 s for its delivery and 60 s for its execution.
    pub fn new(instances: Vec<InstanceId>, script: String, comment: Comment) -> Self {
        SendCommand {
            instances,
            script,
            secret: None,
            comment,
            document: DEFAULT_DOCUMENT.to_owned(),
            delivery: Duration::from_secs(30),
            execution: Duration::from_secs(60),
        }
    }

    /// `TimeoutSeconds` within the model's limits.
    pub(crate) fn delivery_seconds(&self) -> i32 {
        i32::try_from(self.delivery.as_secs().clamp(30, 2_592_000)).unwrap_or(30)
    }

    /// `executionTimeout` within the limits that the agent keeps.
    pub(crate) fn execution_seconds(&self) -> u64 {
        self.execution.as_secs().clamp(5, 172_800)
    }
}

/// A command's comment: 1 to 100 characters that the service hands back unchanged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment(String);

impl Comment {
    /// Accepts printable ASCII.
    ///
    /// # Errors
    /// When the text is empty, too long, or holds other characters.
    pub fn new(text: impl Into<String>) -> Result<Self, TargetError> {
        let text = text.into();
        let printable = text.chars().all(|c| c == ' ' || c.is_ascii_graphic());
        if text.is_empty() || text.len() > COMMENT_CHARACTERS || !printable {
            return Err(TargetError::Comment { text });
        }
        Ok(Comment(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One node's part of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// Which node.
    pub instance: InstanceId,
    /// How far it is.
    pub progress: Progress,
    /// Both streams, cut at 2,500 characters.
    pub output: String,
}

/// How far an invocation is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Not at its end; the service's word for it.
    Running(String),
    /// At its end.
    Ended(Ended),
}

/// How an invocation ended (Run Command's status details).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// Exit code 0.
    Success,
    /// Another exit code.
    Failed,
    /// It ran and was killed, by its time limit or by the kernel.
    ExecutionTimedOut,
    /// No answer came: it may have run.
    DeliveryTimedOut,
    /// It did not run: the node could not be reached.
    Undeliverable,
    /// It did not run: the document does not fit the platform.
    InvalidPlatform,
    /// It did not run: the caller may not do this on the node.
    AccessDenied,
    /// It did not run: the command was stopped before its turn.
    Terminated,
    /// It was cancelled, maybe in the middle.
    Cancelled,
}

/// Whether anything of a script ran.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ran {
    /// It did.
    Yes,
    /// It did not.
    No,
    /// It can't be told.
    Unknown,
}

impl Ended {
    /// Whether the script ran.
    pub fn ran(self) -> Ran {
        match self {
            Ended::Success | Ended::Failed | Ended::ExecutionTimedOut => Ran::Yes,
            Ended::DeliveryTimedOut | Ended::Cancelled => Ran::Unknown,
            Ended::Undeliverable
            | Ended::InvalidPlatform
            | Ended::AccessDenied
            | Ended::Terminated => Ran::No,
        }
    }

    /// For people.
    pub fn says(self) -> &'static str {
        match self {
            Ended::Success => "the command ended",
            Ended::Failed => "the command failed on the node",
            Ended::ExecutionTimedOut => "the command was killed on the node (time limit or memory)",
            Ended::DeliveryTimedOut => "the node never answered; the command may have run",
            Ended::Undeliverable => "the command could not be delivered to the node",
            Ended::InvalidPlatform => "the document does not fit the node's platform",
            Ended::AccessDenied => "ssm:SendCommand is not allowed on this instance",
            Ended::Terminated => "the command was stopped before it reached the node",
            Ended::Cancelled => "the command was cancelled and may have run in part",
        }
    }
}

/// A finished invocation's streams as GetCommandInvocation gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WholeOutput {
    /// Up to 24,000 characters.
    pub stdout: String,
    /// Up to 8,000 characters; its truncation can't be seen.
    pub stderr: String,
    /// The agent cut standard output.
    pub cut: bool,
}

/// What SSM knows about a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// Which node.
    pub instance: InstanceId,
    /// Whether its agent is there; minutes old.
    pub ping: Ping,
    /// `Bottlerocket`.
    pub platform: Option<String>,
    /// Bottlerocket's version.
    pub platform_version: Option<String>,
}

/// Whether a node's agent is in touch. SSM refreshes this every 5 minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ping {
    /// It is.
    Online,
    /// It is not; when it last was.
    Lost(Option<jiff::Timestamp>),
}
