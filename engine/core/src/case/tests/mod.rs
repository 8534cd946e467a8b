//! Cases of the tests' own runbook, of the bundled one, and made at random.

mod bundled;
mod values;
