//! What `heeler run` does about the bundles that its runbook wants, as typed.

use std::path::PathBuf;

use clap::Args;

/// About the bundles that a runbook wants.
#[derive(Debug, Args)]
pub(in crate::cli) struct WantedArgs {
    /// The folder for the bundles that the runbook makes; `bundles` in the state folder otherwise
    #[arg(long, value_name = "DIR")]
    pub bundles_to: Option<PathBuf>,
    /// Make no bundles, whatever the runbook wants
    #[arg(long, conflicts_with = "bundles_to")]
    pub no_bundles: bool,
    /// Of how many nodes at most one is made
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..=100))]
    pub most_bundles: u16,
}
