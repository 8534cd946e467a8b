//! A command in the admin container waits for the end of an input that nobody sends.

use super::{Elsewhere, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "lost-end-of-input",
    title: "`apiclient exec` hangs when the end of its input is lost, and what it started outlives it",
    versions: Versions::All,
    concerns: "everything that runs in the admin container, or on the host through it",
    found_by: "nothing on the node; how scripts are written rules it out",
    safe_way: "a script for the admin container closes its input before anything else, and each part of it has its own \
               time limit in there. By hand: `apiclient exec -T admin bash -c 'exec </dev/null; timeout -k 5 30 \
               PROGRAM' </dev/null`",
    source: "`sources/api/apiserver/src/server/exec/child.rs` of the core kit; `cmd/ctr/commands/tasks/exec.go` of \
             containerd; measured: `cat </dev/null` hangs 4 times out of 5",
    shown_by: &[
        Test::Core("hazard::tests::elsewhere::a_script_for_admin_closes_its_input_first"),
        Test::Core("hazard::tests::elsewhere::what_an_exec_leaves_behind_ends_by_itself"),
    ],
};
