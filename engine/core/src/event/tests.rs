//! The stored form of events: what is written can be read back, today's and last year's.

use std::collections::BTreeSet;

use serde_json::Value as Json;
use uuid::Uuid;

use super::samples;
use super::{InstanceId, Record, RunId};

/// Records as the first release wrote them. Only ever added to: a line that no longer reads is a
/// journal that somebody can no longer open.
const FORMAT_1: &str = include_str!("format_1.jsonl");

#[test]
fn every_variant_survives_a_round_trip() {
    for record in samples::records() {
        let text = serde_json::to_string(&record).unwrap();
        let back: Record = serde_json::from_str(&text).unwrap();
        assert_eq!(back, record, "{text}");
    }
}

#[test]
fn the_samples_know_every_variant() {
    let declared = include_str!("body.rs")
        .lines()
        .filter_map(|line| line.strip_prefix("    "))
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .count();
    let sampled: BTreeSet<String> = samples::events()
        .iter()
        .map(|event| kind(&serde_json::to_value(event).unwrap()))
        .collect();
    assert_eq!(sampled.len(), declared);
}

#[test]
fn records_of_the_first_release_are_still_read() {
    let old: Vec<Record> = FORMAT_1
        .lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect();
    assert_eq!(old, samples::records());
}

#[test]
fn unknown_fields_are_refused_at_every_level() {
    for record in samples::records() {
        let json = serde_json::to_value(&record).unwrap();
        let name = kind(&json["event"]);
        for place in ["".to_owned(), format!("/event/{name}")] {
            let mut spoilt = json.clone();
            let object = spoilt.pointer_mut(&place).unwrap().as_object_mut().unwrap();
            object.insert("surprise".into(), Json::Bool(true));
            let error = serde_json::from_value::<Record>(spoilt)
                .unwrap_err()
                .to_string();
            assert!(error.contains("surprise"), "{name} at `{place}`: {error}");
        }
    }
}

#[test]
fn a_missing_field_is_refused() {
    let json = r#"{"command-sent": {"step": 1}}"#;
    let error = serde_json::from_str::<super::Event>(json)
        .unwrap_err()
        .to_string();
    assert!(error.contains("missing field `command`"), "{error}");
}

#[test]
fn short_ids_come_from_the_random_bits_alone() {
    let random = 0x8123_4567_89ab_cdef_u128;
    let early = RunId::new(Uuid::from_u128(0x0192_f4b2_1c00_7abc << 64 | random));
    let late = RunId::new(Uuid::from_u128(0x01ff_ffff_ffff_7def << 64 | random));
    assert_eq!(early.letters(), late.letters());
    let other = RunId::new(Uuid::from_u128(0x0192_f4b2_1c00_7abc << 64 | (random + 1)));
    assert_ne!(early.short(), other.short());
}

#[test]
fn every_random_bit_that_letters_cover_changes_one_letter() {
    let base = 0x0192_f4b2_1c00_7abc_8000_0000_0000_0000_u128;
    let letters = RunId::new(Uuid::from_u128(base)).letters();
    assert_eq!(letters, "0".repeat(12));
    for bit in 0..60 {
        let other = RunId::new(Uuid::from_u128(base | 1 << bit)).letters();
        let changed = letters
            .chars()
            .zip(other.chars())
            .filter(|(a, b)| a != b)
            .count();
        assert_eq!(changed, 1, "bit {bit}");
    }
}

#[test]
fn short_ids_are_prefixes_in_letters_that_cannot_be_mistaken() {
    for seed in 0..2000_u64 {
        let spread = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let run = RunId::new(Uuid::from_u64_pair(0x0192_f4b2_1c00_7abc, spread));
        let (letters, short) = (run.letters(), run.short());
        assert_eq!((letters.len(), short.len()), (12, 5));
        assert!(letters.starts_with(&short));
        assert_eq!(run.to_string(), short);
        assert!(
            letters
                .chars()
                .all(|c| c.is_ascii_digit() || c.is_ascii_lowercase()),
            "{letters}"
        );
        assert!(!letters.contains(['i', 'l', 'o', 'u']), "{letters}");
    }
}

#[test]
fn instance_ids_are_checked_when_they_are_read() {
    for wrong in [
        "i-0abc; reboot",
        "i-",
        "mi-0abc1234def567890",
        "i-0ABC1234",
        "i-0abc12345",
    ] {
        assert!(wrong.parse::<InstanceId>().is_err(), "{wrong}");
        assert!(
            serde_json::from_value::<InstanceId>(Json::from(wrong)).is_err(),
            "{wrong}"
        );
    }
    assert!("i-0abc1234".parse::<InstanceId>().is_ok());
}

/// The variant's name as it is written.
fn kind(event: &Json) -> String {
    event.as_object().unwrap().keys().next().unwrap().clone()
}
