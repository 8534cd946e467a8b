//! Files that stand for the kernel's, to change and to change back.

use std::fs;

use crate::action::tests::node::Node;
use crate::action::{Carried, Change, Fits, KernelParameter, NodeChange};
use crate::event::BootId;
use crate::frame::{Answer, Place, read};
use crate::plan::Step;
use crate::syntax::Span;
use crate::value::Value;

use super::{nonce, run as run_script};

/// A change of a file in the node's folder.
#[derive(Debug)]
pub(super) struct File {
    pub(super) path: String,
    pub(super) place: Place,
    /// What reading the present value does first.
    pub(super) before: String,
    /// What setting a value does first.
    pub(super) slow: String,
    /// Nothing can set the old value again.
    pub(super) one_way: bool,
    /// What has to end well where the value is more than asked for.
    pub(super) holds: Option<String>,
    /// The file that counts what has to fit before the value is lowered.
    pub(super) counted: Option<String>,
}

impl File {
    pub(super) fn new(node: &Node, name: &str, value: &str) -> File {
        let path = node.folder().join(name);
        fs::write(&path, value).expect("a file");
        File {
            path: path.display().to_string(),
            place: Place::Admin,
            before: String::new(),
            slow: String::new(),
            one_way: false,
            holds: None,
            counted: None,
        }
    }

    pub(super) fn value(&self) -> String {
        fs::read_to_string(&self.path)
            .expect("a file")
            .trim_end()
            .to_owned()
    }
}

impl Change for File {
    fn subject(&self) -> String {
        self.path.clone()
    }

    fn span(&self) -> Span {
        Span::default()
    }
    fn has_way_back(&self) -> bool {
        !self.one_way
    }

    fn wanted(&self, _: &[Value]) -> Result<String, String> {
        Err("nobody asks it".to_owned())
    }

    fn display(&self, value: &str) -> String {
        value.to_owned()
    }

    fn carried(&self) -> Carried<'_> {
        Carried::Node(self)
    }
}

impl NodeChange for File {
    fn place(&self) -> Place {
        self.place
    }

    fn present(&self) -> String {
        format!("{}cat {}\n", self.before, self.path)
    }

    fn apply(&self, _: &str, to: &str) -> String {
        format!(
            "{1}to='{to}'\n\
             [ \"$to\" != refused ] || {{ cat {0}; echo 'not this one' >&2; exit 1; }}\n\
             [ \"$to\" != rounded ] || {{ echo third | tee {0}; echo 'it is another' >&2; exit 1; }}\n\
             [ \"$to\" != taken ] || {{ echo theirs | tee {0}; exit 65; }}\n\
             echo \"$to\" >{0}\ncat {0}\n",
            self.path, self.slow
        )
    }

    fn withdraw(&self, from: &str) -> Option<String> {
        Some(format!("echo '{from}' | tee {}\n", self.path))
    }

    fn holds(&self, _: &str) -> Option<String> {
        self.holds.clone()
    }

    fn kernel_parameter(&self) -> Option<KernelParameter> {
        Some(KernelParameter {
            name: self.path.rsplit('/').next()?.to_owned(),
            file: self.path.clone(),
        })
    }

    fn fits(&self, from: &str, to: &str) -> Option<Fits> {
        Fits::lowering(self.counted.clone()?, from, to)
    }

    fn by_hand(&self, to: &str) -> String {
        to.to_owned()
    }

    fn without_admin(&self, _: &str) -> Vec<String> {
        Vec::new()
    }
}

pub(super) fn boot() -> BootId {
    let id = fs::read_to_string("/proc/sys/kernel/random/boot_id").expect("an id");
    BootId(id.trim().to_owned())
}

pub(super) fn uptime() -> u64 {
    let text = fs::read_to_string("/proc/uptime").expect("it is up");
    let (seconds, _) = text.split_once('.').expect("hundredths");
    seconds.parse().expect("a number")
}

pub(super) fn answer(node: &Node, shell: &str, script: &str) -> Answer {
    let output = run_script(node, shell, script);
    read(&String::from_utf8_lossy(&output.stdout), &nonce()).expect("an answer")
}

pub(super) fn step<'a>(change: &'a File, from: &'a str, to: &'a str) -> Step<'a> {
    Step {
        change,
        from,
        to,
        back: from,
    }
}
