//! The integration suite: one binary on `libtest-mimic`, because a test that this machine can't
//! run is *ignored* here, with the reason and the one command that helps. With
//! `HEELER_TESTS_IGNORED=fail` that is a failure of the whole binary.
//!
//! It drives programs (`heeler`, the lab's command, the AWS CLI, boto3, kubectl, a JSON Schema validator) and reads what
//! they print, what the lab's endpoints counted and what the kernel says. It never calls the
//! engine's code.
//!
//! # To add an area
//! 1. Write `suite/AREA.rs` with a module doc and `pub const CASES: &[Case]`; each case has the
//!    name `AREA::what_it_shows`, its needs, and a function `fn(&Context) -> anyhow::Result<()>`.
//!    A case that has nodes needs [`harness::Need::Nodes`]; one that has an incident
//!    [`harness::Need::Incident`], of which one runs at a time beside the others; one that looks at
//!    the machine itself [`harness::Need::Machine`], and runs alone. What an incident changes, such as
//!    `nf_conntrack_max`, is for cases with an incident only to ask for.
//! 2. Name it below, and in [`AREAS`].
//! 3. Break what the case is about once, and see it fail.
//!
//! ```ignore
//! let lab = Lab::start(context.plan().incident(Incident::Full))?;
//! let operator = Surroundings::in_lab(&lab)?;
//! let run = ["run", "conntrack-exhaustion", "--node", &lab.node()?.config().name];
//! let ended = context.heeler(&operator)?.args(run).expect_exit(3)?;
//! ended.expect_stdout("table-full")?;
//! ```

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::expect_used,
    clippy::string_slice,
    reason = "tests: a panic is a failure, and what they say they print"
)]

mod account;
mod approve;
mod aws_cli;
mod bad_input;
mod binary;
mod boto3;
mod bundle;
mod cases;
mod cluster;
mod fix;
mod getting_started;
mod guarded;
mod harness;
mod house;
mod kubectl;
mod kubectl_guard;
mod language;
mod lint;
mod live_language;
mod logdog;
mod logs;
mod machine;
mod operator;
mod pyssm;
mod ramp;
mod screens;
mod shared;
mod traces;
mod units;
mod verdicts;

use std::process::ExitCode;

use harness::Case;

/// Every area.
const AREAS: &[&[Case]] = &[
    harness::redact::CASES,
    harness::turn::CASES,
    house::CASES,
    binary::CASES,
    language::CASES,
    lint::CASES,
    aws_cli::CASES,
    boto3::CASES,
    kubectl::CASES,
    getting_started::CASES,
    logs::CASES,
    bundle::CASES,
    pyssm::CASES,
    logdog::CASES,
    kubectl_guard::CASES,
    cases::files::CASES,
    cases::recorded::CASES,
    verdicts::CASES,
    fix::CASES,
    approve::CASES,
    guarded::cases::CASES,
    ramp::CASES,
    shared::CASES,
    screens::CASES,
    bad_input::answers::CASES,
    bad_input::data::CASES,
    bad_input::fleet::CASES,
    bad_input::interrupt::CASES,
    bad_input::journal::CASES,
    bad_input::names::CASES,
    bad_input::outputs::CASES,
    bad_input::place::CASES,
    bad_input::rights::CASES,
    bad_input::secrets::CASES,
    bad_input::silence::CASES,
    bad_input::targets::CASES,
    machine::CASES,
    units::CASES,
    live_language::authoring::CASES,
    live_language::disk::CASES,
    live_language::inputs::CASES,
    live_language::journal::CASES,
    live_language::lint::CASES,
    live_language::lists::CASES,
    live_language::nodes::CASES,
    live_language::scripts::CASES,
    live_language::secrets::CASES,
    live_language::time::CASES,
];

fn main() -> ExitCode {
    harness::run(AREAS)
}
