//! The command line, as typed.

mod bundle;
mod wanted;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(super) use bundle::{BundleArgs, BundleCommand, BundleGrepArgs, BundleMakeArgs};
pub(super) use wanted::WantedArgs;

/// On-call runbooks for Bottlerocket nodes on Amazon EKS.
#[derive(Debug, Parser)]
#[command(
    name = "heeler",
    version,
    max_term_width = 100,
    arg_required_else_help = true
)]
#[command(
    after_help = "Exit status, the highest that applies: 7 stuck, 6 reverted, 5 refused, \
    1 failed, 3 a finding holds, 4 none holds and some could not be told, 0 none holds, or the \
    fix is kept, or only a plan was asked for. Usage 2, interrupted 130."
)]
pub(super) struct Cli {
    /// What applies to every command.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What applies to every command.
#[derive(Debug, Clone, Args)]
pub(super) struct Global {
    /// Kubeconfig context; the current one otherwise
    #[arg(long, global = true, value_name = "NAME")]
    pub context: Option<String>,
    /// AWS profile; what the environment says otherwise
    #[arg(long, global = true, value_name = "NAME")]
    pub profile: Option<String>,
    /// AWS region; the node's own otherwise
    #[arg(long, global = true, value_name = "REGION")]
    pub region: Option<String>,
    /// Name of the EKS cluster, where the kubeconfig does not say it
    #[arg(long, global = true, value_name = "NAME")]
    pub cluster: Option<String>,
    /// How the answer is printed
    #[arg(long, global = true, value_enum, default_value_t = Output::Text)]
    pub output: Output,
    /// A folder of runbooks that come before the bundled ones
    #[arg(long, global = true, value_name = "DIR")]
    pub runbooks: Option<PathBuf>,
    /// The policy; heeler.yaml in the working directory otherwise, where there is one
    #[arg(long, global = true, value_name = "FILE", env = "HEELER_POLICY")]
    pub policy: Option<PathBuf>,
}

/// How the answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    /// For people.
    Text,
    /// One JSON document, versioned.
    Json,
    /// SARIF 2.1.0, for code scanning; `heeler lint` only.
    Sarif,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Look at nodes and say what is wrong
    Run(RunArgs),
    /// Read the live values and show what a fix would do; change nothing
    Plan(PlanArgs),
    /// Put your name to a plan that somebody else wants to apply; prints the approval
    Approve(ApproveArgs),
    /// Apply a fix that a run has offered
    Fix(FixArgs),
    /// Take back what a fix has changed
    Revert(RevertArgs),
    /// Stop all changes of a cluster: no new one starts, by anybody
    Stop(StopArgs),
    /// Print the logs of pods from their nodes' disks, rotated ones too; needs no log collector
    Logs(LogsArgs),
    /// Put what a node can say of itself into one file, without secrets; or ask such files
    Bundle(BundleArgs),
    /// List the runs of the journal, the latest first
    Runs {
        /// How many
        #[arg(long, default_value_t = 20, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
        limit: u32,
    },
    /// Print the report of a run again; exits as the run did
    Report {
        /// The run's id, or the beginning of it
        run: String,
    },
    /// Judge a run again with today's runbook; exits 1 where a verdict has changed
    Replay {
        /// The run's id, or the beginning of it
        run: String,
    },
    /// Turn a run into a case of its runbook, without names and addresses
    Record(RecordArgs),
    /// Test runbooks with their cases; exits 1 where one does not hold
    Test(TestArgs),
    /// List the runbooks
    List,
    /// Show what a runbook looks at, finds and fixes
    Show {
        /// Its name, or a path
        runbook: String,
    },
    /// Check runbooks: everything that can't run, or is hardly what was meant
    Lint(LintArgs),
    /// Say what a code means and what to do; without a code, list them all
    Explain {
        /// A code of `heeler lint`, or of a command that failed
        code: Option<String>,
    },
    /// Start a runbook: a folder with one look, one finding and a page
    New(NewArgs),
    /// Print the JSON Schema of runbooks, for editors
    Schema,
}

/// `heeler lint`.
#[derive(Debug, Args)]
#[command(
    after_help = "Exit status: 0 nothing wrong, or warnings only; 1 an error; 2 wrong use. A \
    comment `# heeler: allow CODE because REASON` above or behind a line allows a warning there."
)]
pub(super) struct LintArgs {
    /// Names, files, or folders to search; otherwise --runbooks and the bundled ones
    #[arg(value_name = "PATH|NAME")]
    pub wanted: Vec<String>,
    /// Mend what is certain, in the files themselves
    #[arg(long)]
    pub fix: bool,
    /// Warnings count as errors
    #[arg(long)]
    pub deny_warnings: bool,
}

/// `heeler new`.
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The runbook's name in kebab-case, which is also its folder's
    pub name: String,
    /// Where its folder is made; here otherwise
    #[arg(long = "in", value_name = "DIR")]
    pub folder: Option<PathBuf>,
}

/// `heeler run`.
#[derive(Debug, Args)]
pub(super) struct RunArgs {
    /// The runbook's name, or a path to a runbook.yaml or its folder
    pub runbook: String,
    /// The node of this pod: NAMESPACE/NAME, or the beginning of a name that fits one pod
    #[arg(long, value_name = "NS/NAME", conflicts_with_all = ["node", "instance"])]
    pub pod: Option<String>,
    /// A node by its name in Kubernetes (repeatable)
    #[arg(long, value_name = "NAME")]
    pub node: Vec<String>,
    /// A node by its EC2 instance id (repeatable); needs no Kubernetes
    #[arg(long, value_name = "ID")]
    pub instance: Vec<String>,
    /// An input of the runbook (repeatable); a secret one as NAME=@FILE, or NAME=@- for standard
    /// input
    #[arg(short = 'i', long = "input", value_name = "NAME=VALUE")]
    pub input: Vec<String>,
    /// Ask the looks too that run scripts of the runbook's own: nothing confines them
    #[arg(long)]
    pub unconfined: bool,
    /// Resolve the target and say what would be asked; send nothing to a node
    #[arg(long)]
    pub plan: bool,
    /// Print the equivalent aws and kubectl commands; send nothing to a node
    #[arg(long, conflicts_with = "plan")]
    pub commands: bool,
    /// Judge what a node answered when this bundle was made; nobody is asked anything
    #[arg(long, value_name = "FILE", conflicts_with_all = ["pod", "node", "instance", "unconfined", "plan", "commands", "bundles_to", "no_bundles", "most_bundles"])]
    pub bundle: Option<PathBuf>,
    /// About the bundles that the runbook wants.
    #[command(flatten)]
    pub wanted: WantedArgs,
}

/// `heeler logs`.
#[derive(Debug, Args)]
#[command(
    after_help = "It reads /var/log/pods through the API server's node proxy, which needs the right `get \
    nodes/proxy`: that is close to root on the node, and nothing but logs is read with it. Without it \
    the kubelet itself is asked, with the right `get nodes/log`. Other ways are taken only if you name them. With the \
    API server down: heeler logs NS/POD --instance i-… --region … --through-session. Exit status: 0 all that is \
    there was read; 1 a part of it was not, and it is said which; 2 wrong use."
)]
pub(super) struct LogsArgs {
    /// A pod, or the beginning of its name; or KIND/NAME of a deployment, statefulset, daemonset, replicaset,
    /// job, cronjob or service; with --selector a namespace alone
    #[arg(
        value_name = "[NS/]POD|[NS/]KIND/NAME",
        required_unless_present = "selector"
    )]
    pub target: Option<String>,
    /// All pods with these labels
    #[arg(short = 'l', long, value_name = "LABELS")]
    pub selector: Option<String>,
    /// Only this container (repeatable); all of them otherwise
    #[arg(short, long, value_name = "NAME")]
    pub container: Vec<String>,
    /// From then on: 3h or 45m ago, or a time such as 2026-11-20T10:00:00Z
    #[arg(long, value_name = "AGO|TIME")]
    pub since: Option<String>,
    /// Until then, in the same way
    #[arg(long, value_name = "AGO|TIME")]
    pub until: Option<String>,
    /// Only what containers have said before they were started anew
    #[arg(long)]
    pub previous: bool,
    /// Only lines that match this regular expression
    #[arg(long, value_name = "REGEX")]
    pub grep: Option<String>,
    /// The time before each line
    #[arg(long)]
    pub timestamps: bool,
    /// Only what the log collector has not shipped, as one JSON object on each line: it has shipped all up to
    /// this time, or up to where its position file says (Fluent Bit's database, Vector's checkpoints.json)
    #[arg(long, value_name = "AGO|TIME|FILE", conflicts_with_all = ["since", "previous", "follow"])]
    pub backfill: Option<String>,
    /// With a position file: where it does not prove what was shipped, take the collector to have done what it
    /// does as a rule; otherwise all comes that may not have been shipped
    #[arg(long, requires = "backfill")]
    pub likely: bool,
    /// Go on with what is written from now on, by new pods too, until it is interrupted
    #[arg(short, long, conflicts_with_all = ["until", "previous"])]
    pub follow: bool,
    /// As text or as json, or into a folder that gets a file for each container
    #[arg(short = 'o', value_name = "DIR|text|json", value_parser = NonEmptyStringValueParser::new())]
    pub to: Option<String>,
    /// Where the node proxy is allowed and fails, ask the kubelet itself: it sees your credentials
    #[arg(long)]
    pub through_kubelet: bool,
    /// Where no way to the kubelet is open: read by Session Manager, through the node's admin container; the account may
    /// keep transcripts of sessions
    #[arg(long)]
    pub through_session: bool,
    /// A pod that was on this EC2 instance, without asking the API server: by what its logs are called there
    #[arg(long, value_name = "ID", requires = "through_session", conflicts_with_all = ["selector", "previous", "through_kubelet", "debug_pod"])]
    pub instance: Option<String>,
    /// Where no other way to a node is allowed: make a pod of this image there, read by it, and remove it; the image
    /// needs sh, ls, cat, head and tail
    #[arg(long, value_name = "IMAGE", value_parser = NonEmptyStringValueParser::new())]
    pub debug_pod: Option<String>,
    /// Where that pod is made; the context's namespace otherwise
    #[arg(long, value_name = "NS", requires = "debug_pod", value_parser = NonEmptyStringValueParser::new())]
    pub debug_namespace: Option<String>,
}

/// `heeler plan`.
#[derive(Debug, Args)]
#[command(
    after_help = "With --output json it writes the plan as a file, which `heeler approve` reads on \
    any machine; what is edited in it by hand is noticed."
)]
pub(super) struct PlanArgs {
    /// What is planned.
    #[command(flatten)]
    pub offer: OfferArgs,
    /// Print what is sent for each change too, and for its way back
    #[arg(long)]
    pub commands: bool,
}

/// `heeler approve`.
#[derive(Debug, Args)]
#[command(
    after_help = "The approval is one line on standard output, and may travel by any channel: it \
    is for this plan of this run, is used once, and ends after 15 minutes."
)]
pub(super) struct ApproveArgs {
    /// The run that has made the plan, or the file that `heeler plan --output json` has written
    #[arg(value_name = "RUN|FILE")]
    pub plan: String,
    /// Approve exactly the plan with this digest, instead of being asked
    #[arg(long, value_name = "DIGEST")]
    pub yes: Option<String>,
    /// Print what is sent for each change too, and for its way back, before you are asked
    #[arg(long, conflicts_with = "yes")]
    pub commands: bool,
}

/// A fix that was offered.
#[derive(Debug, Args)]
pub(super) struct OfferArgs {
    /// The run that offered the fix: its id, or the beginning of it
    pub run: String,
    /// The fix
    pub fix: String,
    /// The node's EC2 instance id, where the run looked at several
    #[arg(long, value_name = "ID", conflicts_with = "all")]
    pub instance: Option<String>,
    /// All nodes on which the run has offered the fix: one first, more as it helps, within the
    /// policy's limits
    #[arg(long)]
    pub all: bool,
    /// An input of the runbook, instead of the run's (repeatable); a secret one as NAME=@FILE, or
    /// NAME=@- for standard input
    #[arg(short = 'i', long = "input", value_name = "NAME=VALUE")]
    pub input: Vec<String>,
}

/// `heeler fix`.
#[derive(Debug, Args)]
pub(super) struct FixArgs {
    /// What is applied.
    #[command(flatten)]
    pub offer: OfferArgs,
    /// The run whose plan is applied, if nothing has moved since
    #[arg(long, value_name = "RUN")]
    pub plan: Option<String>,
    /// Approve exactly the plan with this digest, instead of being asked; 12 digits are enough
    #[arg(long, value_name = "DIGEST", conflicts_with = "approval")]
    pub yes: Option<String>,
    /// Somebody else's approval of that plan (repeatable): itself, @FILE, or @- for standard input
    #[arg(long, value_name = "APPROVAL", requires = "plan")]
    pub approval: Vec<String>,
}

/// `heeler revert`.
#[derive(Debug, Args)]
pub(super) struct RevertArgs {
    /// The fix's own run: its id, or the beginning of it
    pub run: String,
}

/// `heeler stop`.
#[derive(Debug, Args)]
#[command(
    after_help = "What is armed is taken back or kept as it would be; looks and `heeler revert` go \
    on. Exit status: 0 it is so now; 1 it could not be done, or nobody can tell whether it was: the message says \
    which, and the same command again tells what is."
)]
pub(super) struct StopArgs {
    /// Why, for those whose fixes are refused
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    /// Let changes start again
    #[arg(long, conflicts_with = "reason")]
    pub release: bool,
}

/// `heeler record`.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// The run's id, or the beginning of it
    pub run: String,
    /// What the case is called: run-ID otherwise
    #[arg(long = "as", value_name = "NAME")]
    pub name: Option<String>,
    /// The folder that it is written to: the runbook's own `cases` otherwise
    #[arg(long, value_name = "DIR")]
    pub into: Option<PathBuf>,
    /// Keep the names of pods, services and namespaces
    #[arg(long)]
    pub keep_names: bool,
}

/// `heeler test`.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Runbooks by name, or paths: of a runbook, a case, or a folder of runbooks; all otherwise
    #[arg(value_name = "PATH|NAME")]
    pub wanted: Vec<String>,
    /// Only the case of this name (repeatable)
    #[arg(long, value_name = "NAME")]
    pub case: Vec<String>,
}
