//! Each verdict of `conntrack-exhaustion` against all states of a node but its own: with the
//! admin container on and off, and with connection tracking in `/proc/net` and without. Every
//! state is real: the kernel's own counters are asked before and after each run.

mod kernel;
mod log;
mod proxy;
mod round_trips;
mod table;

use anyhow::{Result, ensure};
use heeler_tests::incident::{accept_queue, allowance, clash};
use heeler_tests::node::ProcView;
use heeler_tests::scene::Incident;

use crate::harness::{Case, Context, Need};
use crate::operator::Operator;
use kernel::Truth;
use table::Sight;

const NEEDS: &[Need] = &[Need::Incident];

/// The area's cases.
pub(crate) const CASES: &[Case] = &[
    Case::new("verdicts::full", NEEDS, |context| {
        matrix(context, Incident::Full)
    }),
    Case::new("verdicts::filling", NEEDS, |context| {
        matrix(context, Incident::Filling)
    }),
    Case::new("verdicts::allowance", NEEDS, |context| {
        matrix(context, Incident::Allowance)
    }),
    Case::new("verdicts::proxied_max", NEEDS, |context| {
        matrix(context, Incident::ProxiedMax)
    }),
    Case::new("verdicts::clash", NEEDS, |context| {
        matrix(context, Incident::Clash)
    }),
    Case::new("verdicts::accept_queue", NEEDS, |context| {
        matrix(context, Incident::AcceptQueue)
    }),
    Case::new("verdicts::healthy", NEEDS, |context| {
        matrix(context, Incident::Healthy)
    }),
    Case::new("verdicts::was_full", NEEDS, |context| {
        matrix(context, Incident::WasFull)
    }),
    Case::new(
        "verdicts::log_lines_of_either_wording_tell_of_the_past",
        NEEDS,
        log::wordings,
    ),
    Case::new(
        "verdicts::a_raise_is_undone_by_some_kube_proxies",
        NEEDS,
        proxy::versions,
    ),
    Case::new(
        "verdicts::a_limit_is_kube_proxys_by_its_own_values",
        NEEDS,
        proxy::values,
    ),
    Case::new(
        "verdicts::one_command_also_without_gzip_and_with_192_cpus",
        NEEDS,
        round_trips::one_command,
    ),
    Case::new(
        "verdicts::a_long_reply_is_fetched_and_said_to_be",
        NEEDS,
        round_trips::fetched,
    ),
];

/// One incident, seen in all ways.
fn matrix(context: &Context, incident: Incident) -> Result<()> {
    for (proc, without_admin) in [
        (ProcView::Kernel, Sight::Counters),
        (ProcView::Absent, Sight::SizeOnly),
    ] {
        let operator =
            Operator::with(context, context.plan().instant().proc(proc), base(incident))?;
        let on_top = on_top(incident, &operator)?;
        check(&operator, incident, without_admin)?;
        operator.switch_admin(true)?;
        check(&operator, incident, Sight::Whole)?;
        // The kernel repeats for a minute what the clients of a queue have left half open.
        if on_top.is_some() && incident != Incident::AcceptQueue {
            // Its counters stay where they are: an old total is nothing that happens now.
            drop(on_top);
            kernel::settle(&operator)?;
            check(&operator, Incident::Healthy, Sight::Whole)?;
        }
    }
    Ok(())
}

/// What holds the machine's limit. Incidents that do without play in a node that is well: else
/// the limit would be whatever this machine happens to have.
fn base(incident: Incident) -> Incident {
    if incident.changes_the_machine() {
        incident
    } else {
        Incident::Healthy
    }
}

/// The incident itself where it has no limit of its own; it ends with the value.
fn on_top(incident: Incident, operator: &Operator<'_>) -> Result<Option<Box<dyn Send>>> {
    let (node, pod) = (operator.node()?, operator.pod()?);
    Ok(match incident {
        Incident::Allowance => Some(Box::new(allowance::start(node)?)),
        Incident::Clash => Some(Box::new(clash::start(node, &pod)?)),
        Incident::AcceptQueue => Some(Box::new(accept_queue::start(node, &pod)?)),
        _ => None,
    })
}

/// One run: every verdict, the kernel's truth, and the price.
fn check(operator: &Operator<'_>, incident: Incident, sight: Sight) -> Result<()> {
    operator.lab.aws().forget_calls();
    let before = Truth::now(operator)?;
    let report = operator.judge()?;
    let after = Truth::now(operator)?;
    kernel::expect_real(incident, &before, &after)?;
    table::expect(&report, incident, sight)?;
    kernel::expect_told(&report, &before, &after)?;
    let sees_counters = report.number("traffic", "/drop/total")?.is_some();
    ensure!(
        sees_counters == (sight != Sight::SizeOnly),
        "the counters' sight is not {sight:?}\n{}",
        report.ended
    );
    operator.expect_calls("SendCommand", 1)?;
    operator.expect_calls("GetCommandInvocation", 0)
}
