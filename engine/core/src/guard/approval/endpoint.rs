//! Where STS is. Whoever answers at another place could say anything.

use crate::event::is_region;

/// The names under which AWS serves STS in a Region: by the partition, plain, with FIPS modules and
/// for both versions of IP (endpoint rules of the AWS SDK for STS). The isolated partitions are
/// reached by the endpoint of this machine's own configuration.
const NAMES: [(&str, &[&str]); 3] = [
    (
        "cn-",
        &[
            "sts.{}.amazonaws.com.cn",
            "sts.{}.api.amazonwebservices.com.cn",
        ],
    ),
    ("us-gov-", COMMERCIAL),
    ("", COMMERCIAL),
];
const COMMERCIAL: &[&str] = &[
    "sts.{}.amazonaws.com",
    "sts-fips.{}.amazonaws.com",
    "sts.{}.api.aws",
];
/// The endpoint without a Region, of the commercial partition alone.
const GLOBAL: &str = "https://sts.amazonaws.com";

/// Whether this is STS: as `own` names it, which this machine's configuration does, or under one of
/// AWS's names in a Region of the same partition as `region`.
pub(super) fn is_sts(endpoint: &str, own: &str, region: &str) -> bool {
    if endpoint == own.trim_end_matches('/') {
        return true;
    }
    let partition = partition(region);
    if endpoint == GLOBAL {
        return partition.is_empty();
    }
    let Some(host) = endpoint.strip_prefix("https://") else {
        return false;
    };
    let Some(named) = host.split('.').nth(1).filter(|named| is_region(named)) else {
        return false;
    };
    let names = NAMES.iter().find(|(prefix, _)| *prefix == partition);
    self::partition(named) == partition
        && names.is_some_and(|(_, names)| {
            let mut hosts = names.iter().map(|name| name.replace("{}", named));
            hosts.any(|name| name == host)
        })
}

/// What the names of a partition's Regions begin with.
fn partition(region: &str) -> &'static str {
    let prefixes = NAMES.iter().map(|(prefix, _)| *prefix);
    prefixes
        .into_iter()
        .find(|prefix| region.starts_with(prefix))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_sts;

    #[test]
    fn sts_is_where_aws_has_it_or_where_the_configuration_says() {
        let lab = "http://127.0.0.1:4566";
        for (endpoint, own, region, is) in [
            (
                "https://sts.eu-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                true,
            ),
            (
                "https://sts.us-east-1.amazonaws.com",
                lab,
                "eu-west-1",
                true,
            ),
            (
                "https://sts-fips.us-east-1.amazonaws.com",
                lab,
                "us-east-1",
                true,
            ),
            ("https://sts.eu-west-1.api.aws", lab, "eu-west-1", true),
            ("https://sts.amazonaws.com", lab, "eu-west-1", true),
            ("https://sts.amazonaws.com", lab, "cn-north-1", false),
            (
                "https://sts.cn-north-1.amazonaws.com.cn",
                lab,
                "cn-north-1",
                true,
            ),
            (
                "https://sts.cn-north-1.amazonaws.com.cn",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://sts.us-gov-west-1.amazonaws.com",
                lab,
                "us-gov-east-1",
                true,
            ),
            (
                "https://sts.us-gov-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                false,
            ),
            ("http://127.0.0.1:4566", lab, "eu-west-1", true),
            (
                "http://127.0.0.1:4566",
                "http://127.0.0.1:4566/",
                "eu-west-1",
                true,
            ),
            ("http://127.0.0.1:4567", lab, "eu-west-1", false),
            (
                "http://sts.eu-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://sts.eu-west-1.amazonaws.com.evil.example",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://sts.eu-west-1.amazonaws.com:8443",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://evil.example@sts.eu-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://sts.eu-west-1.amazonaws.com@evil.example",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://sts.eu-west-1.amazonaws.com/x",
                lab,
                "eu-west-1",
                false,
            ),
            ("https://sts.evil.amazonaws.com", lab, "eu-west-1", false),
            (
                "https://ec2.eu-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                false,
            ),
            (
                "https://STS.eu-west-1.amazonaws.com",
                lab,
                "eu-west-1",
                false,
            ),
            ("", lab, "eu-west-1", false),
        ] {
            assert_eq!(is_sts(endpoint, own, region), is, "{endpoint} in {region}");
        }
    }
}
