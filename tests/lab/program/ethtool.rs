//! `ethtool`: the ENA driver's statistics for `eth0`; every other call goes to the real program.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt;
use std::process::Command;

use anyhow::{Context, Result};

use crate::node::ena;
use crate::node::state::{State, file};

const REAL: &str = "/.lab/image/real/ethtool";

/// Prints the statistics, or becomes the real program.
pub(crate) fn main(arguments: &[String]) -> Result<i32> {
    if let [flag, device] = arguments
        && (flag == "-S" || flag == "--statistics")
        && device == ena::DEVICE
    {
        let counters: BTreeMap<String, u64> = State::of_this_node()?.read_json(file::ENA)?;
        print!("{}", ena::statistics(&counters));
        return Ok(0);
    }
    Err(Command::new(REAL).arg0("ethtool").args(arguments).exec())
        .context("running the real ethtool")
}
