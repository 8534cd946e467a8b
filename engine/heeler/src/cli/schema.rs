//! `heeler schema`: what editors need to check a runbook while it is written. The schema itself is
//! core's; here it is only printed.

use heeler_core::{action, runbook};

/// The JSON Schema of runbooks that this `heeler` reads, on lines of its own.
pub(super) fn schema() -> String {
    format!("{:#}\n", runbook::schema(action::all()))
}

#[cfg(test)]
mod tests {
    use super::schema;

    #[test]
    fn it_is_the_same_every_time_and_ends_its_last_line() {
        let text = schema();
        assert_eq!(text, schema());
        assert!(text.starts_with("{\n") && text.ends_with("}\n"));
    }

    #[test]
    fn its_keys_are_sorted_whatever_the_library_was_built_with() {
        let text = schema();
        let at = |key: &str| text.find(&format!("\n  \"{key}\"")).expect(key);
        let keys = ["$defs", "$id", "$schema", "description", "properties"];
        assert!(keys.map(at).is_sorted());
    }
}
