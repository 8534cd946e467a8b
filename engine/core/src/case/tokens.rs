//! Tokens: what stands in a case for a name, and how names are recognised.

use std::collections::BTreeMap;

/// What a token stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Account,
    Address4,
    Address6,
    Boot,
    Caller,
    Cluster,
    Instance,
    Name,
    Namespace,
    Node,
}

/// The tokens given so far: the same for the same thing, counted in the order in which things turn
/// up.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: BTreeMap<(Class, String), String>,
    counts: BTreeMap<Class, u32>,
}

impl Tokens {
    /// How many things have one.
    pub(super) fn count(&self) -> usize {
        self.given.len()
    }

    /// The token of a thing. It has the form of what it stands for.
    pub(super) fn of(&mut self, class: Class, text: &str) -> String {
        let key = (class, text.to_owned());
        if let Some(token) = self.given.get(&key) {
            return token.clone();
        }
        let count = self.counts.entry(class).or_default();
        *count += 1;
        let token = match class {
            Class::Account => format!("{count:012}"),
            Class::Address4 => documentation(*count),
            Class::Address6 => format!("2001:db8::{count:x}"),
            Class::Boot => format!("boot-{count}"),
            Class::Caller => format!("caller-{count}"),
            Class::Cluster => format!("cluster-{count}"),
            Class::Instance => format!("i-{count:017x}"),
            Class::Name => format!("name-{count}"),
            Class::Namespace => format!("namespace-{count}"),
            Class::Node => format!("node-{count}"),
        };
        self.given.insert(key, token.clone());
        token
    }
}

/// An address that belongs to nobody. Beyond the 762 of the documentation ranges: of 240.0.0.0/4,
/// which nobody can have either.
fn documentation(count: u32) -> String {
    const NETS: [&str; 3] = ["192.0.2", "198.51.100", "203.0.113"];
    let (net, host) = ((count - 1) / 254, (count - 1) % 254 + 1);
    let place = usize::try_from(net).unwrap_or(usize::MAX);
    match NETS.get(place) {
        Some(net) => format!("{net}.{host}"),
        None => std::net::Ipv4Addr::from(0xf000_0000 | count & 0x0fff_ffff).to_string(),
    }
}

/// `ip-10-0-1-23` and what follows it: the private DNS name of an instance.
pub(super) fn is_node_name(word: &str) -> bool {
    let Some(rest) = word.strip_prefix("ip-") else {
        return false;
    };
    let host = rest.split('.').next().unwrap_or_default();
    let numbers: Vec<&str> = host.split('-').collect();
    numbers.len() == 4 && numbers.iter().all(|number| number.parse::<u8>().is_ok())
}

/// A label of RFC 1123.
pub(super) fn is_label(text: &str) -> bool {
    let letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    text.starts_with(letter)
        && text.ends_with(letter)
        && text.len() <= 253
        && text.chars().all(|c| letter(c) || c == '-')
}

/// What a name is made of.
pub(super) fn is_inner(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || letter == '-' || letter == '_'
}

/// The same with what joins its parts.
pub(super) fn is_outer(letter: char) -> bool {
    is_inner(letter) || letter == '.' || letter == ':'
}
