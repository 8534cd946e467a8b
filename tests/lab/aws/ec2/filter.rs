//! The filters of DescribeInstances: values of one filter are alternatives, filters add up.

use super::super::error::ApiError;
use super::super::instance::Instance;
use super::super::wildcard;
use super::invalid_value;

/// Keeps the instances that fit one filter.
pub(super) fn retain(
    instances: &mut Vec<Instance>,
    name: &str,
    patterns: &[&str],
) -> Result<(), ApiError> {
    let mut unknown = false;
    instances.retain(|instance| match values(instance, name) {
        Some(values) => values
            .iter()
            .any(|value| patterns.iter().any(|p| wildcard::matches(p, value))),
        None => {
            unknown = true;
            true
        }
    });
    if unknown {
        return Err(invalid_value(format!("The filter '{name}' is invalid")));
    }
    Ok(())
}

/// What a filter looks at in an instance; nothing for a filter that does not exist.
fn values<'a>(instance: &'a Instance, filter: &str) -> Option<Vec<&'a str>> {
    if let Some(key) = filter.strip_prefix("tag:") {
        return Some(
            instance
                .tags
                .get(key)
                .map(String::as_str)
                .into_iter()
                .collect(),
        );
    }
    Some(match filter {
        "tag-key" => instance.tags.keys().map(String::as_str).collect(),
        "tag-value" => instance.tags.values().map(String::as_str).collect(),
        "instance-id" => vec![&instance.id],
        "instance-state-name" => vec![instance.state.name()],
        "instance-type" => vec![&instance.instance_type],
        "availability-zone" => vec![&instance.availability_zone],
        "private-dns-name" | "network-interface.private-dns-name" => {
            vec![&instance.private_dns_name]
        }
        "private-ip-address" | "network-interface.addresses.private-ip-address" => {
            vec![&instance.private_ip]
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(name: &str, patterns: &[&str]) -> Vec<String> {
        let mut instances = vec![
            Instance::bottlerocket("i-1", "ip-10-0-0-1.internal", "10.0.0.1", "blue"),
            Instance::bottlerocket("i-2", "ip-10-0-0-2.internal", "10.0.0.2", "green"),
        ];
        retain(&mut instances, name, patterns).unwrap();
        instances.into_iter().map(|instance| instance.id).collect()
    }

    #[test]
    fn filters_look_at_tags_names_addresses_and_state() {
        assert_eq!(ids("tag:eks:cluster-name", &["blue"]), ["i-1"]);
        assert_eq!(ids("tag-key", &["kubernetes.io/cluster/green"]), ["i-2"]);
        assert_eq!(ids("private-dns-name", &["ip-10-0-0-2.*"]), ["i-2"]);
        let addresses = "network-interface.addresses.private-ip-address";
        assert_eq!(ids(addresses, &["10.0.0.1", "10.9.9.9"]), ["i-1"]);
        assert_eq!(ids("instance-state-name", &["running"]), ["i-1", "i-2"]);
        assert!(ids("instance-state-name", &["stopped"]).is_empty());
    }

    #[test]
    fn a_filter_that_does_not_exist_is_an_error() {
        let mut instances = vec![Instance::bottlerocket("i-1", "a", "10.0.0.1", "blue")];
        let error = retain(&mut instances, "colour", &["red"]).unwrap_err();
        assert_eq!(error.message, "The filter 'colour' is invalid");
    }
}
