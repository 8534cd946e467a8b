//! The key of the tokens that stand for secrets. It is one for all bundles of an operator, so that they can be
//! compared; whoever has it can try guesses, so it lies beside the journal, for its owner alone.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use heeler_core::redact::RedactionKey;
use uuid::Uuid;

/// The name of its file in the state folder.
const FILE: &str = "redaction.key";
/// Its bytes.
const LENGTH: usize = 32;

/// Reads the key in the state folder, which is made where there is none.
///
/// # Errors
/// The system's words, with the file.
pub fn redaction_key(folder: &Path) -> Result<RedactionKey, String> {
    let path = folder.join(FILE);
    let said = |error: io::Error| format!("{}: {error}", path.display());
    if !path.exists() {
        write_new(folder, &path).map_err(said)?;
    }
    let bytes = fs::read(&path).map_err(said)?;
    let key: [u8; LENGTH] = bytes.try_into().map_err(|_| {
        format!("{} has not {LENGTH} bytes: remove it, and tokens of older bundles differ from new ones", path.display())
    })?;
    Ok(RedactionKey::new(key))
}

/// It has its name when it is whole. Who is later takes what is there.
fn write_new(folder: &Path, path: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".{FILE}.{}", Uuid::now_v7()));
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    // Half of a UUID of version 7 is random but for two bits.
    let halves = [(); LENGTH / 8].map(|()| Uuid::now_v7().as_u64_pair().1.to_be_bytes());
    let written = file
        .write_all(&halves.concat())
        .and_then(|()| file.sync_all());
    let named = written.and_then(|()| fs::hard_link(&beside, path));
    fs::remove_file(&beside)?;
    match named {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        named => named,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once() {
        let folder = std::env::temp_dir().join(format!("heeler-key-{}", Uuid::now_v7()));
        fs::create_dir(&folder).expect("a folder");
        redaction_key(&folder).expect("a key");
        let first = fs::read(folder.join(FILE)).expect("a file");
        redaction_key(&folder).expect("a key");
        assert_eq!(fs::read(folder.join(FILE)).expect("a file"), first);
        assert_eq!(first.len(), LENGTH);
        fs::write(folder.join(FILE), "short").expect("a file");
        let error = redaction_key(&folder).expect_err("no key");
        assert!(error.contains("has not 32 bytes"), "{error}");
        fs::remove_dir_all(&folder).expect("a folder");
    }
}
