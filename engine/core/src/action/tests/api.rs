//! A node with settings: its `apiclient` keeps them in a file, and applies them later, as
//! Bottlerocket's does.

use std::fs;
use std::path::PathBuf;

use super::node::Node;

/// A node whose settings can be set.
pub(crate) struct Api {
    pub(crate) node: Node,
}

/// How a script ended: its exit code, and what it printed.
pub(crate) type Ended = (Option<i32>, String, String);

impl Api {
    /// Settings as a JSON document below `settings`.
    pub(crate) fn new(settings: &str) -> Api {
        let node = Node::new();
        let home = node.folder().display();
        let program = format!("home={home}\n{}", include_str!("apiclient.sh"));
        node.program("apiclient", &program);
        let api = Api { node };
        api.write("settings", settings);
        api.write("services", "{}");
        api
    }

    fn path(&self, name: &str) -> PathBuf {
        self.node.folder().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        let text = fs::read_to_string(self.path(name)).unwrap_or_default();
        text.trim_end().to_owned()
    }

    /// A parameter of this node's kernel.
    pub(crate) fn parameter(&self, name: &str, value: &str) {
        let file = self.path("sys").join(name);
        fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
        fs::write(file, format!("{value}\n")).expect("a parameter");
    }

    /// How often services were restarted.
    pub(crate) fn restarts(&self) -> usize {
        self.read("restarts").lines().count()
    }

    /// The script with this node's kernel instead of the machine's own.
    pub(crate) fn here(&self, script: &str) -> String {
        let sys = format!("{}/sys/", self.node.folder().display());
        let proc = "/proc/sys/";
        let boot = "/proc/sys/kernel/random/boot_id";
        script
            .replace(boot, "BOOT")
            .replace(proc, &sys)
            .replace("BOOT", boot)
    }

    pub(crate) fn run(&self, shell: &str, script: &str) -> Ended {
        let output = self.node.run(shell, &self.here(script));
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).trim_end().to_owned();
        (
            output.status.code(),
            text(output.stdout),
            text(output.stderr),
        )
    }
}
