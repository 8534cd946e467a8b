//! What Kubernetes says of the machine behind a node: its `spec.providerID`, and what a zone's name
//! says of its region.

use super::ids::InstanceId;

/// A node's provider id. Anybody who may write Node objects may write it, so nothing in it is
/// believed that does not look like what it has to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderId<'a> {
    /// `aws:///eu-west-1a/i-…`, `aws:////i-…` or a bare `i-…`.
    Instance {
        /// The EC2 instance.
        id: InstanceId,
        /// The region of the zone, where there is a zone.
        region: Option<String>,
    },
    /// `aws:///eu-west-1a/…/fargate-…`.
    Fargate,
    /// `eks-hybrid:///…`, with the id that Systems Manager knows the machine by, where it is there.
    Hybrid {
        /// `mi-…`.
        managed: Option<&'a str>,
    },
    /// No machine of AWS's.
    Unknown,
}

impl<'a> ProviderId<'a> {
    /// Reads a provider id.
    pub fn read(text: &'a str) -> ProviderId<'a> {
        let (scheme, path) = text.split_once(':').unwrap_or(("aws", text));
        let mut segments = path.rsplit('/');
        let last = segments.next().unwrap_or_default();
        if scheme == "eks-hybrid" || last.starts_with("mi-") {
            return ProviderId::Hybrid {
                managed: last.starts_with("mi-").then_some(last),
            };
        }
        if path.contains("/fargate-") {
            return ProviderId::Fargate;
        }
        match last.parse() {
            Ok(id) if scheme == "aws" => ProviderId::Instance {
                id,
                region: segments.next().and_then(region_of_zone),
            },
            _ => ProviderId::Unknown,
        }
    }
}

/// The region of a zone: of `eu-west-1a`, of the local zone `us-west-2-lax-1a`, of the Wavelength
/// zone `us-east-1-wl1-bos-wlz-1`. `None` where the text is no zone.
pub fn region_of_zone(zone: &str) -> Option<String> {
    let mut region = Vec::new();
    for part in zone.split('-') {
        let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
        if digits.is_empty() {
            region.push(part.to_owned());
            continue;
        }
        region.push(digits);
        let region = region.join("-");
        return is_region(&region).then_some(region);
    }
    None
}

/// Whether a text looks like a region: `eu-west-1`, `us-gov-east-1`.
pub fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else {
        return false;
    };
    words.len() >= 2
        && words
            .iter()
            .all(|word| word.len() >= 2 && word.chars().all(|c| c.is_ascii_lowercase()))
        && !number.is_empty()
        && number.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instance(text: &str) -> Option<(String, Option<String>)> {
        match ProviderId::read(text) {
            ProviderId::Instance { id, region } => Some((id.as_str().to_owned(), region)),
            _ => None,
        }
    }

    #[test]
    fn instances_come_in_three_shapes() {
        let id = "i-0abc1234def567890";
        let region = Some("eu-west-1".to_owned());
        assert_eq!(
            instance(&format!("aws:///eu-west-1a/{id}")),
            Some((id.to_owned(), region))
        );
        for text in [format!("aws:////{id}"), id.to_owned()] {
            assert_eq!(instance(&text), Some((id.to_owned(), None)), "{text}");
        }
    }

    #[test]
    fn other_machines_are_told_apart() {
        let fargate = "aws:///eu-west-1a/1234-abcd/fargate-ip-10-0-1-23.eu-west-1.compute.internal";
        assert_eq!(ProviderId::read(fargate), ProviderId::Fargate);
        for (text, managed) in [
            (
                "eks-hybrid:///eu-west-1/prod-eu/mi-0123456789abcdef0",
                Some("mi-0123456789abcdef0"),
            ),
            ("mi-0123456789abcdef0", Some("mi-0123456789abcdef0")),
            ("eks-hybrid:///eu-west-1/prod-eu/rack-7", None),
        ] {
            assert_eq!(
                ProviderId::read(text),
                ProviderId::Hybrid { managed },
                "{text}"
            );
        }
        for text in [
            "",
            "aws:",
            "aws:///eu-west-1a/",
            "gce://project/zone/i-0abc1234def567890",
            "kwok://i-0abc1234def567890",
            "aws:///eu-west-1a/i-0ABC1234DEF567890",
            "aws:///eu-west-1a/i-0abc1234def567890\n",
        ] {
            assert_eq!(ProviderId::read(text), ProviderId::Unknown, "{text}");
        }
    }

    #[test]
    fn regions_of_zones() {
        for (zone, region) in [
            ("eu-west-1a", "eu-west-1"),
            ("us-west-2-lax-1a", "us-west-2"),
            ("us-east-1-wl1-bos-wlz-1", "us-east-1"),
            ("us-gov-west-1b", "us-gov-west-1"),
            ("ap-southeast-10c", "ap-southeast-10"),
        ] {
            assert_eq!(region_of_zone(zone).as_deref(), Some(region), "{zone}");
        }
        for zone in [
            "",
            "a",
            "1a",
            "eu-1a",
            "eu_west-1a",
            "west-1a",
            "eu--1a",
            "eu-west-a",
        ] {
            assert_eq!(region_of_zone(zone), None, "{zone}");
        }
    }
}
