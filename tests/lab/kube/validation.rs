//! What the fields of an object must be like, for the kinds by which clients coordinate.
//! Sources: Kubernetes' `pkg/apis/coordination/validation`, `pkg/apis/policy/validation`.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::kube::resources::Resource;
use crate::kube::status::{Answer, Refusal};

/// A `MicroTime` has six decimals, no more and no less.
static MICRO_TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6}(Z|[+-]\d\d:\d\d)$)?").ok()
});

/// Whether the object's fields have their types at all; else Go's words.
pub(crate) fn readable(resource: &Resource, object: &Value) -> Result<(), String> {
    if resource.kind != "Lease" {
        return Ok(());
    }
    let times = ["acquireTime", "renewTime"].map(|field| &object["spec"][field]);
    times.into_iter().try_for_each(|time| match time {
        Value::Null => Ok(()),
        Value::String(text) => micro_time(text),
        other => Err(format!(
            "json: cannot unmarshal {other} into Go value of type string"
        )),
    })
}

fn micro_time(text: &str) -> Result<(), String> {
    let found = MICRO_TIME.as_ref().and_then(|form| form.captures(text));
    let rest = match found {
        Some(parts) if parts.get(1).is_some() => return Ok(()),
        Some(parts) => text.get(parts.get(0).map_or(0, |whole| whole.end())..),
        None => Some(text),
    };
    let rest = rest.unwrap_or_default();
    let is_fraction = |end: &str| end.len() == 7 && end.starts_with('.') && is_number(end);
    let (rest, element) = match rest.split_at_checked(7) {
        _ if rest == text => (rest, "2006"),
        Some((fraction, rest)) if is_fraction(fraction) => (rest, "Z07:00"),
        _ => (rest, ".000000"),
    };
    Err(format!(
        "parsing time \"{text}\" as \"2006-01-02T15:04:05.000000Z07:00\": cannot parse \"{rest}\" as \"{element}\""
    ))
}

fn is_number(fraction: &str) -> bool {
    fraction.chars().skip(1).all(|c| c.is_ascii_digit())
}

/// Whether the fields make sense; else a 422.
pub(crate) fn check(resource: &Resource, name: &str, object: &Value) -> Answer<()> {
    let spec = &object["spec"];
    let invalid = |field: &str, why: &str| {
        let why = format!("Invalid value: {}: {why}", spec[field]);
        let field = format!("spec.{field}");
        Err(Refusal::invalid(resource, name, &field, &why))
    };
    let below = |field: &str, least: i64| spec[field].as_i64().is_some_and(|value| value < least);
    match resource.kind {
        "Lease" if below("leaseDurationSeconds", 1) => {
            invalid("leaseDurationSeconds", "must be greater than 0")
        }
        "Lease" if below("leaseTransitions", 0) => {
            invalid("leaseTransitions", "must be greater than or equal to 0")
        }
        "PodDisruptionBudget"
            if !spec["minAvailable"].is_null() && !spec["maxUnavailable"].is_null() =>
        {
            let why = format!(
                "Invalid value: {spec}: minAvailable and maxUnavailable cannot be both set"
            );
            Err(Refusal::invalid(resource, name, "spec", &why))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_micro_time_has_six_decimals() {
        for good in [
            "2026-01-01T00:00:00.000000Z",
            "2026-01-01T00:00:00.123456+01:00",
        ] {
            assert_eq!(micro_time(good), Ok(()), "{good}");
        }
        for (bad, words) in [
            ("2026-01-01T00:00:00Z", "cannot parse \"Z\" as \".000000\""),
            (
                "2026-01-01T00:00:00.123Z",
                "cannot parse \".123Z\" as \".000000\"",
            ),
            (
                "2026-01-01T00:00:00.123456789Z",
                "cannot parse \"789Z\" as \"Z07:00\"",
            ),
            ("yesterday", "cannot parse \"yesterday\" as \"2006\""),
        ] {
            assert!(micro_time(bad).unwrap_err().ends_with(words), "{bad}");
        }
    }
}
