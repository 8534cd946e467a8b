//! What the engine's data names of this suite is in the suite.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use regex::Regex;

use super::tree::Tree;
use crate::harness::{Case, Context};

/// A case, as the data of a danger names it; the formatter may have put it on a line of its own.
const NAMED: &str = r#"\bTest::Suite\(\s*"([^"]*)""#;

/// A danger that only a node shows names the cases that show it.
pub(super) fn hazards(context: &Context) -> Result<()> {
    let areas = crate::AREAS.iter().copied().flatten();
    let cases: BTreeSet<&str> = areas.map(Case::name).collect();
    let tree = Tree::read(context)?;
    let named = Regex::new(NAMED)?;
    let mut count = 0;
    for file in tree.product("engine/core/src/hazard/") {
        for found in named.captures_iter(&file.code) {
            count += 1;
            ensure!(
                cases.contains(&found[1]),
                "{} names {}, which is no case of the suite",
                file.path,
                &found[1]
            );
        }
    }
    ensure!(count > 0, "no danger names a case: mend this rule");
    Ok(())
}
