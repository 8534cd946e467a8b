//! Codes of comments that allow a warning.

use super::{Code, warning};

pub(super) const CODES: &[Code] = &[
    warning(
        "allow-malformed",
        "a comment was meant to allow a warning, and does not",
    )
    .why("The warning stays, and the comment says otherwise.")
    .remedy("Write `# heeler: allow CODE because REASON`.")
    .part(
        "# heeler: alow unused-look because it is new\ntarget: node\n",
        "target: node\n",
    ),
    warning(
        "allow-unknown-code",
        "a comment allows a code that does not exist",
    )
    .why("It allows nothing.")
    .remedy("Write the nearest right code; `heeler explain` lists them.")
    .part(
        "# heeler: allow unused-lok because it is new\ntarget: node\n",
        "target: node\n",
    ),
    warning(
        "allow-without-reason",
        "a comment allows a warning without a reason",
    )
    .why("Whoever comes later can't tell whether the reason still holds.")
    .remedy("Add `because` and the reason.")
    .part(
        "# heeler: allow empty-text\nsummary: \"\"\n",
        "# heeler: allow empty-text because nobody lists it\nsummary: \"\"\n",
    ),
    warning("allow-error", "a comment allows an error")
        .why("With an error the runbook can't run, whoever allows it.")
        .remedy("Mend the error.")
        .part(
            "# heeler: allow unknown-key because it is new\nsumary: The table is full\n",
            "target: node\n",
        ),
    warning(
        "allow-unused",
        "a comment allows a warning that is not there",
    )
    .why("The next one of that code would be allowed unseen.")
    .remedy("Remove the comment.")
    .part(
        "# heeler: allow empty-text because nobody lists it\nsummary: The table is full\n",
        "summary: The table is full\n",
    ),
];
