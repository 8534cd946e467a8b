//! How full the file system is that holds a path of the host.
//!
//! `df` inside the admin container shows an overlay, so the host's own `df` is asked. The data
//! volume is known without it: the control container has its persistent folder there, which is a
//! folder of the host's `/local` (host-ctr, `withDefaultMounts`), and `/var`, `/opt` and `/mnt` are
//! bind mounts of `/local`. What lies deeper may be another file system.

use std::time::Duration;

use super::answer::{Words, garbled, text};
use super::text::Slot;
use super::{
    Action, Filling, HOST_ROOT, Look, LookText, Rung, Source, Target, parameters, shell_quote,
};
use crate::frame::{Place, Reply};
use crate::syntax::{Faults, Key, Shape, Spanned, Spelling, Tree};
use crate::value::{Bytes, Kind, Share, Value, Why};

/// Mount points of the data volume's file system.
const DATA: [&str; 4] = ["/local", "/var", "/opt", "/mnt"];
/// The control container's folder on that file system.
const PERSISTENT: &str = "/.bottlerocket/host-containers/current";

const KEYS: &[Key] = &[Key::required(
    "path",
    Shape::Filled(Spelling::Own {
        example: "/var/lib/containerd",
        pattern: r"^/[^\u0000-\u001f\u007f-\u009f]*$",
        fits: is_path,
    }),
    "A path of the host, from the root on",
)];

#[derive(Debug)]
pub(super) struct Disk;

impl Action for Disk {
    fn name(&self) -> &'static str {
        "disk"
    }

    fn summary(&self) -> &'static str {
        "How full the file system is that holds a path of the host; all is absent where there is no such path"
    }

    fn look_shape(&self) -> Option<Shape> {
        Some(Shape::Keys(KEYS))
    }

    fn look(&self, parameters: &Tree, faults: &mut Faults) -> Option<Box<dyn Look>> {
        let fields = parameters::fields(self.name(), parameters, KEYS, faults)?;
        let path = fields
            .require("path", "a `disk` look", faults)?
            .expect_text("`path`", faults)?;
        let mut texts = Vec::new();
        let slot = Slot::of(path, Filling::Plain, &mut texts);
        if matches!(slot, Slot::Fixed(_)) && !is_path(&path.value) {
            refuse(path, faults);
            return None;
        }
        Some(Box::new(DiskLook { path: slot, texts }))
    }
}

fn refuse(path: &Spanned<String>, faults: &mut Faults) {
    faults
        .error(
            "not-a-path",
            path.span,
            format!("`{}` is no path of the host", path.value.escape_debug()),
        )
        .help("write it from the root on, on one line: `/var/lib/containerd`");
}

/// From the root on, and on one line.
fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text.chars().any(char::is_control)
}

#[derive(Debug)]
struct DiskLook {
    path: Slot,
    texts: Vec<LookText>,
}

impl Look for DiskLook {
    fn kind(&self) -> Kind {
        Kind::record([
            ("size", Kind::Bytes, "the whole file system"),
            ("used", Kind::Bytes, "what is taken"),
            (
                "available",
                Kind::Bytes,
                "what programs could still write; less than the rest, where some is kept back",
            ),
            (
                "used_share",
                Kind::Share,
                "what is taken of what programs can use",
            ),
            (
                "inodes_used_share",
                Kind::Share,
                "the same for inodes; absent where the file system does not count them",
            ),
        ])
    }

    fn texts(&self) -> &[LookText] {
        &self.texts
    }

    fn source(&self, target: &Target) -> Result<Source, Why> {
        let path = self.path.get(target);
        let filled = target.texts.len() >= self.texts.len();
        if filled && !is_path(path) {
            let shown = path.escape_debug();
            return Err(Why::Unusable(format!("`{shown}` is no path of the host")));
        }
        let rung = |place, needs, script: String| Rung {
            place,
            only_where: None,
            needs,
            script,
            limit: Duration::from_secs(5),
            most_bytes: 128,
        };
        let host = format!(
            "path={}\n{}",
            shell_quote(path),
            HOST.replace("ROOT", HOST_ROOT)
        );
        let mut rungs = vec![rung(Place::Host, "df on the host", host)];
        // Before it is filled in, the path may be any.
        if !filled || DATA.contains(&path) {
            let control = Rung {
                only_where: Some(format!("[ -d {PERSISTENT} ]")),
                ..rung(
                    Place::Control,
                    PERSISTENT,
                    CONTROL.replace("FOLDER", PERSISTENT),
                )
            };
            rungs.insert(0, control);
        }
        Ok(Source::Node(rungs))
    }

    fn read(&self, reply: &Reply, _: &Target) -> Result<Value, Why> {
        let mut words = Words::of(text(reply)?);
        let mut numbers = [None; 5];
        for number in &mut numbers {
            *number = words.number_if_any::<u64>()?;
        }
        words.end()?;
        let [size, used, available, inodes, inodes_used] = numbers;
        let bytes = |number: Option<u64>| {
            number.map_or(Value::Absent, |number| Value::Bytes(Bytes(number)))
        };
        let usable = used.zip(available).map(|(used, available)| {
            used.checked_add(available)
                .ok_or_else(|| garbled("too much disk"))
        });
        Ok(Value::record([
            ("size", bytes(size)),
            ("used", bytes(used)),
            ("available", bytes(available)),
            ("used_share", share(used, usable.transpose()?)),
            ("inodes_used_share", share(inodes_used, inodes)),
        ]))
    }
}

/// Absent where there is nothing to take a share of.
fn share(part: Option<u64>, whole: Option<u64>) -> Value {
    match (part, whole) {
        (Some(part), Some(whole)) if whole > 0 => {
            Value::Share(Share((part as f64 / whole as f64).min(1.0)))
        }
        _ => Value::Absent,
    }
}

/// Size, used, available, inodes and used inodes, in one line; `-` for what is not counted. chroot's
/// own exit codes from 125 on say that there is no such program there.
const HOST: &str = r#"chroot ROOT test -e "$path"
case $? in
0) ;;
1) echo '- - - - -'; exit 0 ;;
*) exit 69 ;;
esac
found=$(chroot ROOT df -B1 --output=size,used,avail,itotal,iused "$path") || exit 1
printf '%s\n' "$found" | tail -n 1
"#;

/// The same for the data volume, as the control container sees it.
const CONTROL: &str = r#"found=$(df -B1 --output=size,used,avail,itotal,iused FOLDER) || exit 1
printf '%s\n' "$found" | tail -n 1
"#;
