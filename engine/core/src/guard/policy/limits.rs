//! How much may be changed at once, and how often.

use std::fmt;
use std::num::NonZeroU32;

use jiff::{SignedDuration, Timestamp};

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
        "The same for the nodes that a workload has pods on",
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
];

const fn share(name: &'static str, help: &'static str) -> Key {
    Key::optional(name, Shape::Spelt(SHARE), help)
}

/// What a share is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// A node group.
    NodeGroup,
    /// An availability zone.
    Zone,
    /// A workload, by the nodes that it has pods on.
    Workload,
}

impl GroupKind {
    /// All of them.
    pub const ALL: [GroupKind; 3] = [GroupKind::NodeGroup, GroupKind::Zone, GroupKind::Workload];

    fn key(self) -> &'static str {
        match self {
            GroupKind::NodeGroup => "share-of-node-group",
            GroupKind::Zone => "share-of-zone",
            GroupKind::Workload => "share-of-workload",
        }
    }
}

impl fmt::Display for GroupKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            GroupKind::NodeGroup => "node group",
            GroupKind::Zone => "zone",
            GroupKind::Workload => "workload",
        })
    }
}

/// A group that a node is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Group<'a> {
    /// What it is.
    pub kind: GroupKind,
    /// Its name.
    pub name: &'a str,
    /// How many nodes it has, and how many of them are being changed; `None`: that can't be told.
    pub nodes: Option<GroupNodes>,
}

/// The nodes of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GroupNodes {
    /// All of them.
    pub all: u32,
    /// Those that are being changed.
    pub changing: u32,
}

/// What is under way before one more node is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load<'a> {
    /// Nodes that are being changed by anybody; `None`: that can't be told.
    pub changing: Option<u32>,
    /// When fixes were started by anybody, for at least the last hour, without this one; `None`:
    /// that can't be told.
    pub started: Option<&'a [Timestamp]>,
    /// The groups of the node. Where one of a kind is missing it is in none.
    pub groups: &'a [Group<'a>],
    /// Nodes that this fix is changing.
    pub own_changing: u32,
    /// Nodes on which this fix was verified.
    pub own_verified: u32,
}

/// Why one more node can't be changed now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Full {
    /// As many nodes are being changed as may be.
    Nodes {
        /// The limit.
        most: u32,
    },
    /// The same in a group.
    Group {
        /// What it is.
        kind: GroupKind,
        /// Its name.
        name: String,
        /// The limit, in nodes.
        most: u32,
    },
    /// As many fixes were started within an hour as may be.
    Fixes {
        /// The limit.
        most: u32,
        /// When the next one may be.
        next: Timestamp,
    },
    /// The first node has not been verified.
    Canary,
}

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Full::Nodes { most: 1 } => {
                f.write_str("a node is being changed, and one at a time may be")
            }
            Full::Nodes { most } => write!(f, "{most} nodes are being changed, and no more may be"),
            Full::Group { kind, name, most } => {
                let are = if *most == 1 { "node is" } else { "nodes are" };
                write!(
                    f,
                    "{most} {are} being changed in the {kind} {name}, and no more may be"
                )
            }
            Full::Fixes { most, next } => {
                let were = if *most == 1 { "fix was" } else { "fixes were" };
                write!(
                    f,
                    "{most} {were} started within an hour, and no more may be until {next}"
                )
            }
            Full::Canary => f.write_str("the first node has not been verified yet"),
        }
    }
}

/// The limits of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    nodes_at_once: NonZeroU32,
    /// Percent.
    shares: Vec<(GroupKind, u8)>,
    fixes_an_hour: Option<NonZeroU32>,
    canary_first: bool,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            nodes_at_once: NonZeroU32::MIN,
            shares: Vec::new(),
            fixes_an_hour: None,
            canary_first: true,
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
