//! Nothing on the host reads a script.

use super::{Elsewhere, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "host-without-shell",
    title: "The host has no shell, or from Bottlerocket 1.37 on one that refuses nearly everything",
    versions: Versions::All,
    concerns: "`run` at `host`, and everything of heeler's own that starts programs of the host",
    found_by: "`at: host` with a script, which the linter refuses as `no-shell`",
    safe_way: "name a program of the host and its arguments, `argv: [PROGRAM, ARGUMENT]`; what needs pipes or conditions \
               is a script `at: admin`. heeler starts programs of the host in the same way, and never a shell",
    source: "`packages/os/os.spec` and `sources/brush` of the core kit (7.0.1, #451)",
    shown_by: &[
        Test::Core("action::tests::run::what_can_t_be_run_is_refused"),
        Test::Core("action::tests::run::a_program_of_the_host_gets_its_arguments_as_they_are"),
        Test::Core("hazard::tests::elsewhere::no_script_asks_the_host_for_a_shell"),
        Test::Suite("live_language::a_script_answers_from_where_it_runs"),
    ],
};
