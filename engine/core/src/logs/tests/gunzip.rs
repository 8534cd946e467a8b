//! Packed files.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

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
