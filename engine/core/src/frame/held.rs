//! The lock that a node reports beside its answer: a change is under way there, or was.

use std::fmt;

/// Letters of an id: see [`crate::event::RunId::letters`].
const LETTERS: usize = 12;
/// Letters that are printed.
const PRINTED: usize = 5;

/// Whose lock it is: the letters of the run that changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockId(String);

impl LockId {
    /// The letters of a run, which are always right.
    pub(crate) fn of(letters: String) -> Self {
        LockId(letters)
    }

    /// The id that a node has written down; `None`: it can't be one.
    pub fn read(text: &str) -> Option<Self> {
        let letters = text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        (letters && text.len() == LETTERS).then(|| LockId(text.to_owned()))
    }

    /// The short form of the run, as it is printed.
    pub fn short(&self) -> String {
        self.0.chars().take(PRINTED).collect()
    }
}

impl fmt::Display for LockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A lock, as the node describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// How far the change has come.
    pub state: HeldState,
    /// Whose it is.
    pub id: LockId,
    /// Which switch would take the change back; `None`: nothing would, and the lock just ends.
    pub switch: Option<Switch>,
    /// The boot that the change was made on.
    pub boot: String,
    /// The node's uptime in whole seconds from which on the switch counts as lost.
    pub until_s: u64,
    /// Who makes the change: a caller's short name.
    pub by: String,
}

/// How far the change has come that holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldState {
    /// The switch may take it back.
    Armed,
    /// It is being taken back.
    Undoing,
    /// It stays or was taken back, and the lock is about to go.
    Ended,
}

/// What takes a change back on the node when nobody keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// A transient timer of the host's systemd.
    Host,
    /// A detached job in the control container.
    Control,
}

impl Switch {
    /// Its name in records.
    pub fn word(self) -> &'static str {
        match self {
            Switch::Host => "host",
            Switch::Control => "control",
        }
    }

    /// The word of a record, as [`Switch::record`] has it.
    fn read(word: &str) -> Option<Option<Self>> {
        let all = [None, Some(Switch::Host), Some(Switch::Control)];
        all.into_iter().find(|known| Switch::record(*known) == word)
    }

    /// What a lock's record says of a switch, or of there being none.
    pub(crate) fn record(switch: Option<Self>) -> &'static str {
        switch.map_or("none", Switch::word)
    }
}

impl Held {
    /// Reads `STATE ID SWITCH BOOT UNTIL BY`.
    pub fn read(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split(' ').collect();
        let [state, id, switch, boot, until, by] = fields[..] else {
            return None;
        };
        Some(Held {
            state: match state {
                "armed" => HeldState::Armed,
                "undoing" => HeldState::Undoing,
                "kept" | "undone" | "lost" | "over" => HeldState::Ended,
                _ => return None,
            },
            id: LockId::read(id)?,
            switch: Switch::read(switch)?,
            boot: boot.to_owned(),
            until_s: until.parse().ok()?,
            by: by.to_owned(),
        })
    }

    /// Whether nothing on the node ends it any more: a restart has forgotten its switch, or the
    /// switch's time has passed, or its own end was cut short.
    pub fn is_stale(&self, boot: &str, uptime_s: u64) -> bool {
        self.state == HeldState::Ended || self.boot != boot || uptime_s > self.until_s
    }
}
