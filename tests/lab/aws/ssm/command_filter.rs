//! The filters that ListCommands and ListCommandInvocations share.

use jiff::Timestamp;
use serde::Deserialize;

use super::super::error::ApiError;
use super::record::Command;

const EXECUTING: &str = "Executing";
const COMPLETE: &str = "Complete";

/// One filter: unlike everywhere else, its members begin with small letters.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandFilter {
    key: String,
    value: String,
}

/// What filters look at.
pub(super) struct Subject<'a> {
    pub command: &'a Command,
    /// The names that a filter by status may use.
    pub statuses: Vec<&'static str>,
    /// Whether nothing changes any more.
    pub complete: bool,
}

/// Whether all filters let `subject` pass.
pub(super) fn pass(filters: &[CommandFilter], subject: &Subject<'_>) -> Result<bool, ApiError> {
    let mut passes = true;
    for filter in filters {
        passes &= filter.passes(subject)?;
    }
    Ok(passes)
}

impl CommandFilter {
    fn passes(&self, subject: &Subject<'_>) -> Result<bool, ApiError> {
        let value = self.value.as_str();
        let command = subject.command;
        Ok(match self.key.as_str() {
            "Status" => subject.statuses.contains(&value),
            "DocumentName" => command.request.document_name == value,
            "ExecutionStage" => {
                value
                    == if subject.complete {
                        COMPLETE
                    } else {
                        EXECUTING
                    }
            }
            "InvokedAfter" => command.requested_at >= self.instant()?,
            "InvokedBefore" => command.requested_at < self.instant()?,
            _ => return Err(ApiError::new("InvalidFilterKey", "")),
        })
    }

    fn instant(&self) -> Result<Timestamp, ApiError> {
        let malformed = |_| ApiError::validation("A filter's value is not a time");
        self.value.parse().map_err(malformed)
    }
}
