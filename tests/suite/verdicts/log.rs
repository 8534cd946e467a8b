//! The kernel's log as the only witness: lines in either wording, and no counter that moved.

use anyhow::{Result, ensure};

use super::table::{self, Sight};
use crate::harness::Context;
use crate::operator::Operator;
use heeler_tests::scene::Incident;

/// The message of older kernels, and of the machine's own namespace in newer ones; then that of
/// newer ones.
const WORDINGS: [&str; 2] = [
    "nf_conntrack: table full, dropping packet",
    "nf_conntrack: nf_conntrack: table full in netns 4026532249, dropping packet",
];

pub(super) fn wordings(context: &Context) -> Result<()> {
    let plan = context.plan().instant().admin(true);
    let operator = Operator::with(context, plan, Incident::Healthy)?;
    let node = operator.node()?;
    node.plant_kernel_line("eth0: link becomes ready")?;
    table::expect(&operator.judge()?, Incident::Healthy, Sight::Whole)?;
    for (lines, wording) in (1..).zip(WORDINGS) {
        node.plant_kernel_line(wording)?;
        let report = operator.judge()?;
        table::expect(&report, Incident::WasFull, Sight::Whole)?;
        ensure!(
            report.number("log", "/lines")? == Some(lines),
            "{lines} lines were planted\n{}",
            report.ended
        );
        ensure!(
            operator.lab.kernel_counters()?.drop == 0,
            "the kernel has dropped"
        );
    }
    Ok(())
}
