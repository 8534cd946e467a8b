//! The lab's one binary under its many names: the programs that stand in for Bottlerocket's own,
//! and the processes that a node consists of. What is a real program on a node is not here.

use std::path::Path;

use anyhow::Result;

use crate::machine::watcher;
use crate::node::systemd::service;
use crate::node::{api, container};

pub(crate) mod apiclient;
pub(crate) mod boot;
mod brush;
mod dmesg;
pub(crate) mod enter;
mod ethtool;
mod logdog;
mod systemctl;
mod systemd_run;
pub(crate) mod traffic;

/// The name of the node's API server.
pub(crate) const APISERVER: &str = "lab-apiserver";
/// The name of the first process in the control container's pid namespace.
pub(crate) const CONTROL_INIT: &str = "lab-control-init";

/// Runs the program by whose name the binary was called, and gives its exit code; `None` when it
/// was called by another name, as `lab`.
///
/// Call it first of all in `main`: some of the programs must have one thread only.
#[must_use]
pub fn main_if_called() -> Option<i32> {
    let mut arguments = std::env::args();
    let called = arguments.next()?;
    let name = Path::new(&called).file_name()?.to_str()?.to_owned();
    let arguments: Vec<String> = arguments.collect();
    run(&name, &arguments)
}

fn run(name: &str, arguments: &[String]) -> Option<i32> {
    Some(match name {
        "apiclient" => apiclient::main(arguments),
        "dmesg" => told(dmesg::main(arguments)),
        "ethtool" => told(ethtool::main(arguments)),
        "logdog" => logdog::main(arguments),
        "sh" => brush::main(arguments),
        "systemctl" => systemctl::main(arguments),
        "systemd-run" => systemd_run::main(arguments),
        boot::BOOT => told(boot::boot(arguments).map(|()| 0)),
        boot::INIT => told(boot::init(arguments).map(|()| 0)),
        APISERVER => told(api::serve().map(|()| 0)),
        container::PROGRAM => told(boot::container(arguments)),
        service::PROGRAM => told(service::main(arguments)),
        CONTROL_INIT => told(boot::control_init()),
        enter::PROGRAM => told(enter::main(arguments)),
        watcher::PROGRAM => told(watcher::main(arguments).map(|()| 0)),
        traffic::WAIT => traffic::wait(),
        traffic::SERVE => told(traffic::serve(arguments).map(|()| 0)),
        traffic::LOAD => told(traffic::load(arguments).map(|()| 0)),
        _ => return None,
    })
}

/// The program's exit code; an error goes to standard error, after the program's name.
fn told(result: Result<i32>) -> i32 {
    result.unwrap_or_else(|error| {
        eprintln!("lab: {error:#}");
        1
    })
}
