//! Somebody is asked, and takes their time: what the policy says then is what holds.

use std::fs;
use std::thread::sleep;
use std::time::Duration;

use anyhow::{Result, ensure};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::fix::approval::{QUESTION, as_asked};
use crate::guarded::course::LONGER;
use crate::guarded::fixture::ONE_PARAMETER;
use crate::guarded::ward::Ward;
use crate::harness::Context;

/// A plan takes so many seconds on a busy machine.
const PLANNED: i8 = 30;

pub(super) fn frozen(context: &Context) -> Result<()> {
    let ward = Ward::with(context, &ONE_PARAMETER, &[LONGER])?;
    // Freezes begin with a minute.
    let left = 60 - Timestamp::now().to_zoned(TimeZone::UTC).second();
    if left < PLANNED {
        sleep(Duration::from_secs(left.unsigned_abs().into()));
    }
    let next = Timestamp::now().to_zoned(TimeZone::UTC) + 1.minute();
    let policy = format!(
        "heeler-policy: 1\nallow:\n  - {{ who: \"*\", runbooks: \"*\", fixes: \"*\", where: {{}} }}\n\
         freezes:\n  - {{ from: \"{}\", until: \"2999-01-01 00:00\", because: the shops are full }}\n",
        next.strftime("%Y-%m-%d %H:%M")
    );
    let file = ward.operator.around.folder().join("policy.yaml");
    fs::write(&file, policy)?;
    let fix = ward.heeler(&format!(
        "fix {} adjust --policy {}",
        ward.run,
        file.display()
    ))?;
    let refused = fix.at_terminal(QUESTION, in_the_freeze)?.expect_exit(5)?;
    refused
        .expect_stdout("the shops are full")?
        .expect_stdout("nothing changed")?;
    ensure!(!refused.stdout.contains("approved "), "{refused}");
    ward.expect_clean(ward.fixture.old)
}

/// What was asked for, after the minute is over.
fn in_the_freeze(shown: &str) -> String {
    let left = 60 - Timestamp::now().to_zoned(TimeZone::UTC).second();
    sleep(Duration::from_secs(left.unsigned_abs().into()));
    as_asked(shown)
}
