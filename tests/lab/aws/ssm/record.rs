//! What was sent, and how far it is on each node. Commands keep their order of arrival and are
//! shown only after their delay: until then they do not exist for other calls.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::identifier;
use super::super::shared::Shared;
use super::aggregate;
use super::invocation::Invocation;
use super::send_command::Request;
use super::status::Status;
use super::wire::{epoch_seconds, no_cloud_watch, no_notification};

const DEFAULT_EXECUTION: i64 = 3_600;

/// A command's history, for tests and benchmarks.
#[derive(Debug, Clone)]
pub struct CommandRecord {
    /// The command.
    pub id: String,
    /// Its comment.
    pub comment: String,
    /// When it was accepted.
    pub sent_at: Timestamp,
    /// Since when other calls see it.
    pub visible_at: Timestamp,
    /// Its nodes.
    pub invocations: Vec<InvocationRecord>,
}

/// A command's history on one node.
#[derive(Debug, Clone)]
pub struct InvocationRecord {
    /// The node.
    pub instance_id: String,
    /// The detailed status, without spaces.
    pub status: &'static str,
    /// When the status became final.
    pub finished_at: Option<Timestamp>,
}

/// All commands of the account.
#[derive(Debug, Default)]
pub(crate) struct Commands(Shared<Vec<Arc<Command>>>);

impl Commands {
    /// Keeps a new command.
    pub(crate) fn keep(&self, command: Arc<Command>) {
        self.0.with(|commands| commands.push(command));
    }

    /// A command, visible or not.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Command>> {
        self.0
            .with(|commands| commands.iter().rfind(|command| command.id == id).cloned())
    }

    /// The visible commands, the newest first.
    pub(crate) fn visible(&self) -> Vec<Arc<Command>> {
        let now = Timestamp::now();
        let seen = |command: &&Arc<Command>| command.visible_at <= now;
        self.0
            .with(|commands| commands.iter().rev().filter(seen).cloned().collect())
    }

    /// The history of all commands.
    pub(crate) fn records(&self) -> Vec<CommandRecord> {
        self.0
            .with(|commands| commands.iter().map(|command| command.record()).collect())
    }
}

/// One SendCommand.
#[derive(Debug)]
pub(crate) struct Command {
    pub id: String,
    pub request: Request,
    pub requested_at: Timestamp,
    visible_at: Timestamp,
    expires_at: Shared<Timestamp>,
    invocations: Shared<Vec<Arc<Invocation>>>,
}

impl Command {
    /// A command that is accepted now and shown after `delay`.
    pub(crate) fn new(request: Request, delay: Duration) -> Self {
        let now = Timestamp::now();
        let delay = SignedDuration::try_from(delay).unwrap_or_default();
        let execution = request
            .parameter("executionTimeout")
            .and_then(|seconds| seconds.parse().ok())
            .unwrap_or(DEFAULT_EXECUTION);
        let total = SignedDuration::from_secs(execution + i64::from(request.timeout_seconds));
        Self {
            id: identifier::random_uuid(),
            request,
            requested_at: now,
            visible_at: now + delay,
            expires_at: Shared::new(now + total),
            invocations: Shared::default(),
        }
    }

    /// Fixes the nodes.
    pub(crate) fn address(&self, nodes: Vec<(String, Status)>) {
        let invocations = nodes
            .into_iter()
            .map(|(id, status)| Invocation::new(id, status));
        self.invocations
            .with(|known| known.extend(invocations.map(Arc::new)));
    }

    /// The nodes that are known so far.
    pub(crate) fn invocations(&self) -> Vec<Arc<Invocation>> {
        self.invocations.with(|invocations| invocations.clone())
    }

    /// How many nodes failed.
    pub(crate) fn errors(&self) -> usize {
        self.count(Status::is_error)
    }

    /// When whatever has not ended is given up.
    pub(crate) fn expires_at(&self) -> Timestamp {
        self.expires_at.with(|instant| *instant)
    }

    /// Gives up now what has not ended.
    pub(crate) fn expire(&self) {
        self.expires_at.with(|instant| *instant = Timestamp::now());
        for invocation in self.invocations() {
            invocation.advance(Status::DeliveryTimedOut);
        }
    }

    /// Whether a node that has not begun may not begin any more.
    pub(crate) fn is_too_late_to_start(&self) -> bool {
        let limit = SignedDuration::from_secs(self.request.timeout_seconds.into());
        let now = Timestamp::now();
        now > self.requested_at + limit || now > self.expires_at()
    }

    /// The structure `Command` of the API.
    pub(crate) fn to_json(&self) -> Value {
        let (status, detail) = aggregate::of(&self.statuses());
        let request = &self.request;
        json!({
            "CommandId": self.id,
            "DocumentName": request.document_name,
            "DocumentVersion": request.document_version,
            "Comment": request.comment,
            "ExpiresAfter": epoch_seconds(self.expires_at()),
            "Parameters": request.parameters,
            "InstanceIds": request.instance_ids,
            "Targets": request.targets,
            "RequestedDateTime": epoch_seconds(self.requested_at),
            "Status": status,
            "StatusDetails": detail,
            "OutputS3Region": "",
            "OutputS3BucketName": "",
            "OutputS3KeyPrefix": "",
            "MaxConcurrency": request.max_concurrency,
            "MaxErrors": request.max_errors,
            "TargetCount": self.statuses().len().max(request.instance_ids.len()),
            "CompletedCount": self.count(Status::is_terminal),
            "ErrorCount": self.errors(),
            "DeliveryTimedOutCount": self.count(|s| s == Status::DeliveryTimedOut),
            "ServiceRole": "",
            "NotificationConfig": no_notification(),
            "CloudWatchOutputConfig": no_cloud_watch(),
            "TimeoutSeconds": request.timeout_seconds,
        })
    }

    /// The command's own status, in the API's words.
    pub(crate) fn status(&self) -> &'static str {
        aggregate::of(&self.statuses()).0
    }

    fn count(&self, wanted: impl Fn(Status) -> bool) -> usize {
        let statuses = self.statuses().into_iter();
        statuses.filter(|status| wanted(*status)).count()
    }

    fn statuses(&self) -> Vec<Status> {
        let invocations = self.invocations().into_iter();
        invocations.map(|invocation| invocation.status()).collect()
    }

    fn record(&self) -> CommandRecord {
        CommandRecord {
            id: self.id.clone(),
            comment: self.request.comment.clone(),
            sent_at: self.requested_at,
            visible_at: self.visible_at,
            invocations: self.invocations().iter().map(|i| i.record()).collect(),
        }
    }
}
