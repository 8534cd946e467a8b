//! A table whose maximum is lowered only where its entries fit: below them the kernel drops every new
//! connection. Source: Linux `net/netfilter/nf_conntrack_core.c` (`__nf_conntrack_alloc`).

use std::fmt::Write as _;
use std::time::Duration;

/// What an entry of the connection tracking table takes, in bytes (`struct nf_conn` in its slab).
const ENTRY: u64 = 320;
const MIB: u64 = 1024 * 1024;

/// What has to be so before a maximum is lowered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fits {
    /// The file that counts the entries: a path that needs no quotes.
    pub counted: String,
    /// The lower maximum: as many entries fit.
    pub at_most: u32,
    /// How many entries the maximum that is there allows beyond it.
    pub beyond: u32,
}

impl Fits {
    /// How long a script waits for the table to fit.
    pub const PATIENCE: Duration = Duration::from_secs(10);
    /// What a plan says of a change whose way back needs it.
    pub const ON_THE_WAY_BACK: &'static str = "the way back waits until the table fits the old maximum: \
         at its time or with the next contact of heeler, and not before";
    /// What a plan says of a change that needs it itself.
    pub const AT_ONCE: &'static str =
        "the maximum is lowered only where the table fits: otherwise nothing is changed";

    /// What the maximum that is there needs, when it is set to another one. `None`: it is not
    /// lowered, so that everything fits.
    pub fn lowering(counted: String, from: &str, to: &str) -> Option<Fits> {
        let (from, at_most): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        let beyond = from.checked_sub(at_most).filter(|beyond| *beyond > 0)?;
        Some(Fits {
            counted,
            at_most,
            beyond,
        })
    }

    /// An extended regular expression for the decimal numbers that fit, on a line of their own.
    pub fn pattern(&self) -> String {
        let digits = self.at_most.to_string();
        let mut pattern = String::new();
        if digits.len() > 1 {
            let _ = write!(pattern, "[0-9]{{1,{}}}|", digits.len() - 1);
        }
        for (at, digit) in digits.char_indices() {
            let (before, rest) = digits.split_at(at);
            if let Some(below) = digit.to_digit(10).and_then(|digit| digit.checked_sub(1)) {
                let _ = write!(pattern, "{before}[0-{below}][0-9]{{{}}}|", rest.len() - 1);
            }
        }
        pattern + &digits
    }

    /// A script that goes on where the table fits. Otherwise it says why not, and ends in `otherwise`.
    pub fn script(&self, patience: Duration, otherwise: &str) -> String {
        format!(
            "n=0\nuntil c=$(cat \"{file}\") && [ \"$c\" -le {most} ]; do\n\
             [ \"$n\" -lt {seconds} ] || {{\n\
             echo \"the table holds $c entries, more than {most}: lowering the maximum now would drop every new \
             connection; it stays, and costs at most {cost} MiB\" >&2\n\
             {otherwise}\n}}\nn=$((n + 1))\nsleep 1\ndone\n",
            file = self.counted,
            most = self.at_most,
            seconds = patience.as_secs(),
            cost = (u64::from(self.beyond) * ENTRY).div_ceil(MIB),
        )
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::Fits;

    fn lowering(from: &str, to: &str) -> Option<Fits> {
        Fits::lowering("count".into(), from, to)
    }

    #[test]
    fn only_a_lower_maximum_needs_it() {
        assert!(lowering("262144", "131072").is_some());
        for (from, to) in [("131072", "262144"), ("7", "7"), ("", "7"), ("7", "a")] {
            assert_eq!(lowering(from, to), None, "{from} {to}");
        }
    }

    #[test]
    fn the_pattern_has_all_numbers_that_fit_and_no_other() {
        for most in [0, 1, 9, 10, 19, 99, 100, 101, 1000, 4096, 9999] {
            let fits = Regex::new(&whole(most)).expect("a pattern");
            for count in 0..=most * 11 + 20 {
                assert_eq!(
                    fits.is_match(&count.to_string()),
                    count <= most,
                    "{count} {most}"
                );
            }
        }
    }

    #[test]
    fn the_pattern_knows_its_bound() {
        for most in [65536, 131_072, 262_144, 1_048_576, u32::MAX - 1] {
            let fits = Regex::new(&whole(most)).expect("a pattern");
            for below in [0, 1, 10, 65535, most / 2, most - 1, most] {
                assert!(fits.is_match(&below.to_string()), "{below} {most}");
            }
            for above in [1, 10, 100, 65536, u64::from(most) * 9] {
                let count = u64::from(most) + above;
                assert!(!fits.is_match(&count.to_string()), "{count} {most}");
            }
            for wrong in ["", "-1", "1 2", "x"] {
                assert!(!fits.is_match(wrong), "{wrong}");
            }
        }
    }

    /// As `grep -x` takes it.
    fn whole(most: u32) -> String {
        let fits = lowering("4294967295", &most.to_string()).expect("it is lower");
        format!("^(?:{})$", fits.pattern())
    }
}
