//! Pieces that several replies share.

use jiff::Timestamp;
use serde_json::{Value, json};

/// A time as JSON 1.1 has it: seconds since the epoch, with a fraction.
pub(super) fn epoch_seconds(instant: Timestamp) -> Value {
    json!(instant.as_duration().as_secs_f64())
}

/// The part of a command that says that nobody is notified.
pub(super) fn no_notification() -> Value {
    json!({ "NotificationArn": "", "NotificationEvents": [], "NotificationType": "" })
}

/// The part of a command that says that nothing goes to CloudWatch.
pub(super) fn no_cloud_watch() -> Value {
    json!({ "CloudWatchLogGroupName": "", "CloudWatchOutputEnabled": false })
}

/// A reply with a list and, when there is more, the token of the next page.
pub(super) fn paged(name: &str, items: Vec<Value>, next_token: Option<String>) -> Value {
    let mut reply = json!({ name: items });
    if let Some(token) = next_token {
        reply["NextToken"] = json!(token);
    }
    reply
}
