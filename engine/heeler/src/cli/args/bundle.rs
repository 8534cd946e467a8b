//! The command line of `heeler bundle`, as typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// `heeler bundle`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_help = "It runs logdog in the admin container and fetches what it makes through the node proxy, which needs the \
    right `get nodes/proxy`: that is close to root on the node, and nothing but logs is read with it; or without \
    it from the kubelet itself, with the right `get nodes/log`. Where the admin container is off it takes what can be had without. \
    The answers to the looks of runbooks come, too, for `heeler run RUNBOOK --bundle FILE`. Exit status: 0 all of it \
    came; 1 something is missing, and it is said what; 2 wrong use."
)]
pub(in crate::cli) struct BundleArgs {
    /// Which node.
    #[command(flatten)]
    pub make: BundleMakeArgs,
    /// Ask bundles instead.
    #[command(subcommand)]
    pub command: Option<BundleCommand>,
}

/// A bundle that is made.
#[derive(Debug, Args)]
pub(in crate::cli) struct BundleMakeArgs {
    /// The node of this pod: NAMESPACE/NAME, or the beginning of a name that fits one pod
    #[arg(long, value_name = "NS/NAME", conflicts_with_all = ["node", "instance"])]
    pub pod: Option<String>,
    /// The node by its name in Kubernetes
    #[arg(long, value_name = "NAME", conflicts_with = "instance")]
    pub node: Option<String>,
    /// The node by its EC2 instance id
    #[arg(long, value_name = "ID")]
    pub instance: Option<String>,
    /// The file; heeler-NODE-TIME.tar.gz in the working directory otherwise
    #[arg(short = 'o', value_name = "FILE")]
    pub to: Option<PathBuf>,
    /// Where the node proxy is allowed and fails, ask the kubelet itself: it sees your credentials
    #[arg(long)]
    pub through_kubelet: bool,
    /// Where there is no way to the kubelet, stream it through Session Manager, without a limit to its size: the account may
    /// keep transcripts of sessions, secrets included
    #[arg(long)]
    pub through_session: bool,
    /// Where there is no way to the kubelet, fetch up to 4 MiB with SSM commands: SSM and the node keep a copy of that for some
    /// time, secrets included
    #[arg(long)]
    pub through_ssm: bool,
    /// Where there is no node proxy, have the node upload it to this bucket of yours, from where it is fetched and
    /// deleted: s3://BUCKET or s3://BUCKET/PREFIX. Whoever may read the bucket can read it meanwhile
    #[arg(long, value_name = "PLACE")]
    pub through_s3: Option<String>,
    /// Leave out the logs of the node's pods
    #[arg(long)]
    pub no_pod_logs: bool,
    /// Ask the looks of this runbook, too, beside those of the bundled ones and of --runbooks (repeatable)
    #[arg(long, value_name = "NAME|FILE")]
    pub runbook: Vec<String>,
}

/// What bundles are asked; logdog's own tarballs, too.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BundleCommand {
    /// Say what is in a bundle, or print one of its members
    Show {
        /// The bundle
        #[arg(value_name = "FILE")]
        bundle: PathBuf,
        /// A member, as `show` lists it
        member: Option<String>,
    },
    /// Print the lines of bundles that match a regular expression
    Grep(BundleGrepArgs),
    /// Say what differs between two bundles
    Diff {
        /// The earlier one
        #[arg(value_name = "FILE")]
        a: PathBuf,
        /// The later one
        #[arg(value_name = "FILE")]
        b: PathBuf,
    },
}

/// `heeler bundle grep`.
#[derive(Debug, Args)]
pub(in crate::cli) struct BundleGrepArgs {
    /// The regular expression
    pub pattern: String,
    /// The bundles
    #[arg(value_name = "FILE", required = true)]
    pub bundles: Vec<PathBuf>,
    /// Only in members whose names match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub member: Option<String>,
    /// After so many matches it is enough
    #[arg(long, value_name = "N", default_value_t = 10_000)]
    pub most: u64,
}
