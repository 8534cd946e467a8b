//! The states of an invocation, in the three spellings that the service has for them.

use super::super::agent::PluginStatus;

/// The state of a command on one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// Not yet sent to the node.
    Pending,
    /// The agent has no room; it will be tried again.
    Delayed,
    /// The agent has it.
    InProgress,
    /// It is to be killed.
    Cancelling,
    /// Exit code 0 or 168.
    Success,
    /// Another exit code.
    Failed,
    /// Cancelled, perhaps in part.
    Cancelled,
    /// Killed at the end of its time.
    ExecutionTimedOut,
    /// No end was reported in time: whether it ran is unknown.
    DeliveryTimedOut,
    /// The node could not be reached at all.
    Undeliverable,
    /// Never sent, since too many other nodes had failed.
    Terminated,
    /// The caller may not command this node.
    AccessDenied,
}

impl Status {
    /// Whether nothing changes any more.
    pub(crate) fn is_terminal(self) -> bool {
        !matches!(
            self,
            Self::Pending | Self::Delayed | Self::InProgress | Self::Cancelling
        )
    }

    /// Whether it counts against `MaxErrors`.
    pub(crate) fn is_error(self) -> bool {
        matches!(
            self,
            Self::Failed | Self::ExecutionTimedOut | Self::DeliveryTimedOut | Self::AccessDenied
        )
    }

    /// The member `Status`, which knows only eight states.
    pub(crate) fn coarse(self) -> &'static str {
        match self {
            Self::Pending => "Pending",
            Self::Delayed => "Delayed",
            Self::InProgress => "InProgress",
            Self::Cancelling => "Cancelling",
            Self::Success => "Success",
            Self::Cancelled | Self::Terminated => "Cancelled",
            Self::ExecutionTimedOut | Self::DeliveryTimedOut => "TimedOut",
            Self::Failed | Self::Undeliverable | Self::AccessDenied => "Failed",
        }
    }

    /// The status of the plugin, which knows only six.
    pub(crate) fn of_plugin(self) -> &'static str {
        match self {
            Self::Delayed => "Pending",
            Self::Cancelling => "InProgress",
            other => other.coarse(),
        }
    }

    /// The detailed name, as filters and GetCommandInvocation spell it.
    pub(crate) fn detail(self) -> &'static str {
        match self {
            Self::ExecutionTimedOut => "ExecutionTimedOut",
            Self::DeliveryTimedOut => "DeliveryTimedOut",
            Self::Undeliverable => "Undeliverable",
            Self::Terminated => "Terminated",
            Self::AccessDenied => "AccessDenied",
            other => other.coarse(),
        }
    }

    /// The detailed name with spaces, as ListCommandInvocations spells it.
    pub(crate) fn spaced_detail(self) -> &'static str {
        match self {
            Self::ExecutionTimedOut => "Execution Timed Out",
            Self::DeliveryTimedOut => "Delivery Timed Out",
            Self::AccessDenied => "Access Denied",
            other => other.detail(),
        }
    }
}

impl From<PluginStatus> for Status {
    fn from(status: PluginStatus) -> Self {
        match status {
            PluginStatus::Success => Self::Success,
            PluginStatus::Failed => Self::Failed,
            PluginStatus::TimedOut => Self::ExecutionTimedOut,
            PluginStatus::Cancelled => Self::Cancelled,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_outs_differ_only_in_the_details() {
        let pair = [Status::ExecutionTimedOut, Status::DeliveryTimedOut];
        assert_eq!(pair.map(Status::coarse), ["TimedOut", "TimedOut"]);
        assert_eq!(
            pair.map(Status::detail),
            ["ExecutionTimedOut", "DeliveryTimedOut"]
        );
        assert_eq!(
            pair.map(Status::spaced_detail),
            ["Execution Timed Out", "Delivery Timed Out"]
        );
    }
}
