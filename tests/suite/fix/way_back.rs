//! What `heeler revert` must not touch: a value that is not the fix's own any more.

use anyhow::Result;

use super::repair::{AFTER, Repair};
use crate::harness::Context;

pub(super) fn other_value(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let fix = repair.applied()?;
    repair.operator.set_time_wait(17)?;
    let refused = repair.heeler(&format!("revert {fix}"))?.expect_exit(5)?;
    refused
        .expect_stdout("is `17` now")?
        .expect_stdout("nothing changed")?;
    repair.operator.expect_time_wait(17)
}

pub(super) fn other_boot(context: &Context) -> Result<()> {
    let repair = Repair::start(context)?;
    let fix = repair.applied()?;
    repair.operator.lab.reboot(repair.operator.node()?)?;
    // Even though somebody has set the same value again since.
    repair.operator.set_time_wait(AFTER)?;
    let refused = repair.heeler(&format!("revert {fix}"))?.expect_exit(5)?;
    refused
        .expect_stdout("has been restarted")?
        .expect_stdout("nothing changed")?;
    repair.operator.expect_time_wait(AFTER)
}
