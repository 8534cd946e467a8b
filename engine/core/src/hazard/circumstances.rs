//! What is known of a change when its plan is made.

/// What a plan knows of one of its changes, and of the node.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'a> {
    /// What the change sets.
    pub touched: &'a [Touched],
    /// The services that the node says it acts on.
    pub services: &'a [String],
    /// The services that the changes before it act on, in the same fix.
    pub earlier: &'a [String],
    /// The version of Bottlerocket; empty where the node has not said.
    pub os_version: &'a str,
}

/// One thing that a change sets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Touched {
    /// A setting of Bottlerocket.
    Setting {
        /// Its names, without `settings`.
        names: Vec<String>,
        /// Whether it has a value now.
        is_set: bool,
    },
    /// A parameter of the kernel, by itself or by a setting.
    Parameter {
        /// Its file below `/proc/sys`.
        file: String,
        /// Whether every container sees the host's.
        is_shared: bool,
    },
    /// Whether a host container runs.
    HostContainer {
        /// Its name.
        name: String,
        /// Whether the change starts it.
        starts: bool,
    },
}

impl Circumstances<'_> {
    /// The settings among what is set, each with whether it has a value now.
    pub(super) fn settings(&self) -> impl Iterator<Item = (&[String], bool)> {
        self.touched.iter().filter_map(|touched| match touched {
            Touched::Setting { names, is_set } => Some((names.as_slice(), *is_set)),
            _ => None,
        })
    }

    /// The names right below a place among the settings, likewise.
    pub(super) fn map<'m>(&'m self, place: &'m [&str]) -> impl Iterator<Item = (&'m str, bool)> {
        self.settings().filter_map(|(names, is_set)| match names {
            [.., name] if is_below(names, place) => Some((name.as_str(), is_set)),
            _ => None,
        })
    }

    /// The kernel's parameters among what is set, each with whether it is shared.
    pub(super) fn parameters(&self) -> impl Iterator<Item = (&str, bool)> {
        self.touched.iter().filter_map(|touched| match touched {
            Touched::Parameter { file, is_shared } => Some((file.as_str(), *is_shared)),
            _ => None,
        })
    }

    /// The host containers that are started.
    pub(super) fn started(&self) -> impl Iterator<Item = &str> {
        self.touched.iter().filter_map(|touched| match touched {
            Touched::HostContainer { name, starts: true } => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether it acts on one of these services.
    pub(super) fn acts_on(&self, any: &[&str]) -> bool {
        has(self.services, any)
    }

    /// Whether a change before it acts on one of these services.
    pub(super) fn acted_on(&self, any: &[&str]) -> bool {
        has(self.earlier, any)
    }
}

fn has(services: &[String], any: &[&str]) -> bool {
    services.iter().any(|name| any.contains(&name.as_str()))
}

/// Whether one of two places among the settings is in the other.
pub fn overlap(names: &[String], place: &[&str]) -> bool {
    names.iter().zip(place).all(|(own, name)| own == name)
}

/// Whether it is this place, or below it.
pub fn is_below(names: &[String], place: &[&str]) -> bool {
    names.len() >= place.len() && overlap(names, place)
}
