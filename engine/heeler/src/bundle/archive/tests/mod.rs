//! Archives that nobody would make by accident, made by hand: libraries refuse to.

mod anything;
mod asked;
mod broken;
mod compared;
mod hostile;
mod manifests;
mod searched;
mod written;

use std::convert::Infallible;
use std::fs;
use std::io::{Read as _, Write as _};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use uuid::Uuid;

use super::{Contents, Limits, Refused, Trouble, TroubleKind, Whole, read};

/// A header, with whatever is wanted in it.
fn header(name: &[u8], kind: u8, size: u64) -> [u8; 512] {
    let mut block = [0; 512];
    block[..name.len().min(100)].copy_from_slice(&name[..name.len().min(100)]);
    block[100..107].copy_from_slice(b"0000600");
    block[108..115].copy_from_slice(b"0000000");
    block[116..123].copy_from_slice(b"0000000");
    match size < 1 << 33 {
        true => block[124..135].copy_from_slice(format!("{size:011o}").as_bytes()),
        false => {
            block[124] = 0x80;
            block[128..136].copy_from_slice(&size.to_be_bytes());
        }
    }
    block[136..147].copy_from_slice(b"00000000000");
    block[156] = kind;
    block[257..265].copy_from_slice(b"ustar  \0");
    sealed(block)
}

/// With the right checksum.
fn sealed(mut block: [u8; 512]) -> [u8; 512] {
    block[148..156].copy_from_slice(b"        ");
    let sum: u32 = block.iter().map(|byte| u32::from(*byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

/// A tar in the making.
#[derive(Default)]
struct Tar(Vec<u8>);

impl Tar {
    fn raw(mut self, header: [u8; 512], content: &[u8]) -> Self {
        self.0.extend_from_slice(&header);
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    fn of(self, name: &[u8], kind: u8, content: &[u8]) -> Self {
        self.raw(header(name, kind, content.len() as u64), content)
    }

    fn file(self, name: &str, content: &[u8]) -> Self {
        self.of(name.as_bytes(), b'0', content)
    }

    /// Pax records.
    fn pax(self, kind: u8, records: &[(&str, &str)]) -> Self {
        let mut said = String::new();
        for (key, value) in records {
            let rest = key.len() + value.len() + 3;
            let mut length = rest + 1;
            while length != rest + length.to_string().len() {
                length += 1;
            }
            said.push_str(&format!("{length} {key}={value}\n"));
        }
        self.of(b"pax", kind, said.as_bytes())
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1_024]);
        self.0
    }

    fn packed(self) -> Vec<u8> {
        packed(&self.end())
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

type Came = Vec<(String, Vec<u8>)>;

fn read_with(archive: &[u8], limits: &Limits) -> (Came, Contents) {
    let mut came = Came::new();
    let Ok(contents) = read(archive, limits, |head, content| {
        let mut bytes = Vec::new();
        // What came before it broke off is there.
        let _ = content.read_to_end(&mut bytes);
        came.push((head.label.to_owned(), bytes));
        Ok::<_, Infallible>(ControlFlow::Continue(()))
    });
    let told: Vec<_> = contents
        .members
        .iter()
        .map(|member| &member.label)
        .collect();
    let seen: Vec<_> = came.iter().map(|(label, _)| label).collect();
    assert_eq!(told, seen);
    for (member, (_, bytes)) in contents.members.iter().zip(&came) {
        assert_eq!(member.size, bytes.len() as u64, "{member:?}");
        assert_eq!(member.sha256, sha256(bytes), "{member:?}");
    }
    (came, contents)
}

fn read_all(archive: &[u8]) -> (Came, Contents) {
    read_with(archive, &Limits::default())
}

fn labels(contents: &Contents) -> Vec<&str> {
    let members = contents.members.iter();
    members.map(|member| member.label.as_str()).collect()
}

fn kinds(contents: &Contents) -> Vec<Refused> {
    let refused = contents.refused.iter();
    refused.map(|refusal| refusal.kind).collect()
}

fn trouble(contents: &Contents) -> TroubleKind {
    let trouble: Option<&Trouble> = contents.whole.trouble();
    trouble
        .unwrap_or_else(|| panic!("{:?}", contents.whole))
        .kind
}

fn sha256(bytes: &[u8]) -> String {
    let mut digest = super::digest::Digest::default();
    digest.add(bytes);
    digest.hex()
}

/// A folder that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Self {
        let name = format!("heeler-archive-{}", Uuid::now_v7().simple());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        Scratch(folder)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// What is in it, hidden or not.
    fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a folder");
        let name = |entry: fs::DirEntry| entry.file_name().into_string().expect("UTF-8");
        let mut names: Vec<String> = entries
            .map(|entry| name(entry.expect("an entry")))
            .collect();
        names.sort();
        names
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The same numbers each time: what fails once fails again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).expect("it was one")
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let byte = |_| u8::try_from(self.roll(256)).expect("a byte");
        (0..count).map(byte).collect()
    }
}

#[test]
fn what_logdog_makes_is_read_whole() {
    let errors = b"Error running command 'exec kube-status systemctl status kubelet': 'No such file (os error 2)'\n\nsomething else\n";
    let archive = Tar::default()
        .of(b"bottlerocket-logs/", b'5', b"")
        .file("bottlerocket-logs/os-release", b"ID=bottlerocket\n")
        .file("bottlerocket-logs/var/log/kdump/x/dmesg", b"a\0b")
        .file("bottlerocket-logs/empty", b"")
        .file("./bottlerocket-logs/logdog.errors", errors)
        .packed();
    let (came, contents) = read_all(&archive);
    assert_eq!(contents.whole, Whole::Whole);
    assert_eq!(
        labels(&contents),
        [
            "os-release",
            "var/log/kdump/x/dmesg",
            "empty",
            "logdog.errors"
        ]
    );
    assert_eq!(came[0].1, b"ID=bottlerocket\n");
    let binary = contents.members.iter().map(|member| member.binary);
    assert_eq!(binary.collect::<Vec<_>>(), [false, true, false, false]);
    assert!(contents.refused.is_empty() && contents.logdog_errors_open.is_none());
    let errors = &contents.logdog_errors;
    let request = errors[0].request.as_deref();
    assert_eq!(request, Some("exec kube-status systemctl status kubelet"));
    assert_eq!(errors[0].cause, "No such file (os error 2)");
    assert_eq!(
        (errors[1].request.as_deref(), &*errors[1].cause),
        (None, "something else")
    );
    assert_eq!(errors.len(), 2);
}

#[test]
fn that_logdog_says_nothing_of_its_errors_is_said() {
    let (_, contents) = read_all(&Tar::default().file("a", b"a").packed());
    assert!(contents.logdog_errors_open.is_some());
    let many = "Error running command 'x': 'y'\n".repeat(201);
    let (_, contents) = read_all(
        &Tar::default()
            .file("logdog.errors", many.as_bytes())
            .packed(),
    );
    assert_eq!(contents.logdog_errors.len(), 200);
    assert!(contents.logdog_errors_open.is_some());
}
