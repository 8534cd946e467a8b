//! What an archive may cost whoever reads it.

/// What an archive may cost whoever reads it. However large it is, it is never held in memory.
///
/// The largest member that a sound node has is its journal as text: journald keeps at most 4 GB of it where
/// nothing is configured. All that logdog collects stays below 6 GiB then; the logs of the pods come on top
/// in a bundle. How well it is packed says little before that: a program that says the same many times a
/// second, which is when somebody wants a bundle, packs as well as a bomb does, about 1,000 to 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one member.
    pub member: u64,
    /// Bytes of all of it, unpacked, with what describes the members.
    pub total: u64,
    /// How many bytes one packed byte may come to, once there are more than [`Limits::slack`].
    pub ratio: u64,
    /// Bytes up to which nobody asks how well they were packed.
    pub slack: u64,
    /// Members that are kept.
    pub members: usize,
    /// Headers of any kind, also of what is refused.
    pub headers: u64,
    /// Bytes of a member's label.
    pub name: usize,
    /// Bytes of a header that goes before another one, for a long name.
    pub extension: u64,
    /// What was refused and is named; all of it is counted.
    pub refused: usize,
    /// Bytes of logdog's own errors that are looked at.
    pub errors: usize,
    /// Bytes of a bundle's manifest.
    pub manifest: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            member: 8 << 30,
            total: 32 << 30,
            ratio: 200,
            slack: 6 << 30,
            members: 50_000,
            headers: 200_000,
            name: 1_024,
            extension: 64 << 10,
            refused: 100,
            errors: 256 << 10,
            manifest: 32 << 20,
        }
    }
}
