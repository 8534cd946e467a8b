//! How much may be changed at once, and how often.

use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

use super::load::{Full, GroupKind, Load};
use crate::syntax::{Faults, Fields, Key, Shape, Spelling};

/// Most nodes at once, and most fixes an hour, that a policy can allow.
const MOST: i64 = 10_000;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const SHARE: Spelling = Spelling::Own {
    example: "10%",
    pattern: "^([1-9][0-9]?|100)%$",
    fits: |text| percent(text).is_some(),
};

/// The keys of `limits`.
pub(super) const KEYS: &[Key] = &[
    Key::or(
        "nodes-at-once",
        Shape::Integer {
            least: 1,
            most: MOST,
        },
        "1",
        "Nodes that are being changed at the same time, by anybody",
    ),
    share(
        "share-of-node-group",
        "The part of a node group that is being changed at the same time; never less than one node",
    ),
    share("share-of-zone", "The same for the nodes of a zone"),
    share(
        "share-of-workload",
        "The same for the nodes that a workload has pods on then; DaemonSets don't count",
    ),
    Key::optional(
        "fixes-an-hour",
        Shape::Integer {
            least: 1,
            most: MOST,
        },
        "Fixes that are started within any 60 minutes, by anybody",
    ),
    Key::or(
        "canary-first",
        Shape::Boolean,
        "true",
        "Whether one node is changed and verified before the others",
    ),
    Key::or(
        "max-errors",
        Shape::Integer {
            least: 0,
            most: MOST,
        },
        "0",
        "Nodes on which a fix may fail before it is begun on no other one",
    ),
];

const fn share(name: &'static str, help: &'static str) -> Key {
    Key::optional(name, Shape::Spelt(SHARE), help)
}

/// The limits of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    nodes_at_once: NonZeroU32,
    /// Percent.
    shares: Vec<(GroupKind, u8)>,
    fixes_an_hour: Option<NonZeroU32>,
    canary_first: bool,
    max_errors: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            nodes_at_once: NonZeroU32::MIN,
            shares: Vec::new(),
            fixes_an_hour: None,
            canary_first: true,
            max_errors: 0,
        }
    }
}

impl Limits {
    /// Most nodes that are changed at the same time.
    pub fn nodes_at_once(&self) -> u32 {
        self.nodes_at_once.get()
    }

    /// Whether one node is changed and verified before the others.
    pub fn canary_first(&self) -> bool {
        self.canary_first
    }

    /// Most nodes on which a fix may fail before it is begun on no other one.
    pub fn max_errors(&self) -> u32 {
        self.max_errors
    }

    /// Whether the groups of a node have to be known.
    pub fn asks_of_groups(&self) -> bool {
        !self.shares.is_empty()
    }

    /// Whether the workloads that a node has pods of have to be known.
    pub fn asks_of_workloads(&self) -> bool {
        let mut shares = self.shares.iter();
        shares.any(|(kind, _)| *kind == GroupKind::Workload)
    }

    /// Whether one more node may be changed now. How often fixes start is asked for the first node
    /// of one only.
    ///
    /// # Errors
    /// The first limit that is reached.
    pub fn one_more(&self, load: &Load<'_>, now: Timestamp) -> Result<(), Full> {
        let is_first = load.own_changing == 0 && load.own_verified == 0;
        if is_first && let Some(full) = self.too_often(load, now) {
            return Err(full);
        }
        if self.canary_first && load.own_verified == 0 && load.own_changing > 0 {
            return Err(Full::Canary);
        }
        // What this fix does is known, whatever can't be told of the others.
        let changing = load.changing.unwrap_or_default().max(load.own_changing);
        let most = self.nodes_at_once.get();
        if changing >= most {
            return Err(Full::Nodes { most });
        }
        for group in load.groups {
            let share = self.shares.iter().find(|(kind, _)| *kind == group.kind);
            let (Some((kind, percent)), Some(nodes)) = (share, group.nodes) else {
                continue;
            };
            let most = part(*percent, nodes.all);
            if nodes.changing >= most {
                let name = group.name.to_owned();
                let kind = *kind;
                return Err(Full::Group { kind, name, most });
            }
        }
        Ok(())
    }

    fn too_often(&self, load: &Load<'_>, now: Timestamp) -> Option<Full> {
        let most = self.fixes_an_hour?.get();
        let mut recent: Vec<Timestamp> = load.started?.to_vec();
        recent.retain(|start| now.duration_since(*start) < HOUR);
        recent.sort_unstable();
        // So many of the latest that one fewer would leave room.
        let oldest = recent.iter().rev().nth(usize::try_from(most).ok()? - 1)?;
        let next = oldest.checked_add(HOUR).unwrap_or(Timestamp::MAX);
        Some(Full::Fixes { most, next })
    }

    /// The limits that can't be kept, because nobody can tell what is under way.
    pub fn unkept(&self, load: &Load<'_>) -> Vec<&'static str> {
        let mut unkept = Vec::new();
        if load.changing.is_none() {
            unkept.push("nodes-at-once");
        }
        for (kind, _) in &self.shares {
            let mut groups = load.groups.iter().filter(|group| group.kind == *kind);
            if groups.any(|group| group.nodes.is_none()) {
                unkept.push(kind.key());
            }
        }
        if self.fixes_an_hour.is_some() && load.started.is_none() {
            unkept.push("fixes-an-hour");
        }
        unkept
    }

    /// Reads `limits`, which may be missing.
    pub(super) fn read(policy: &Fields<'_>, faults: &mut Faults) -> Limits {
        let mut limits = Limits::default();
        let fields = policy
            .get("limits")
            .and_then(|tree| Fields::read(tree, "`limits`", KEYS, faults));
        let Some(fields) = fields else {
            return limits;
        };
        let nodes = count(&fields, "nodes-at-once", faults);
        limits.nodes_at_once = nodes.unwrap_or(limits.nodes_at_once);
        limits.fixes_an_hour = count(&fields, "fixes-an-hour", faults);
        for kind in GroupKind::ALL {
            let key = kind.key();
            let share = fields.get(key).and_then(|_| {
                refuse_nothing(&fields, key, "0%", faults)?;
                percent(fields.spelt(key, "share", faults).ok().flatten()?)
            });
            limits.shares.extend(share.map(|percent| (kind, percent)));
        }
        if let Some(tree) = fields.get("canary-first") {
            let canary = tree.expect_bool("`canary-first`", faults);
            limits.canary_first = canary.unwrap_or(true);
        }
        let errors = fields.integer("max-errors", faults);
        limits.max_errors = errors
            .and_then(|errors| u32::try_from(errors).ok())
            .unwrap_or_default();
        limits
    }
}

fn count(fields: &Fields<'_>, key: &str, faults: &mut Faults) -> Option<NonZeroU32> {
    refuse_nothing(fields, key, "0", faults)?;
    let number = fields.integer(key, faults)?;
    NonZeroU32::new(u32::try_from(number).ok()?)
}

/// Nothing at all is more than a limit, and said elsewhere.
fn refuse_nothing(
    fields: &Fields<'_>,
    key: &str,
    nothing: &str,
    faults: &mut Faults,
) -> Option<()> {
    let Some(tree) = fields.get(key) else {
        return Some(());
    };
    if tree.as_text().is_none_or(|text| text.value != nothing) {
        return Some(());
    }
    faults
        .error(
            "limit-of-nothing",
            tree.span(),
            format!("`{key}` leaves room for nothing"),
        )
        .help("to forbid changes write a rule below `forbid`, or a freeze");
    None
}

/// `10%`.
fn percent(text: &str) -> Option<u8> {
    let digits = text.strip_suffix('%')?;
    let is_plain = digits.chars().all(|c| c.is_ascii_digit()) && !digits.starts_with('0');
    let percent = digits.parse().ok().filter(|percent| *percent <= 100);
    percent.filter(|_| is_plain)
}

/// So many percent of some nodes, rounded down; but one at least, or small groups could never be
/// mended.
fn part(percent: u8, all: u32) -> u32 {
    let part = u64::from(all) * u64::from(percent) / 100;
    u32::try_from(part).unwrap_or(u32::MAX).max(1)
}
