//! Amounts of memory and disk as runbooks, Kubernetes and people write them.

/// The factors of units, without the `B` that people add.
const UNITS: [(&str, u64); 13] = [
    ("", 1),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
    ("T", 1_000_000_000_000),
    ("P", 1_000_000_000_000_000),
    ("E", 1_000_000_000_000_000_000),
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("Ti", 1 << 40),
    ("Pi", 1 << 50),
    ("Ei", 1 << 60),
];
/// More digits than this behind the point say nothing about bytes.
const MOST_DIGITS: usize = 18;

/// Reads `512Mi`, `512MiB`, `1G`, `1.5GiB`, `1e9` and `1073741824`, in bytes. A part of a byte counts
/// as a whole one, as in Kubernetes.
pub fn quantity(text: &str) -> Result<u64, String> {
    let wrong = || format!("`{text}` is no size; write it as 512Mi, 512MiB or 1G");
    let end = text
        .find(|letter: char| !letter.is_ascii_digit() && letter != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    let digits = whole.len() + part.len();
    if digits == 0 || part.contains('.') || part.len() > MOST_DIGITS || text.ends_with('.') {
        return Err(wrong());
    }
    if unit == "m" {
        return Err(format!(
            "`{text}` is thousandths of a byte; write M for megabytes"
        ));
    }
    let factor = factor(unit).ok_or_else(wrong)?;
    let too_large = || format!("`{text}` is larger than any size here can be");
    // `12.34` is 1234 of a hundredth.
    let units: u128 = format!("{whole}{part}").parse().map_err(|_| too_large())?;
    let parts = u32::try_from(part.len())
        .ok()
        .and_then(|n| 10u128.checked_pow(n));
    let bytes = units
        .checked_mul(u128::from(factor))
        .zip(parts)
        .map(|(bytes, parts)| bytes.div_ceil(parts));
    bytes
        .and_then(|bytes| u64::try_from(bytes).ok())
        .ok_or_else(too_large)
}

fn factor(unit: &str) -> Option<u64> {
    let named = |unit: &str| UNITS.iter().find(|(name, _)| *name == unit);
    if let Some((_, factor)) = named(unit).or_else(|| named(unit.strip_suffix('B')?)) {
        return Some(*factor);
    }
    let exponent = unit.strip_prefix(['e', 'E'])?;
    let plain = exponent.strip_prefix('+').unwrap_or(exponent);
    10u64.checked_pow(plain.parse().ok().filter(|_| !plain.starts_with('+'))?)
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn reads_what_kubernetes_and_people_write() {
        for (text, bytes) in [
            ("0", 0),
            ("1073741824", 1 << 30),
            ("512Mi", 512 << 20),
            ("512MiB", 512 << 20),
            ("512B", 512),
            ("1G", 1_000_000_000),
            ("1GB", 1_000_000_000),
            ("1k", 1_000),
            ("1kB", 1_000),
            ("1.5Gi", 3 << 29),
            ("0.5", 1),
            ("0.1Ki", 103),
            (".5Ki", 512),
            ("129e6", 129_000_000),
            ("1E3", 1_000),
            ("1E", 1_000_000_000_000_000_000),
            ("15Ei", 15 << 60),
        ] {
            assert_eq!(quantity(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn refuses_everything_else() {
        for text in [
            "",
            "Mi",
            ".",
            "1.",
            "1.2.3",
            "-1",
            "+1",
            "1K",
            "1mi",
            "1 Mi",
            " 1",
            "1Mi ",
            "1MIB",
            "1e",
            "1e-3",
            "1e++3",
            "1e99",
            "0x10",
            "1_000",
            "16Ei",
            "99999999999999999999",
            "1BB",
            "100m",
            "0.0000000000000000001",
            "1é",
        ] {
            assert!(quantity(text).is_err(), "{text}");
        }
        let long = "9".repeat(5_000);
        assert!(quantity(&long).is_err());
    }
}
