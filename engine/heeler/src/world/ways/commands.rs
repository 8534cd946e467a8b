//! Folders of a node by a shell there: what it runs, and how its answer is read. What they are called are words beside
//! the script, and never part of it.

/// A script of POSIX sh that prints the names in the folder `$1`, for [`names`]. All but `ls` is the shell's own.
pub(in crate::world) const LIST: &str = r#"cd "$1" 2>/dev/null || { ls -d "$1" >/dev/null && echo "$1 is closed to who reads it" >&2; exit 1; }
[ -r . ] || { echo "$1 is closed to who reads it" >&2; exit 1; }
for name in * .[!.]* ..?*; do
  if [ -L "$name" ]; then printf '%s\0' "$name"
  elif [ -d "$name" ]; then printf '%s/\0' "$name"
  elif [ -e "$name" ]; then printf '%s\0' "$name"
  fi
done"#;

/// Most bytes of a listing.
pub(in crate::world) const MOST_LISTED: usize = 8 << 20;

/// The names that it has printed, with a `/` behind those of folders. A name that is no text is none of a log.
pub(in crate::world) fn names(listing: &[u8]) -> Vec<String> {
    let names = listing
        .split(|byte| *byte == 0)
        .filter(|name| !name.is_empty());
    names
        .filter_map(|name| String::from_utf8(name.to_vec()).ok())
        .collect()
}
