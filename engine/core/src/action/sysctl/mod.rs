//! Kernel parameters: read from `/proc/sys` in the control container, which shows the host's
//! network values, and written with `sysctl -w` in the admin container.

mod change;
pub(super) mod key;

use std::time::Duration;

use super::answer::{garbled, text};
use super::{Action, Change, Look, Rung, Source, Target, parameters, shell_quote};
use crate::frame::{Place, Reply};
use crate::syntax::{Entries, Faults, Shape, Spelling, Tree};
use crate::value::{Kind, Value, Why};
use change::SysctlChange;
use key::{Key, SPELLING, Unit};

/// Names of the runbook's own, each with the parameter that is read.
const LOOK: Entries = Entries {
    least: 1,
    ..Entries::of(Spelling::Snake, &Shape::Spelt(SPELLING))
};
/// One parameter, with the value that is set.
const CHANGE: Entries = Entries {
    least: 1,
    most: Some(1),
    ..Entries::of(SPELLING, &Shape::Template)
};

#[derive(Debug)]
pub(super) struct Sysctl;

impl Action for Sysctl {
    fn name(&self) -> &'static str {
        "sysctl"
    }

    fn summary(&self) -> &'static str {
        "Kernel parameters, by names of the runbook's own: `count: net.netfilter.nf_conntrack_count`"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Entries(&LOOK))
    }

    fn change_shape(&self) -> Option<Shape> {
        Some(Shape::Entries(&CHANGE))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let entries = parameters.expect_map("a `sysctl` look", faults)?;
        if entries.is_empty() {
            faults
                .error(
                    "missing-key",
                    parameters.span(),
                    "a `sysctl` look reads no key",
                )
                .help("add `name: key`");
        }
        let keys: Vec<Option<(String, Key)>> = entries
            .iter()
            .map(|entry| {
                let name = parameters::own_name(&entry.key, faults);
                let key = entry
                    .value
                    .expect_text("a kernel parameter's name", faults)?;
                Some((name?, Key::read(key, faults)?))
            })
            .collect();
        let keys: Vec<_> = keys.into_iter().collect::<Option<_>>()?;
        (!keys.is_empty()).then(|| Box::new(SysctlLook { keys }) as Box<dyn Look>)
    }

    fn change(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Change>> {
        let entries = parameters.expect_map("a `sysctl` change", faults)?;
        let [entry] = entries else {
            faults
                .error(
                    "not-one-key",
                    parameters.span(),
                    "a `sysctl` change sets exactly one key",
                )
                .help("write one entry of `change` for each key");
            return None;
        };
        let template = entry.value.expect_text("the wanted value", faults).cloned();
        let key = Key::read(&entry.key, faults)?;
        Some(Box::new(SysctlChange {
            key,
            template: template?,
        }))
    }
}

#[derive(Debug)]
struct SysctlLook {
    keys: Vec<(String, Key)>,
}

impl SysctlLook {
    /// Numbers are short. Any other value may be a list: one that is longer than this is not seen.
    fn most_bytes(&self) -> usize {
        let of = |(_, key): &(String, Key)| match key.unit() {
            Unit::Seconds | Unit::Integer => 32,
            Unit::Text => 512,
        };
        let most: usize = self.keys.iter().map(of).sum();
        let has_text = self.keys.iter().any(|(_, key)| key.unit() == Unit::Text);
        let least = if has_text { 1024 } else { 0 };
        most.clamp(least, 4096)
    }
}

impl Look for SysctlLook {
    fn kind(&self) -> Kind {
        Kind::record(
            self.keys
                .iter()
                .map(|(name, key)| (name, key.unit().kind(), "the kernel parameter's value")),
        )
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        let paths: Vec<String> = self
            .keys
            .iter()
            .map(|(_, key)| shell_quote(&key.path()))
            .collect();
        // `cat`, as a shell's `read` asks byte by byte, and the kernel answers the first time only.
        let script = format!(
            "for p in {}; do\n  if [ -e \"$p\" ]; then\n    v=$(cat \"$p\") || exit 1\n    printf '=%s\\n' \"$v\"\n  else\n    echo -\n  fi\ndone | tr '\\t' ' '\n",
            paths.join(" ")
        );
        Ok(Source::Node(vec![Rung {
            place: Place::Control,
            only_where: None,
            needs: "/proc/sys",
            script,
            limit: Duration::from_secs(5),
            most_bytes: self.most_bytes(),
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let lines: Vec<&str> = text(reply)?.lines().collect();
        if lines.len() != self.keys.len() {
            return Err(garbled(format!(
                "{} values for {} keys",
                lines.len(),
                self.keys.len()
            )));
        }
        let values =
            self.keys
                .iter()
                .zip(lines)
                .map(|((name, key), line)| match line.strip_prefix('=') {
                    Some(text) => Ok((name.as_str(), key.unit().value(text)?)),
                    None if line == "-" => Ok((name.as_str(), Value::Absent)),
                    None => Err(garbled(format!("`{line}` is no value"))),
                });
        Ok(Value::record(values.collect::<Result<Vec<_>, Why>>()?))
    }
}
