//! What a server-side dry run shows beside the fields that a patch sets: defaults, and what
//! admission adds.

use serde_json::Value as Json;

use crate::action::{FieldPath, shown_field};

/// What every write moves.
const BOOKKEEPING: [&str; 3] = ["managedFields", "resourceVersion", "generation"];
/// More lines than this nobody reads.
const MOST: usize = 8;

/// The fields that would be otherwise, beside those that are set, one line each.
pub fn side_effects(before: &Json, after: &Json, set: &[FieldPath]) -> Vec<String> {
    let mut lines = Vec::new();
    compare(&mut Vec::new(), Some(before), Some(after), set, &mut lines);
    let more = lines.len().saturating_sub(MOST);
    lines.truncate(MOST);
    if more > 0 {
        lines.push(format!("the API server also changes {more} more fields"));
    }
    lines
}

fn compare(
    keys: &mut Vec<String>,
    before: Option<&Json>,
    after: Option<&Json>,
    set: &[FieldPath],
    lines: &mut Vec<String>,
) {
    let is_set = set.iter().any(|path| path.keys() == keys.as_slice());
    let is_kept = matches!(keys.as_slice(), [top, field] if top == "metadata" && BOOKKEEPING.contains(&field.as_str()));
    if before == after || is_set || is_kept {
        return;
    }
    let parts = |json: Option<&Json>| json.and_then(Json::as_object).cloned();
    let (old, new) = (parts(before), parts(after));
    // Where a map is new, or gone, what is set may be in it.
    if old.is_some() || new.is_some() {
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let added = new.keys().filter(|key| !old.contains_key(*key));
        for key in old.keys().chain(added) {
            keys.push(key.clone());
            compare(keys, old.get(key), new.get(key), set, lines);
            keys.pop();
        }
        return;
    }
    let text = |json: Option<&Json>| shown_field(json.unwrap_or(&Json::Null));
    lines.push(format!(
        "the API server also changes {}: {} → {}",
        FieldPath::of(keys),
        text(before),
        text(after)
    ));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::side_effects;
    use crate::action::FieldPath;

    #[test]
    fn what_is_set_and_what_every_write_moves_is_no_surprise() {
        let before = json!({"spec": {"a": 1, "port": 30993}, "metadata": {"generation": 1, "resourceVersion": "7"}});
        let after = json!({"spec": {"a": 2, "kept": {"x": "y"}},
            "metadata": {"generation": 2, "resourceVersion": "8", "labels": {"a.b/c": "d", "e": "f"}}});
        let set =
            [r#"spec.a"#, "metadata.labels.e"].map(|path| FieldPath::read(path).expect("a path"));
        assert_eq!(
            side_effects(&before, &after, &set),
            [
                r#"the API server also changes metadata.labels["a.b/c"]: absent → d"#,
                "the API server also changes spec.port: 30993 → absent",
                "the API server also changes spec.kept.x: absent → y",
            ]
        );
        assert!(side_effects(&before, &before, &[]).is_empty());
    }

    #[test]
    fn nobody_reads_a_hundred_lines() {
        let many: serde_json::Map<_, _> = (0..100).map(|n| (format!("k{n}"), json!(n))).collect();
        let lines = side_effects(&json!({}), &json!({ "spec": many }), &[]);
        assert_eq!(lines.len(), 9);
        assert!(lines[8].contains("92 more"), "{lines:?}");
    }
}
