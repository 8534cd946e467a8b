//! A bundle of logs costs the node memory, and takes the place of the one before it.

use super::{Elsewhere, Test, Versions};

pub(super) const HAZARD: Elsewhere = Elsewhere {
    name: "logdog",
    title: "logdog writes over its own file, needs room in memory, and takes the whole journal",
    versions: Versions::All,
    concerns: "a `run` that starts logdog; `heeler bundle` starts it in the safe way",
    found_by: "nothing: neither the linter nor a plan looks for it in a script. As every `run`, a look with it is asked \
               only with `--unconfined`",
    safe_way: "`heeler bundle`. Otherwise an output and a `TMPDIR` on disk with names of their own, the second not the \
               folder of the first; one at a time on a node; delete both afterwards. By hand, in the admin container: `sheltie mkdir \
               /var/log/support/NAME`, then `sheltie env TMPDIR=/var/log/support/NAME logdog --output \
               /var/log/support/NAME.tar.gz`. A look of `run` is ended after 30 s, which a large journal outlasts",
    source: "`sources/logdog/src/main.rs` and `packages/release/logdog.common.conf` of the core kit",
    shown_by: &[
        Test::Core("hazard::tests::elsewhere::heeler_starts_logdog_in_the_safe_way_alone"),
        Test::Core("hazard::tests::elsewhere::the_safe_way_to_start_logdog_can_be_written"),
    ],
};
