//! What a session runs in the admin container, where the host's files are below `/.bottlerocket/rootfs`, and how its
//! answer begins. A file is known by its inode from one session to the next, as logs are renamed.

use heeler_core::action::shell_quote;
use heeler_core::logs::LogPath;

use crate::world::ways::commands::LIST;

/// Where the admin container sees the host.
const HOST: &str = "/.bottlerocket/rootfs";
/// The longest line that a part of a file begins with.
pub(super) const MOST_HEAD: usize = 100;
/// What is printed where there is nothing.
pub(super) const ABSENT: u8 = b'-';

/// How a part of a file begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// Which file it is.
    pub(super) id: String,
    /// Its bytes, all of them.
    pub(super) size: u64,
}

/// Prints `+` and the names in a folder.
pub(super) fn list(folder: &LogPath) -> String {
    let path = path(folder);
    format!("set -- {path}\n[ -e \"$1\" ] || {{ printf -- -; exit; }}\nprintf +\n{LIST}\n")
}

/// Prints which file it is and how large, and what it has from this byte on, at most so many bytes. Both are of the
/// file that was opened, whatever is called so meanwhile.
pub(super) fn print(file: &LogPath, from: u64, most: u64) -> String {
    let (path, first) = (path(file), from.saturating_add(1));
    format!(
        "path={path}\n\
         if command exec <\"$path\"; then :; elif [ -e \"$path\" ]; then exit 66; else echo -; exit; fi\n\
         set -- $(stat -L -c '%d.%i %s' /proc/self/fd/0) && [ $# = 2 ] || exit 67\n\
         echo \"$1 $2\"\n\
         tail -c +{first} | head -c {most}\n"
    )
}

/// Reads the line that a part of a file begins with; `None`: it makes no sense.
pub(super) fn head(line: &[u8]) -> Option<Head> {
    let (id, size) = std::str::from_utf8(line).ok()?.split_once(' ')?;
    Some(Head {
        id: id.to_owned(),
        size: size.parse().ok()?,
    })
}

/// Where the admin container sees it, as a word of a shell.
fn path(path: &LogPath) -> String {
    shell_quote(&format!("{HOST}{path}"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn run(script: &str, root: &str) -> String {
        let script = script.replace(HOST, root);
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    #[test]
    fn what_a_folder_and_a_file_have_is_printed_and_what_they_are_called_is_no_code() {
        let root = std::env::temp_dir().join(format!("heeler-sessions-{}", std::process::id()));
        let folder = LogPath::pods()
            .unwrap()
            .folder("a_b_c' $(touch x)")
            .unwrap();
        let at = format!("{}{folder}", root.display());
        std::fs::create_dir_all(format!("{at}app")).unwrap();
        std::fs::write(format!("{at}0.log"), "0123456789").unwrap();
        let root = root.display().to_string();
        assert_eq!(run(&list(&folder), &root), "+0.log\0app/\0");
        let part =
            |name: &str, from, most| run(&print(&folder.file(name).unwrap(), from, most), &root);
        let whole = part("0.log", 0, 100);
        let (line, bytes) = whole.split_once('\n').unwrap();
        assert_eq!(
            (head(line.as_bytes()).unwrap().size, bytes),
            (10, "0123456789")
        );
        for (from, most, bytes) in [(3, 4, "3456"), (8, 4, "89"), (10, 4, ""), (20, 4, "")] {
            assert_eq!(part("0.log", from, most), format!("{line}\n{bytes}"));
        }
        // What is renamed stays the same file, and what is called so then is another one.
        std::fs::rename(format!("{at}0.log"), format!("{at}0.log.1")).unwrap();
        std::fs::write(format!("{at}0.log"), "0123456789").unwrap();
        assert_eq!(part("0.log.1", 0, 0), format!("{line}\n"));
        assert!(!part("0.log", 0, 0).starts_with(line));
        assert_eq!(part("1.log", 0, 100), "-\n");
        assert_eq!(run(&list(&folder.folder("none").unwrap()), &root), "-");
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_head_that_makes_no_sense_is_none() {
        assert!(head(b"12.34 56").is_some());
        for odd in ["", "12.34", "12.34 x", "12.34 -1", "a b c"] {
            assert_eq!(head(odd.as_bytes()), None, "{odd}");
        }
    }
}
