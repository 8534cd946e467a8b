//! The node's memory, from `/proc/meminfo`, which the control container sees as the host does.

use std::time::Duration;

use super::answer::{Words, garbled, text};
use super::{Action, Look, Rung, Source, Target, parameters};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Shape, Tree};
use crate::value::{Bytes, Kind, Value, Why};

const SCRIPT: &str = r#"awk '
$1 == "MemTotal:" { total = $2 }
$1 == "MemAvailable:" { available = $2 }
END { print total, available }' /proc/meminfo
"#;

#[derive(Debug)]
pub(super) struct Memory;

impl Action for Memory {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn summary(&self) -> &'static str {
        "How much memory the node has, and how much of it programs could still get"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(&[]))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        parameters::fields(self.name(), parameters, &[], faults)?;
        Some(Box::new(MemoryLook))
    }
}

#[derive(Debug)]
struct MemoryLook;

impl Look for MemoryLook {
    fn kind(&self) -> Kind {
        Kind::record([
            (
                "total",
                Kind::Bytes,
                "MemTotal: all memory that the kernel has",
            ),
            (
                "available",
                Kind::Bytes,
                "MemAvailable: what programs could get without swapping",
            ),
        ])
    }

    fn source(&self, _: &Target) -> Result<Source, Why> {
        Ok(Source::Node(vec![Rung {
            place: Place::Control,
            only_where: None,
            needs: "/proc/meminfo",
            script: SCRIPT.to_owned(),
            limit: Duration::from_secs(5),
            most_bytes: 64,
        }]))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let (total, available) = (bytes(&mut words)?, bytes(&mut words)?);
        words.end()?;
        Ok(Value::record([("total", total), ("available", available)]))
    }
}

/// The kernel's `kB` are KiB.
fn bytes(words: &mut Words<'_>) -> Result<Value, Why> {
    let kib: u64 = words.number()?;
    kib.checked_mul(1024)
        .map(|bytes| Value::Bytes(Bytes(bytes)))
        .ok_or_else(|| garbled("too much memory"))
}
