//! Dressed scripts, run by the shells of this machine and read back.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::{GzEncoder, MultiGzDecoder};
use proptest::prelude::*;

use super::super::reading::Bounded;
use super::super::{ChannelFault, Ended, Reading, dress};
use crate::frame::{Nonce, Place};

/// More than any script here prints.
const MOST: u64 = 16 << 20;

fn nonce() -> Nonce {
    Nonce::new([1, 2, 3, 4, 5, 6, 7, 8])
}

/// What the agent does with the parameter: words as a shell splits them, and no shell.
fn run(script: &str, limit: u64, path: Option<&str>) -> Vec<u8> {
    run_at(Place::Control, script, limit, path)
}

fn run_at(place: Place, script: &str, limit: u64, path: Option<&str>) -> Vec<u8> {
    let dressed = dress(script, place, Duration::from_secs(limit), nonce()).unwrap();
    // Words that hold nothing but letters and one in single quotes, in which there is no other.
    let (head, word) = dressed.command.split_once('\'').unwrap();
    assert_eq!(head, "sh -c ");
    let word = word.strip_suffix('\'').unwrap();
    assert!(!word.contains('\'') && !word.contains("{{"));
    let mut command = Command::new("sh");
    command.args(["-c", word]).stdin(Stdio::null());
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.output().unwrap().stdout
}

fn read(printed: &[u8]) -> Result<(Vec<u8>, Ended), ChannelFault> {
    let mut reading = Reading::new(nonce(), MOST);
    let mut bytes = Vec::new();
    for part in printed.chunks(7) {
        bytes.extend(reading.take(part)?);
    }
    Ok((bytes, reading.finish()?.clone()))
}

fn well(size: u64) -> Ended {
    Ended {
        exit: 0,
        size,
        said: String::new(),
    }
}

#[test]
fn what_a_script_prints_comes_back_byte_for_byte() {
    let all: Vec<u8> = (0..=255).collect();
    let (bytes, ended) = read(&run(
        "for i in $(seq 0 255); do printf \"\\\\$(printf %o $i)\"; done",
        10,
        None,
    ))
    .unwrap();
    assert_eq!(bytes, all);
    assert_eq!(ended, well(256));
    let (bytes, ended) = read(&run(
        "printf '%s' \"$0 {{ssm:x}} 'q'\"; cat; echo no >&2; exit 7",
        10,
        None,
    ))
    .unwrap();
    assert_eq!(bytes, b"heeler {{ssm:x}} 'q'");
    assert_eq!((ended.exit, ended.said.as_str()), (7, "no"));
    let (bytes, ended) = read(&run(":", 10, None)).unwrap();
    assert_eq!((bytes.len(), ended), (0, well(0)));
}

#[test]
fn much_comes_back_and_what_takes_too_long_is_ended() {
    let (bytes, ended) = read(&run("head -c 3000000 /dev/zero; seq 100000", 20, None)).unwrap();
    assert_eq!(bytes.len(), 3_000_000 + 588_895);
    assert_eq!(ended.exit, 0);
    let (bytes, ended) = read(&run("echo a; sleep 30; echo b", 1, None)).unwrap();
    assert_eq!((bytes.as_slice(), ended.exit), (b"a\n".as_slice(), 124));
}

#[test]
fn it_does_without_gzip() {
    let folder = std::env::temp_dir().join(format!("heeler-no-gzip-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for name in [
        "sh",
        "timeout",
        "base64",
        "sha256sum",
        "wc",
        "tee",
        "tr",
        "head",
        "cat",
        "seq",
    ] {
        let found = Command::new("sh")
            .args(["-c", &format!("command -v {name}")])
            .output()
            .unwrap();
        let found = String::from_utf8(found.stdout).unwrap();
        let _ = std::os::unix::fs::symlink(found.trim(), folder.join(name));
    }
    let printed = run("seq 1000", 10, folder.to_str());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(
        printed.starts_with(b"=0102030405060708 begin cat\n"),
        "{printed:?}"
    );
    let (bytes, ended) = read(&printed).unwrap();
    assert_eq!((bytes.len(), ended.exit), (3_893, 0));
}

#[test]
fn what_is_lost_or_changed_on_the_way_is_told() {
    let printed = run("seq 10000", 10, None);
    let lines: Vec<&[u8]> = printed.split_inclusive(|byte| *byte == b'\n').collect();
    let (last, rest) = lines.split_last().unwrap();
    assert_eq!(read(&rest.concat()), Err(ChannelFault::CutShort));
    // A line in the middle that is gone.
    let mut holed: Vec<&[u8]> = rest.to_vec();
    holed.remove(5);
    assert!(read(&[holed.concat(), last.to_vec()].concat()).is_err());
    // An end that tells of another digest, or size.
    let text = String::from_utf8(last.to_vec()).unwrap();
    let digest = text
        .split_whitespace()
        .find(|word| word.len() == 64)
        .unwrap();
    let flipped: String = digest.chars().rev().collect();
    let other = text.replace(digest, &flipped);
    assert_eq!(
        read(&[rest.concat(), other.into_bytes()].concat()),
        Err(ChannelFault::Differs("its digest differs"))
    );
    let other = text.replace(" 48894", " 48895");
    assert_eq!(
        read(&[rest.concat(), other.into_bytes()].concat()),
        Err(ChannelFault::Differs("it has another size"))
    );
    // Somebody else's.
    let mut reading = Reading::new(Nonce::new([9; 8]), MOST);
    assert!(matches!(reading.take(&printed), Err(ChannelFault::Odd(_))));
    // What stands behind the end.
    let mut whole = printed.clone();
    whole.write_all(b"YQ==\n").unwrap();
    assert!(matches!(read(&whole), Err(ChannelFault::Odd(_))));
    // It ends once: nothing begins after that.
    let again = [printed.clone(), printed.clone()].concat();
    assert!(matches!(read(&again), Err(ChannelFault::Odd(_))));
    let endless = [b"=0102030405060708 begin cat\n".to_vec(), vec![b'A'; 5_000]].concat();
    assert!(matches!(read(&endless), Err(ChannelFault::Odd(_))));
}

/// What a script prints as its agent sends it, packed or not.
fn sent(pack: &str, bytes: &[u8]) -> Vec<u8> {
    let text = STANDARD.encode(bytes);
    let lines = text.as_bytes().chunks(76).flat_map(|line| [line, b"\n"]);
    let begin = format!("=0102030405060708 begin {pack}\n").into_bytes();
    [begin, lines.collect::<Vec<_>>().concat()].concat()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

#[test]
fn more_than_is_taken_is_told_and_what_fits_is_not() {
    let zeros = vec![0; 100_000];
    for (pack, bytes) in [("gzip", packed(&zeros)), ("cat", zeros.clone())] {
        let sent = sent(pack, &bytes);
        let mut fits = Reading::new(nonce(), 100_000);
        let mut short = Reading::new(nonce(), 99_999);
        // What is packed is handed on at its end alone.
        let end = b"=0102030405060708 end rc 0 100000 - 00\n";
        let took = |reading: &mut Reading| match reading.take(&sent) {
            Ok(printed) => reading.take(end).map(|last| printed.len() + last.len()),
            Err(fault) => Err(fault),
        };
        assert_eq!(took(&mut short), Err(ChannelFault::TooMuch), "{pack}");
        assert!(
            !matches!(took(&mut fits), Err(ChannelFault::TooMuch)),
            "{pack}"
        );
    }
}

/// One frame may hold what unpacks to a thousand times as much.
#[test]
fn what_unpacks_to_too_much_is_not_held() {
    let bomb = packed(&vec![0; 20_000_000]);
    let bounded = Bounded {
        room: 1_000_000,
        ..Bounded::default()
    };
    let mut gunzip = MultiGzDecoder::new(bounded);
    assert!(gunzip.write_all(&bomb).is_err());
    let bounded = gunzip.get_ref();
    assert!(bounded.has_more && bounded.bytes.capacity() < 4_000_000);
    assert_eq!((bounded.bytes.len(), bounded.room), (1_000_000, 0));
}

#[test]
fn a_script_that_no_parameter_holds_is_refused() {
    let limit = Duration::from_secs(1);
    let fits = |length: usize, place| dress(&"#".repeat(length), place, limit, nonce()).is_some();
    assert!(fits(30_000, Place::Control) && !fits(40_000, Place::Control));
    assert!(fits(8_000, Place::Admin) && !fits(9_000, Place::Admin));
    assert!(!fits(1, Place::Host));
}

/// A folder with an `apiclient` that runs, both streams in one, what `exec -T admin` is to run; `said` stands before it.
fn with_admin(name: &str, said: &str) -> (std::path::PathBuf, String) {
    let folder = std::env::temp_dir().join(format!("heeler-{name}-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let at = folder.join("apiclient");
    let text = format!(
        "#!/bin/sh\n[ \"$1 $2 $3\" = 'exec -T admin' ] || exit 2\nshift 3\n{said}\n\"$@\" 2>&1\n"
    );
    std::fs::write(&at, text).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&at, mode).unwrap();
    let path = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{path}", folder.display());
    (folder, path)
}

#[test]
fn in_the_admin_container_both_streams_are_one_and_told_apart() {
    let (folder, path) = with_admin("admin", ":");
    let script = "seq 20000; echo odd >&2; seq 20000; cat; echo 'the end' >&2; exit 3";
    let printed = run_at(Place::Admin, script, 10, Some(&path));
    let (bytes, ended) = read(&printed).unwrap();
    assert_eq!(bytes.len(), 2 * 108_894);
    assert_eq!((ended.exit, ended.said.as_str()), (3, "odd the end"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_admin_container_that_is_off_is_known_by_the_words_of_ctr() {
    for (words, is_off) in [
        (
            r#"container "admin" in namespace "default": not found"#,
            true,
        ),
        (
            "no running task found: task admin not found: not found",
            true,
        ),
        ("OCI runtime exec failed: exec failed", false),
    ] {
        let (folder, path) = with_admin("off", &format!("echo 'ctr: {words}'; exit 1"));
        let printed = run_at(Place::Admin, "echo a", 10, Some(&path));
        std::fs::remove_dir_all(&folder).unwrap();
        let fault = read(&printed).unwrap_err();
        assert_eq!(
            fault == ChannelFault::AdminOff,
            is_off,
            "{words}: {fault:?}"
        );
    }
    // Once the script's own output has begun they are only somebody's words.
    let (folder, path) = with_admin("later", ":");
    let printed = run_at(
        Place::Admin,
        "echo 'ctr: no running task found'",
        10,
        Some(&path),
    );
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(read(&printed).unwrap().0, b"ctr: no running task found\n");
}

proptest! {
    #[test]
    fn wherever_it_is_cut_the_bytes_are_the_same(cuts in prop::collection::vec(1..200_usize, 1..50)) {
        static PRINTED: std::sync::LazyLock<Vec<u8>> = std::sync::LazyLock::new(|| run("seq 3000", 10, None));
        let mut reading = Reading::new(nonce(), MOST);
        let (mut bytes, mut rest) = (Vec::new(), PRINTED.as_slice());
        for cut in cuts.iter().cycle() {
            let (now, later) = rest.split_at((*cut).min(rest.len()));
            bytes.extend(reading.take(now).unwrap());
            rest = later;
            if rest.is_empty() {
                break;
            }
        }
        prop_assert_eq!(reading.finish().unwrap().size, 13_893);
        prop_assert_eq!(bytes.len(), 13_893);
    }
}
