//! The `heeler` binary by itself: no lab, no account, no cluster.

use std::time::Duration;

use anyhow::Result;

use crate::harness::{Case, Context, Surroundings};

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("binary::tells_its_version", &[], version),
    Case::new("binary::refuses_what_it_does_not_know", &[], usage),
];

fn version(context: &Context) -> Result<()> {
    let heeler = context.heeler(&Surroundings::new()?)?.args(["--version"]);
    let ended = heeler.limit(Duration::from_secs(10)).expect_exit(0)?;
    let version = concat!("heeler ", env!("CARGO_PKG_VERSION"));
    ended.expect_screen(version).map(drop)
}

fn usage(context: &Context) -> Result<()> {
    let heeler = context
        .heeler(&Surroundings::new()?)?
        .args(["mend", "everything"]);
    heeler.expect_exit(2)?.expect_stderr("mend").map(drop)
}
