//! What a policy or a missing approval does not let happen. Nothing was changed.

use super::{FailureCode, failed, refused};

/// What to do about a rule.
const ASK: &str = "ask somebody who may, or have the policy changed by whoever keeps it";
/// What to do about an approval that is no good any more.
const AGAIN: &str = "have the plan approved again";
/// The same where somebody may have made it up.
const ODD: &str = "don't use it, ask where it came from, and have the plan approved again";
/// What to do where only a part has arrived.
const COPY: &str = "copy the whole line that `heeler approve` printed, and nothing else";

pub(super) const CODES: &[FailureCode] = &[
    refused(
        "policy-missing",
        "the policy that `--policy` or HEELER_POLICY names is not there",
        "correct the path; without a policy's file leave both out",
    ),
    refused(
        "policy-unreadable",
        "the policy's file can't be read, is too long, or holds no text",
        "give yourself the right to read it, or correct the path",
    ),
    refused(
        "policy-faulty",
        "the policy is malformed, or contradicts itself; each fault is shown at its place",
        "mend the file",
    ),
    refused(
        "policy-other",
        "the plan was made under another policy than the approver's",
        "use the same file as whoever made the plan: name it with `--policy`",
    ),
    refused(
        "policy-changed",
        "the policy has changed since the plan was made",
        "make a new plan, and have it approved",
    ),
    refused(
        "policy-no-caller",
        "nobody has the ARN that STS says, so no rule can be about them",
        "`aws sts get-caller-identity` shows who you are",
    ),
    refused(
        "policy-looks",
        "the policy wants another person's approval for looking, which nobody can give",
        "ask somebody who may look by themselves",
    ),
    refused(
        "policy-no-node",
        "there is no node to ask about",
        "name one",
    ),
    refused("policy-not-allowed", "no rule allows it", ASK),
    refused(
        "policy-forbidden",
        "a rule forbids it, for the reason that it gives",
        ASK,
    ),
    refused(
        "policy-frozen",
        "nothing is changed there for some time",
        "wait until then, or have the policy changed",
    ),
    refused(
        "policy-closed",
        "changes are made there at other times",
        "wait until then, or have the policy changed",
    ),
    refused(
        "policy-limit",
        "as much is being changed as may be",
        "wait until it is done",
    ),
    refused(
        "approval-needed",
        "the policy wants the approval of other people",
        "have the plan approved with `heeler approve`; the commands are printed",
    ),
    refused(
        "approval-too-few",
        "more people have to approve it than did",
        "have it approved by more people, and give `--approval` once for each",
    ),
    refused(
        "approval-withheld",
        "`heeler approve` was given no yes to this plan",
        "read the plan, and approve it only if it is what you want",
    ),
    failed(
        "unreadable-approval",
        "the file of an approval can't be read, or holds no single line of text",
        "name a file that holds the line which `heeler approve` has printed",
    ),
    refused(
        "approval-too-long",
        "a text is longer than any approval",
        COPY,
    ),
    refused("approval-no-token", "a text is no approval", COPY),
    refused(
        "approval-damaged",
        "some of the approval is missing, or was changed",
        COPY,
    ),
    refused(
        "approval-version",
        "the approval is of a version that this heeler does not read",
        "use the same heeler on both machines",
    ),
    refused(
        "approval-other-plan",
        "the approval is for another plan",
        "have the plan as it is now approved",
    ),
    refused(
        "approval-other-run",
        "the approval is for the plan of another run",
        "have this run's plan approved",
    ),
    refused(
        "approval-not-sts",
        "the approval would be verified by somebody who is not STS",
        ODD,
    ),
    refused(
        "approval-other-request",
        "the approval's request to STS is not the one that is to be signed",
        ODD,
    ),
    refused(
        "approval-forged",
        "AWS does not acknowledge the approval's signature",
        ODD,
    ),
    refused(
        "approval-session-ended",
        "the approver's session has ended since, so AWS does not say who it was",
        "whoever has approved it logs in anew, and approves the plan again",
    ),
    refused(
        "approval-clock-ahead",
        "the approval was signed in the future: the clocks of two machines differ",
        "set both machines' clocks (NTP), and approve again",
    ),
    refused(
        "approval-clock-behind",
        "the approval was signed before its plan was made: the clocks of two machines differ",
        "set both machines' clocks (NTP), and approve again",
    ),
    refused(
        "approval-long-lived",
        "the approval would hold for more than 15 minutes",
        AGAIN,
    ),
    refused(
        "approval-expired",
        "the approval is older than 15 minutes",
        AGAIN,
    ),
    refused("approval-used", "the approval was used before", AGAIN),
    refused(
        "approval-own",
        "whoever asks for a fix has signed it, and another person has to",
        "have it approved by somebody else",
    ),
    refused(
        "approval-twice",
        "one person has signed twice, and two have to",
        "have it approved by somebody else",
    ),
    refused(
        "approval-other-account",
        "the approver is of another AWS account, and no rule names them by their ARN",
        "have it approved by somebody of the account",
    ),
    refused(
        "approval-not-approver",
        "the signer is not among the policy's `approvers`",
        "have it approved by one of them",
    ),
    refused(
        "approval-not-allowed",
        "the signer may not do it themselves, and so may not approve it",
        "have it approved by somebody who may",
    ),
    failed(
        "plan-unreadable",
        "the file of a plan can't be read",
        "name the file that `heeler plan --output json` has written",
    ),
    refused(
        "plan-malformed",
        "a file is no plan",
        "name the file that `heeler plan --output json` has written, whole",
    ),
    refused(
        "plan-version",
        "the plan's file is of a version that this heeler does not read",
        "use the same heeler on both machines",
    ),
    refused(
        "plan-edited",
        "the plan's file was edited by hand",
        "don't approve it: ask for the file as it was written",
    ),
    refused(
        "fix-not-needed",
        "what the fix cures does not hold there now, or the node has the wanted values already",
        "`heeler run` looks again",
    ),
    refused(
        "plan-moved",
        "something has moved since the plan was made",
        "make a new plan, and have it approved",
    ),
    refused(
        "no-way-back",
        "nothing can take back what the fix has done",
        "see how it stands, and go on from there: the commands are printed",
    ),
    refused(
        "nothing-stands",
        "the journal says that the run has changed nothing, or that it was taken back already; nobody was asked",
        "`heeler report RUN` shows what became of it",
    ),
    refused(
        "set-since",
        "what is to be taken back is somebody else's by now: another value, or the same one, which they have set since",
        "ask whoever is named; the commands that set it back all the same are printed",
    ),
    refused(
        "other-plan",
        "the run that `--plan` names has not planned this fix of this run",
        "name the run of `heeler plan` that belongs to this fix",
    ),
];
