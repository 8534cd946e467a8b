//! The constraints of the service model, checked before anything else.
//! (SSM: service model `ssm/2014-11-06`.)

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::super::call::Service;
use super::super::error::ApiError;
use super::send_command::Request;

const MOST_IDS: usize = 50;
const MOST_TARGETS: usize = 5;
const MOST_VALUES: usize = 50;
const LONGEST_COMMENT: usize = 100;
const TIMEOUTS: RangeInclusive<u32> = 30..=2_592_000;

/// Checks a SendCommand request against the model.
pub(super) fn check(request: &Request) -> Result<(), ApiError> {
    check_ids(&request.instance_ids)?;
    check_targets(request)?;
    if request.comment.chars().count() > LONGEST_COMMENT {
        return Err(too_long(&request.comment, "comment", LONGEST_COMMENT));
    }
    if !TIMEOUTS.contains(&request.timeout_seconds) {
        return Err(constraint(
            &request.timeout_seconds.to_string(),
            "timeoutSeconds",
            "Member must have value between 30 and 2592000, inclusive",
        ));
    }
    for (name, rate) in [
        ("maxConcurrency", &request.max_concurrency),
        ("maxErrors", &request.max_errors),
    ] {
        if !is_rate(rate) {
            return Err(constraint(
                rate,
                name,
                "Member must satisfy regular expression pattern",
            ));
        }
    }
    Ok(())
}

/// Checks instance ids, here and in the operations that name one.
pub(super) fn check_ids(ids: &[String]) -> Result<(), ApiError> {
    if ids.len() > MOST_IDS {
        // A permanent error in the clothes of a passing one (boto/botocore issue 993).
        return Err(ApiError::throttled(Service::Ssm));
    }
    if let Some(id) = ids.iter().find(|id| !is_instance_id(id)) {
        return Err(constraint(
            id,
            "instanceIds",
            "Member must satisfy regular expression pattern: (^i-(\\w{8}|\\w{17})$)|(^mi-\\w{17}$)",
        ));
    }
    if ids.iter().collect::<BTreeSet<_>>().len() < ids.len() {
        return Err(ApiError::new("DuplicateInstanceId", ""));
    }
    Ok(())
}

/// Checks the size of a page, or gives the default.
pub(super) fn page_size(
    asked: Option<u32>,
    sizes: RangeInclusive<u32>,
    default: usize,
) -> Result<usize, ApiError> {
    let Some(size) = asked else {
        return Ok(default);
    };
    if !sizes.contains(&size) {
        let rule = format!(
            "Member must have value between {} and {}, inclusive",
            sizes.start(),
            sizes.end()
        );
        return Err(constraint(&size.to_string(), "maxResults", &rule));
    }
    usize::try_from(size).map_err(|_| constraint(&size.to_string(), "maxResults", "too large"))
}

/// An error of the model's constraints.
pub(super) fn constraint(value: &str, member: &str, rule: &str) -> ApiError {
    ApiError::validation(format!(
        "Value '{value}' at '{member}' failed to satisfy constraint: {rule}"
    ))
}

fn check_targets(request: &Request) -> Result<(), ApiError> {
    let targets = &request.targets;
    if targets.is_empty() == request.instance_ids.is_empty() {
        let message = "Exactly one of InstanceIds and Targets must be given";
        return Err(ApiError::new("InvalidParameters", message));
    }
    if targets.len() > MOST_TARGETS {
        return Err(too_long("[targets]", "targets", MOST_TARGETS));
    }
    if targets
        .iter()
        .any(|target| target.values.len() > MOST_VALUES)
    {
        return Err(too_long("[values]", "targets.values", MOST_VALUES));
    }
    // Whether the service accepts a key twice is not known: the lab takes the harder answer.
    let keys: BTreeSet<_> = targets.iter().map(|t| t.key.to_lowercase()).collect();
    if keys.len() < targets.len() {
        let message = "Target keys must be unique";
        return Err(ApiError::new("InvalidParameters", message));
    }
    Ok(())
}

fn too_long(value: &str, member: &str, most: usize) -> ApiError {
    let rule = format!("Member must have length less than or equal to {most}");
    constraint(value, member, &rule)
}

fn is_instance_id(id: &str) -> bool {
    let word = |text: &str, lengths: &[usize]| {
        lengths.contains(&text.len()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    match id.strip_prefix("mi-") {
        Some(rest) => word(rest, &[17]),
        None => id
            .strip_prefix("i-")
            .is_some_and(|rest| word(rest, &[8, 17])),
    }
}

/// A number, or a percentage of at most 100.
fn is_rate(rate: &str) -> bool {
    let digits = rate.strip_suffix('%').unwrap_or(rate);
    let most = if digits.len() < rate.len() {
        100
    } else {
        9_999_999
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    plain && digits.parse::<u32>().is_ok_and(|number| number <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instance_ids_have_8_or_17_characters() {
        for good in ["i-12345678", "i-0123456789abcdef0", "mi-0123456789abcdef0"] {
            assert!(is_instance_id(good), "{good}");
        }
        for bad in ["i-123", "x; reboot", "mi-12345678", "i-0123456789abcde;0"] {
            assert!(!is_instance_id(bad), "{bad}");
        }
    }

    #[test]
    fn rates_are_numbers_or_percentages() {
        assert!(["0", "50", "100%", "7%"].into_iter().all(is_rate));
        assert!(
            !["", "%", "101%", "-1", "+5", "half"]
                .into_iter()
                .any(is_rate)
        );
    }

    #[test]
    fn one_id_too_many_looks_like_throttling() {
        let ids: Vec<_> = (0..51).map(|n| format!("i-{n:017}")).collect();
        assert_eq!(check_ids(&ids).unwrap_err().code, "ThrottlingException");
        assert_eq!(check_ids(&ids[..50]), Ok(()));
    }
}
