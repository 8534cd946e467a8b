//! Files that take several sessions, by a double that runs what a session would.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::BoxFuture;
use futures::stream::{empty, iter, once, pending};
use futures::{StreamExt as _, TryStreamExt as _};
use heeler_core::logs::LogPath;
use tokio_util::bytes::Bytes;
use tokio_util::task::TaskTracker;

use super::files::Common;
use super::running::Door;
use crate::world::error::{CallError, Cause, Service};
use crate::world::port::{Answer, OpenFile, Part, Printed, StreamedScript, Streams};

const MIB: usize = 1 << 20;

/// A node whose admin container is this machine's shell.
struct Node {
    root: PathBuf,
    /// What happens before a part of a file is printed.
    meanwhile: &'static str,
    end: End,
    sessions: AtomicUsize,
}

/// How each session ends.
#[derive(Clone)]
enum End {
    Well,
    Fails(Cause),
    Never,
}

impl Streams for Node {
    fn stream<'a>(&'a self, script: &'a StreamedScript) -> Answer<'a, Printed> {
        self.sessions.fetch_add(1, Ordering::Relaxed);
        let root = self.root.display().to_string();
        let script = script.script.replace("/.bottlerocket/rootfs", &root);
        let script = script.replace("tail -c", &format!("{}tail -c", self.meanwhile));
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        let pieces: Vec<_> = output
            .stdout
            .chunks(10_000)
            .map(|piece| Ok(Bytes::copy_from_slice(piece)))
            .collect();
        let end = match self.end.clone() {
            End::Well => empty().boxed(),
            End::Fails(cause) => once(async { Err(failed(cause)) }).boxed(),
            End::Never => pending().boxed(),
        };
        Box::pin(async { Ok(iter(pieces).chain(end).boxed()) })
    }

    fn settled(&self) -> BoxFuture<'_, Vec<String>> {
        Box::pin(async { Vec::new() })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn failed(cause: Cause) -> CallError {
    CallError::new(Service::Aws, "ssm:StartSession", "eu-west-1", cause)
}

/// A node with a file of a megabyte, and so many others that a session brings little.
fn stage(name: &str) -> (Arc<Node>, Arc<Door>, Common, LogPath, Vec<u8>) {
    stage_with(name, "", End::Well)
}

fn stage_with(
    name: &str,
    meanwhile: &'static str,
    end: End,
) -> (Arc<Node>, Arc<Door>, Common, LogPath, Vec<u8>) {
    let root = std::env::temp_dir().join(format!("heeler-{name}-{}", std::process::id()));
    let folder = LogPath::pods().unwrap();
    let file = folder.file("0.log").unwrap();
    fs::create_dir_all(format!("{}{folder}", root.display())).unwrap();
    let bytes: Vec<u8> = (0..MIB / 8)
        .flat_map(|n| format!("{n:7}\n").into_bytes())
        .collect();
    fs::write(format!("{}{file}", root.display()), &bytes).unwrap();
    let node = Arc::new(Node {
        root,
        meanwhile,
        end,
        sessions: AtomicUsize::new(0),
    });
    let streams: Arc<dyn Streams> = node.clone();
    let door = Door::new(streams, "i-0abc1234def567890".parse().unwrap(), "eu-west-1");
    let common = Common {
        tasks: TaskTracker::new(),
        open: Arc::new(AtomicUsize::new(1_000)),
        reason: "test".into(),
    };
    (node, Arc::new(door), common, file, bytes)
}

async fn bytes(open: OpenFile) -> Result<Vec<u8>, String> {
    let (length, all) = (open.length, open.bytes.try_collect::<Vec<Bytes>>().await);
    let all = all.map_err(|error| error.what())?.concat();
    assert_eq!(length, Some(all.len() as u64));
    Ok(all)
}

#[tokio::test]
async fn a_file_comes_by_as_many_sessions_as_it_takes() {
    let (node, door, common, file, all) = stage("stretch");
    let open = async |part| common.file(&door, &file, part).await.unwrap();
    let whole = bytes(open(Part::Whole).await.unwrap()).await.unwrap();
    assert!(whole == all, "{} bytes", whole.len());
    assert_eq!(node.sessions.load(Ordering::Relaxed), 4);
    let part = open(Part::From(700_001)).await.unwrap();
    assert_eq!(part.from, 700_001);
    assert!(bytes(part).await.unwrap() == all[700_001..]);
    let first = bytes(open(Part::First(300_000)).await.unwrap())
        .await
        .unwrap();
    assert!(first == all[..300_000]);
    // The byte behind its last one is none.
    assert!(open(Part::From(MIB as u64)).await.is_none());
    assert!(open(Part::From(MIB as u64 - 1)).await.is_some());
    // None is counted any more.
    assert_eq!(common.open.load(Ordering::Relaxed), 1_000);
}

#[tokio::test]
async fn what_is_called_so_by_now_is_not_gone_on_with() {
    let (node, door, common, file, all) = stage("moved");
    let at = format!("{}{file}", node.root.display());
    let mut open = common
        .file(&door, &file, Part::Whole)
        .await
        .unwrap()
        .unwrap();
    let mut came = open.bytes.next().await.unwrap().unwrap().to_vec();
    // It is rotated, and what is written now is longer already.
    fs::rename(&at, format!("{at}.1")).unwrap();
    fs::write(&at, vec![b'x'; 2 * MIB]).unwrap();
    let trouble = loop {
        match open.bytes.next().await.unwrap() {
            Ok(piece) => came.extend_from_slice(&piece),
            Err(trouble) => break trouble,
        }
    };
    assert!(trouble.is_passing() && trouble.what().contains("is another file by now"));
    assert!(
        !came.is_empty() && all.starts_with(&came),
        "{} bytes",
        came.len()
    );
    fs::remove_file(&at).unwrap();
    assert!(
        common
            .file(&door, &file, Part::Whole)
            .await
            .unwrap()
            .is_none()
    );
}

#[tokio::test]
async fn what_is_written_meanwhile_comes_another_time() {
    let grows = "echo more >>\"$path\"\n";
    let (_node, door, common, file, all) = stage_with("grows", grows, End::Well);
    let open = async |part| common.file(&door, &file, part).await.unwrap().unwrap();
    assert!(bytes(open(Part::Whole).await).await.unwrap() == all);
    let end = open(Part::From(MIB as u64 - 1)).await;
    assert!(end.length > Some(1));
    let end = bytes(end).await.unwrap();
    assert!(
        end.starts_with(b"\nmore\n") && end.ends_with(b"more\n"),
        "{end:?}"
    );
}

/// All of it is here, and it is not what the node had.
#[tokio::test]
async fn what_a_session_says_at_its_end_counts() {
    let differs = Cause::Unreadable("its digest differs".to_owned());
    let (_node, door, common, file, all) = stage_with("digest", "", End::Fails(differs));
    let first = common.file(&door, &file, Part::First(100)).await;
    let mut first = first.unwrap().unwrap().bytes;
    assert_eq!(first.next().await.unwrap().unwrap(), all[..100]);
    let trouble = first.next().await.unwrap().unwrap_err();
    assert!(trouble.what().contains("its digest differs"));
    assert!(
        common
            .names(&door, &LogPath::pods().unwrap())
            .await
            .is_err()
    );
}

#[tokio::test]
async fn what_is_dropped_leaves_no_session() {
    let (_node, door, common, file, _) = stage_with("dropped", "", End::Never);
    let open = common.file(&door, &file, Part::Whole).await.unwrap();
    drop(open);
    common.tasks.close();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(10), common.tasks.wait());
    assert!(ended.await.is_ok(), "a session is still listened to");
}
