//! What a terminal gets.

use proptest::prelude::*;

use crate::report::clean::{clean_json, hostile};

proptest! {
    #[test]
    fn clean_json_says_the_same(text in "[a-z\"\u{0}\u{7f}\u{85}\u{9b}\u{200b}\u{feff}\u{1f600}\n]{0,12}") {
        let json = serde_json::json!({ "text": text }).to_string();
        let clean = clean_json(&json);
        prop_assert!(!clean.chars().any(hostile), "{:?}", clean);
        let read: serde_json::Value = serde_json::from_str(&clean).expect("JSON");
        prop_assert_eq!(&read["text"], &text);
    }
}
