//! `lab check`: whether the lab can run on this machine.

use anyhow::{Result, bail};

use crate::machine::{Missing, provisions};

/// Says what is missing, or that nothing is.
pub(super) fn run() -> Result<()> {
    require()?;
    println!("nothing is missing: the lab can run here (it asks for root through sudo)");
    Ok(())
}

/// Fails with everything that is missing and the commands that help.
pub(super) fn require() -> Result<()> {
    let missing = provisions();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("this machine lacks what the lab needs{}", list(&missing));
}

fn list(missing: &[Missing]) -> String {
    missing
        .iter()
        .map(|part| format!("\n  {}\n    run: {}", part.what, part.help))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_missing_part_comes_with_its_command() {
        let part = Missing {
            what: "programs: jq".to_owned(),
            help: "apt-get install -y jq".to_owned(),
        };
        assert_eq!(
            list(&[part]),
            "\n  programs: jq\n    run: apt-get install -y jq"
        );
    }
}
