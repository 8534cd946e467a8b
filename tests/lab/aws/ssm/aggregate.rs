//! The status of a whole command, which hides more than it tells: four undeliverable nodes
//! beside one success are a success. (SSM: user guide, "Understanding command statuses".)

use super::status::Status;

/// Status and details of a command whose invocations have these states.
pub(super) fn of(statuses: &[Status]) -> (&'static str, &'static str) {
    let any = |wanted: Status| statuses.contains(&wanted);
    let ended = statuses.iter().all(|status| status.is_terminal());
    let named = |status: Status| (status.coarse(), status.detail());
    if statuses.is_empty() || statuses.iter().all(|s| *s == Status::Pending) {
        return named(Status::Pending);
    }
    if !ended {
        let cancelling = any(Status::Cancelling);
        return named(if cancelling {
            Status::Cancelling
        } else {
            Status::InProgress
        });
    }
    let worst_first = [
        Status::Failed,
        Status::ExecutionTimedOut,
        Status::DeliveryTimedOut,
        Status::Success,
        Status::Cancelled,
    ];
    worst_first
        .into_iter()
        .find(|status| any(*status))
        .map_or_else(|| named(Status::Failed), named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undeliverable_nodes_vanish_behind_one_success() {
        let statuses = [
            Status::Undeliverable,
            Status::Undeliverable,
            Status::Success,
        ];
        assert_eq!(of(&statuses), ("Success", "Success"));
    }

    #[test]
    fn a_command_is_in_progress_until_all_nodes_have_ended() {
        let half = [Status::Success, Status::Pending];
        assert_eq!(of(&half), ("InProgress", "InProgress"));
        assert_eq!(of(&[]), ("Pending", "Pending"));
        let late = [Status::Success, Status::DeliveryTimedOut];
        assert_eq!(of(&late), ("TimedOut", "DeliveryTimedOut"));
    }
}
