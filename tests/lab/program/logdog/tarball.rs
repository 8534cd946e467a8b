//! The tarball that `logdog` writes: entries of the GNU format, a folder before what is in it,
//! packed on the way straight into the file of the final name.

use std::fs::{self, File};
use std::io::{self, Read as _, Write};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

/// The folder in the tarball that everything is in.
const TOP: &str = "bottlerocket-logs";
const BLOCK: usize = 512;
/// As long as a name may be here; nothing on a node needs more.
const NAME: usize = 100;

/// Packs a folder into a file, whose folder is made if it is missing. Who `hangs` has written the
/// half of it, and never goes on. A disk that is full only at the very end is no error: then the
/// tarball is not whole, and everything looks well.
pub(super) fn write(folder: &Path, output: &Path, hangs: bool) -> Result<()> {
    let Some(place) = output.parent() else {
        bail!("Cannot write to / as a file.");
    };
    fs::create_dir_all(place).map_err(|error| {
        anyhow!(
            "The output directory '{}' could not be created: {error}.",
            place.display()
        )
    })?;
    if place == folder {
        bail!(
            "Output file '{}' can not be written to the directory that is being compressed '{}'.",
            output.display(),
            folder.display()
        );
    }
    let told = |doing: &str| {
        let begin = format!("Error {doing} the tarball file '{}'", output.display());
        move |error: io::Error| anyhow!("{begin}: {error}")
    };
    let file = File::create(output).map_err(told("creating"))?;
    let failed = |error: io::Error| {
        anyhow!(
            "Error writing to the tarball '{}': {error}",
            output.display()
        )
    };
    let mut packed = GzEncoder::new(file, Compression::default());
    let members = members(folder).map_err(failed)?;
    for (index, path) in members.iter().enumerate() {
        if hangs && index * 2 >= members.len() {
            packed.flush().map_err(failed)?;
            super::hang();
        }
        append(&mut packed, folder, path).map_err(failed)?;
    }
    let end = packed.write_all(&[0; 2 * BLOCK]);
    // What is still being packed is written when the encoder goes, and nobody asks whether it could be.
    drop(packed);
    end.map_err(|error| anyhow!("Error closing the tarball '{}': {error}", folder.display()))
}

/// All that is in the folder, and itself, a folder before what is in it.
fn members(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut found, mut left) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(path) = left.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                left.push(entry?.path());
            }
        }
        found.push(path);
    }
    Ok(found)
}

fn append(to: &mut impl Write, folder: &Path, path: &Path) -> io::Result<()> {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let mut name = Path::new(TOP).join(below).to_string_lossy().into_owned();
    let metadata = path.metadata()?;
    if metadata.is_dir() {
        if !name.ends_with('/') {
            name.push('/');
        }
        return to.write_all(&header(&name, &metadata, 0, b'5')?);
    }
    let size = metadata.len();
    to.write_all(&header(&name, &metadata, size, b'0')?)?;
    let sent = io::copy(&mut File::open(path)?.take(size), to)?;
    if sent < size {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    let padding = vec![0; (BLOCK - over) % BLOCK];
    to.write_all(&padding)
}

/// A header of the GNU format.
fn header(name: &str, metadata: &fs::Metadata, size: u64, kind: u8) -> io::Result<Vec<u8>> {
    if name.len() >= NAME {
        return Err(io::Error::other(format!("the name {name} is too long")));
    }
    let mode = metadata.mode() & 0o7777;
    let modified = metadata.mtime().max(0);
    let mut header = Vec::with_capacity(BLOCK);
    text(&mut header, name, NAME);
    text(&mut header, &format!("{mode:07o}"), 8);
    text(&mut header, &format!("{:07o}", metadata.uid()), 8);
    text(&mut header, &format!("{:07o}", metadata.gid()), 8);
    text(&mut header, &format!("{size:011o}"), 12);
    text(&mut header, &format!("{modified:011o}"), 12);
    let sum_at = header.len();
    text(&mut header, "        ", 8);
    header.push(kind);
    text(&mut header, "", NAME);
    text(&mut header, "ustar  ", 8);
    header.resize(BLOCK, 0);
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    let sum = format!("{sum:06o}\0 ");
    if let Some(place) = header.get_mut(sum_at..sum_at + sum.len()) {
        place.copy_from_slice(sum.as_bytes());
    }
    Ok(header)
}

/// A field of so many bytes.
fn text(header: &mut Vec<u8>, text: &str, width: usize) {
    let end = header.len() + width;
    header.extend_from_slice(text.as_bytes());
    header.resize(end, 0);
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn gnu_tar_reads_it() {
        let folder = tempfile::TempDir::new().unwrap();
        fs::create_dir_all(folder.path().join("var/log/kdump")).unwrap();
        fs::write(folder.path().join("var/log/kdump/x"), vec![b'x'; 513]).unwrap();
        fs::write(folder.path().join("empty"), "").unwrap();
        let place = tempfile::TempDir::new().unwrap();
        let output = place.path().join("new/logs.tar.gz");
        write(folder.path(), &output, false).unwrap();
        let listed = Command::new("tar")
            .arg("-tzf")
            .arg(&output)
            .output()
            .unwrap();
        assert!(
            listed.status.success() && listed.stderr.is_empty(),
            "{listed:?}"
        );
        let mut names: Vec<String> = String::from_utf8(listed.stdout)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect();
        assert_eq!(
            names.first().map(String::as_str),
            Some("bottlerocket-logs/")
        );
        names.sort();
        assert_eq!(
            names,
            [
                "bottlerocket-logs/",
                "bottlerocket-logs/empty",
                "bottlerocket-logs/var/",
                "bottlerocket-logs/var/log/",
                "bottlerocket-logs/var/log/kdump/",
                "bottlerocket-logs/var/log/kdump/x"
            ]
        );
        let one = Command::new("tar")
            .args(["-xzOf"])
            .arg(&output)
            .arg("bottlerocket-logs/var/log/kdump/x")
            .output()
            .unwrap();
        assert_eq!(one.stdout, vec![b'x'; 513]);
    }

    #[test]
    fn the_folder_itself_is_no_place_for_it() {
        let folder = tempfile::TempDir::new().unwrap();
        let told = write(folder.path(), &folder.path().join("x"), false).unwrap_err();
        assert!(
            told.to_string()
                .contains("can not be written to the directory")
        );
    }
}
