//! Names that others know: the runbook's own is its folder's.

use crate::runbook::Reading;
use crate::syntax::Faults;

pub(super) fn check(reading: &Reading, folder: Option<&str>, faults: &mut Faults) {
    let (Some(name), Some(folder)) = (&reading.name, folder) else {
        return;
    };
    if name.value != folder {
        faults
            .warning(
                "folder-name",
                name.span,
                format!("the runbook lies in the folder `{folder}`"),
            )
            .help("`heeler list` and `heeler run` go by the folder: give both one name");
    }
}
