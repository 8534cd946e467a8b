//! Packed files.

use std::io::Write as _;

use flate2::write::GzEncoder;
use flate2::{Compression, Decompress, FlushDecompress};

use crate::logs::Gunzip;

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// What comes out, and the largest piece of it.
fn unpacked(packed: &[u8], piece: usize) -> (Vec<u8>, usize, Result<(), String>) {
    let (mut out, mut largest) = (Vec::new(), 0);
    let mut gunzip = Gunzip::default();
    let mut ended = Ok(());
    for mut piece in packed.chunks(piece) {
        while !piece.is_empty() && ended.is_ok() {
            ended = gunzip.bite(&mut piece);
            largest = largest.max(gunzip.given().len());
            out.extend_from_slice(gunzip.given());
        }
    }
    let ended = ended.and_then(|()| gunzip.finish());
    (out, largest, ended)
}

#[test]
fn what_was_packed_comes_out_whatever_the_pieces_are() {
    let text: Vec<u8> = (0..200_000_u32).flat_map(u32::to_be_bytes).collect();
    let packed = packed(&text);
    for piece in [1_000, 4_096, usize::MAX] {
        let (out, _, ended) = unpacked(&packed, piece);
        assert!(out == text && ended.is_ok(), "{piece}: {ended:?}");
    }
    // Several of them behind one another are one.
    let (out, _, ended) = unpacked(&[packed.clone(), packed].concat(), 1_000);
    assert!(out.len() == 2 * text.len() && ended.is_ok(), "{ended:?}");
}

#[test]
fn half_of_a_packed_file_is_no_whole_one() {
    let text: Vec<u8> = (0..50_000_u32).flat_map(u32::to_be_bytes).collect();
    let packed = packed(&text);
    for cut in [packed.len() / 2, packed.len() - 8, packed.len() - 1] {
        let (out, _, ended) = unpacked(&packed[..cut], 4_096);
        assert!(
            text.starts_with(&out) && ended.is_err(),
            "{cut}: {}",
            out.len()
        );
    }
    let mut wrong = packed.clone();
    let end = wrong.len() - 6;
    wrong[end] ^= 1;
    assert!(unpacked(&wrong, 4_096).2.is_err());
    assert!(
        unpacked(b"2026-11-20T10:00:00Z stdout F plain", 10)
            .2
            .is_err()
    );
}

#[test]
fn a_bomb_comes_in_small_pieces() {
    let packed = packed(&vec![0; 200 << 20]);
    let (out, largest, ended) = unpacked(&packed, usize::MAX);
    assert!(out.len() == 200 << 20 && ended.is_ok());
    assert!(largest <= 144 << 10, "{largest}");
}

#[test]
fn all_that_can_be_known_of_a_piece_is_given_with_it() {
    let packed = packed(&vec![0; 1 << 20]);
    let mut room = vec![0; 1 << 20];
    let mut most_given = 0;
    // A byte may stand for a thousand. So for one of these lengths the place is full at the last byte, and
    // its other zeros, which the decompressor has taken, would be lost with a file that is cut there.
    for long in 1..400.min(packed.len()) {
        let beginning = packed.get(..long).expect("a part");
        let mut known = Decompress::new_gzip(15);
        known
            .decompress(beginning, &mut room, FlushDecompress::None)
            .expect("it is packed");
        let (out, largest, _) = unpacked(beginning, usize::MAX);
        assert_eq!(out.len() as u64, known.total_out(), "{long}");
        most_given = most_given.max(largest);
    }
    assert!(most_given > 128 << 10, "{most_given}");
}

#[test]
fn each_part_behind_another_begins_anew() {
    let texts = [
        (0..9_000_u32).flat_map(u32::to_be_bytes).collect(),
        Vec::new(),
        b"the second one has words\n".repeat(300),
        vec![0; 300_000],
    ];
    let parts = texts.each_ref().map(|text| packed(text));
    let (whole, text) = (parts.concat(), texts.concat());
    let end_of_first = parts[0].len();
    for piece in [
        1,
        7,
        end_of_first - 1,
        end_of_first,
        end_of_first + 1,
        end_of_first + 10,
        usize::MAX,
    ] {
        let (out, _, ended) = unpacked(&whole, piece);
        assert!(out == text && ended.is_ok(), "{piece}: {ended:?}");
    }
    // What ends with a part is whole; what ends within one is not, also where only its header is there.
    let mut end = 0;
    for part in &parts {
        for cut in [end + 1, end + 10, end + part.len() - 1] {
            let (_, _, ended) = unpacked(&whole[..cut], 4_096);
            assert_eq!(ended.expect_err("half"), "its packed end is missing");
        }
        end += part.len();
        assert!(unpacked(&whole[..end], 4_096).2.is_ok(), "{end}");
    }
    // Each has a checksum and a length of its own.
    for from_end in [8, 4] {
        let mut wrong = whole.clone();
        let place = end_of_first + parts[1].len() + parts[2].len() - from_end;
        wrong[place] ^= 1;
        let (out, _, ended) = unpacked(&wrong, 4_096);
        assert!(
            ended.is_err() && out.len() == texts[0].len() + texts[2].len(),
            "{from_end}: {ended:?}"
        );
    }
    // What follows a part must be one.
    let (out, _, ended) = unpacked(&[&parts[0][..], b"plain text"].concat(), 4_096);
    assert!(out == texts[0] && ended.is_err(), "{ended:?}");
}
