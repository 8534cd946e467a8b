//! Failures of use: names, options and files that can't be meant.

use super::{FailureCode, failed, usage};

pub(super) const CODES: &[FailureCode] = &[
    usage(
        "target-syntax",
        "`--pod`, `--node` or `--instance` holds characters that such a name can't have",
        "write the name as kubectl or EC2 print it",
    ),
    usage(
        "no-target",
        "none of `--pod`, `--node` and `--instance` was given",
        "name one of them",
    ),
    usage(
        "pod-needed",
        "the runbook is about a pod, and none was named",
        "name it with `--pod NS/NAME`",
    ),
    usage(
        "unknown-container",
        "the pod has no container of this name",
        "the message lists those that it has",
    ),
    usage(
        "time-syntax",
        "`--since` or `--until` is no time",
        "write how long ago, such as 3h, or a time with its zone",
    ),
    usage(
        "no-positions",
        "`--backfill` is neither a time nor the position file of a log collector",
        "write a time, or name a copy of Fluent Bit's database or of Vector's `checkpoints.json`",
    ),
    usage(
        "pattern-syntax",
        "`--grep`, or what `heeler bundle grep` searches for, is no regular expression",
        "write one as Rust's regex crate reads it; a plain word is one too",
    ),
    usage(
        "follow-into-folder",
        "`heeler logs --follow` was to go into a folder",
        "leave out `-o` or `--follow`",
    ),
    usage(
        "folder-not-empty",
        "the folder that logs were to go into has something in it",
        "name one that is empty, or that does not exist yet",
    ),
    usage(
        "too-many-logs",
        "more containers have logs than can be merged by time",
        "put them into a folder with `-o DIR`, or take some of them with `--container`",
    ),
    usage(
        "region-syntax",
        "`--region` is no region",
        "a region looks like eu-west-1",
    ),
    usage(
        "wrong-input",
        "an input is unknown, missing, given twice, or not acceptable",
        "`heeler show RUNBOOK` lists the inputs and what they accept",
    ),
    usage(
        "typed-secret",
        "a secret input was typed on the command line, where others can read it",
        "give it as `-i NAME=@FILE`, or `-i NAME=@-` for standard input; it is no secret any more",
    ),
    failed(
        "unreadable-secret",
        "the file of a secret input can't be read, or holds no text",
        "name a file that holds the secret and nothing else",
    ),
    usage(
        "ambiguous-run",
        "the beginning of a run's id fits several runs",
        "write more of it",
    ),
    usage(
        "several-nodes",
        "the run looked at several nodes, and none of them was named",
        "name one with `--instance`; `--all` fixes one after the other",
    ),
    usage(
        "unknown-runbook",
        "there is no such runbook",
        "`heeler list` shows them all; a path works too",
    ),
    usage(
        "unknown-code",
        "there is no such code to explain",
        "`heeler explain` lists them all",
    ),
    usage(
        "no-sarif",
        "only `heeler lint` writes SARIF",
        "write `--output json`, or text",
    ),
    usage(
        "bad-name",
        "a new runbook or case can't have this name",
        "a name has lower-case letters, digits and hyphens: full-disk",
    ),
    usage(
        "name-taken",
        "a bundled runbook has the name of the new one",
        "give it another name; a folder of your own can still replace a bundled runbook",
    ),
    usage(
        "folder-exists",
        "there is something where the new runbook would be",
        "give it another name, or make it in another folder; nothing is overwritten",
    ),
    usage(
        "bucket-syntax",
        "this is no place in S3",
        "write `s3://BUCKET` or `s3://BUCKET/PREFIX`",
    ),
    failed(
        "no-node-proxy",
        "a bundle is fetched by the kubelet, through the node proxy or straight, and there is no way to it",
        "ask for one of the rights, or wait for the API server; `--through-s3`, `--through-session` and `--through-ssm` do without, and may leave copies with secrets",
    ),
    failed(
        "bundle-failed",
        "a bundle can't be read or written",
        "the message says which file and why; nothing is overwritten, and nothing half is left",
    ),
    usage(
        "needless-place",
        "a bundle is judged as it is, and a context, profile, region or cluster was named",
        "leave it out, or leave out `--bundle` to ask the node itself",
    ),
    failed(
        "unreadable-bundle",
        "the bundle that is to be judged is not there, or can't be opened",
        "check the path; `heeler bundle` says where it has put one",
    ),
    failed(
        "no-bundle",
        "what is to be judged is no bundle: something else, or a tarball of logdog",
        "make one with `heeler bundle`; without `--bundle` the node itself is asked",
    ),
    failed(
        "newer-bundle",
        "the bundle has a later version of the format",
        "use the version of heeler that has made it, or a later one",
    ),
    failed(
        "no-answers",
        "the bundle has no answers to looks: an older heeler has made it, it is cut, or the node did not answer then",
        "make one with `heeler bundle`; without `--bundle` the node itself is asked",
    ),
    failed(
        "damaged-answers",
        "the answers in the bundle are not those that were stored, or make no sense; nothing was judged",
        "fetch the bundle again from where it was made",
    ),
    failed(
        "unwritable",
        "a file of the new runbook can't be written",
        "check the rights of the folder that is named",
    ),
    failed(
        "unprintable",
        "what was to be printed could not be written, because of a full disk for example",
        "make room where it goes, and print it again; of a run `heeler report` does",
    ),
    failed(
        "unreadable-runbook",
        "the runbook's file or folder can't be read",
        "check the path and its rights",
    ),
    failed(
        "other-name",
        "the runbook in a folder has another name than the folder",
        "give both one name",
    ),
    failed(
        "unwritable-runbook",
        "a mended runbook can't be written",
        "check the rights of the file and its folder; nothing was changed",
    ),
    failed(
        "faulty-runbook",
        "the runbook has faults; each is shown at its place",
        "mend them; `heeler lint` shows warnings too",
    ),
    failed(
        "unknown-run",
        "there is no such run in the journal",
        "`heeler runs` lists them",
    ),
    failed(
        "unusable-run",
        "there is nothing in the run that could be fixed, taken back or judged",
        "`heeler report RUN` shows what it found",
    ),
    failed(
        "unknown-fix",
        "the runbook has no such fix",
        "`heeler show RUNBOOK` lists its fixes",
    ),
    failed(
        "unplannable",
        "the looks don't fit one command",
        "let some of them wait for others with `after`",
    ),
    failed(
        "script-too-long",
        "the script is longer than a command can be",
        "shorten the runbook's scripts",
    ),
    failed(
        "comment-syntax",
        "the comment of a command can't be sent",
        "1 to 100 printable ASCII characters can",
    ),
    failed(
        "instance-count",
        "a command was to be sent to no instance, or to too many",
        "send several commands",
    ),
    failed(
        "no-runtime",
        "this machine gives no threads",
        "try again, or raise its limit of threads",
    ),
    FailureCode {
        status: 130,
        ..failed(
            "interrupted",
            "the run was interrupted; commands under way were cancelled",
            "run it again when you are ready",
        )
    },
];
