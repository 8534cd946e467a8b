//! Names that lead elsewhere, members that are no files, and headers that say too much.

use super::*;

fn only(archive: Tar, kind: Refused) {
    let archive = archive.file("bottlerocket-logs/good", b"good");
    let (_, contents) = read_all(&archive.packed());
    assert_eq!(kinds(&contents), [kind], "{contents:?}");
    assert_eq!(contents.refused_count[&kind], 1);
    assert!(!contents.refused[0].why.is_empty());
    // The others are taken all the same.
    assert_eq!(labels(&contents), ["good"]);
    assert_eq!(contents.whole, Whole::Whole);
}

#[test]
fn names_that_lead_elsewhere_are_refused() {
    for name in [
        "../x",
        "a/../../x",
        "bottlerocket-logs/..",
        "..\\x",
        "a/.. /x",
        "a/.. ",
    ] {
        only(Tar::default().file(name, b"bad"), Refused::Climbing);
    }
    for name in ["/etc/passwd", "//x", "\\\\host\\x", "C:\\x", "c:/x"] {
        only(Tar::default().file(name, b"bad"), Refused::Absolute);
    }
    for name in ["", ".", "./.", "  "] {
        only(Tar::default().file(name, b"bad"), Refused::Nameless);
    }
}

#[test]
fn of_two_members_with_one_name_the_first_one_is_taken() {
    let archive = Tar::default()
        .file("bottlerocket-logs/a", b"first")
        .file("heeler-bundle/./a", b"second")
        .packed();
    let (came, contents) = read_all(&archive);
    assert_eq!(
        (kinds(&contents), contents.whole),
        (vec![Refused::Duplicate], Whole::Whole)
    );
    assert_eq!(came, [("a".to_owned(), b"first".to_vec())]);
}

#[test]
fn names_are_cleaned_and_never_unclean_again() {
    let named: [(&[u8], &str); 5] = [
        (b"a\x1b[2Jb", "a\\u{1b}[2Jb"),
        (b"a\xffb\xc3", "a\\xffb\\xc3"),
        ("a\u{202e}b".as_bytes(), "a\\u{202e}b"),
        (b"a\nb\tc ", "a\\nb c"),
        (b"./a//b/./c", "a/b/c"),
    ];
    for (name, wanted) in named {
        let (_, contents) = read_all(&Tar::default().of(name, b'0', b"x").packed());
        assert_eq!(labels(&contents), [wanted]);
    }
    let mut dice = Dice(7);
    for _ in 0..5_000 {
        let length = dice.roll(12);
        let alphabet = b"../\\ab \x1b\xff\xc3\xa9\0:C\n\t";
        let name: Vec<u8> = (0..length)
            .map(|_| alphabet[dice.roll(alphabet.len())])
            .collect();
        let Ok(label) = super::super::label(&name, 100) else {
            continue;
        };
        let path = Path::new(&label);
        let is_normal = |part| matches!(part, std::path::Component::Normal(_));
        assert!(path.components().all(is_normal), "{name:?}: {label:?}");
        assert!(!label.chars().any(char::is_control), "{label:?}");
        assert_eq!(
            super::super::label(label.as_bytes(), 200).as_ref(),
            Ok(&label),
            "{name:?}"
        );
    }
}

#[test]
fn what_is_no_file_is_refused_whatever_it_carries() {
    for (kind, refused) in [
        (b'1', Refused::Link),
        (b'2', Refused::Link),
        (b'3', Refused::Special),
        (b'4', Refused::Special),
        (b'6', Refused::Special),
        (b'S', Refused::Sparse),
        (b'M', Refused::Unclear),
        (b'?', Refused::Unclear),
    ] {
        only(Tar::default().of(b"x", kind, b""), refused);
        only(Tar::default().of(b"x", kind, &[1; 700]), refused);
    }
}

#[test]
fn the_map_of_a_file_with_holes_is_gone_over() {
    let mut sparse = header(b"x", b'S', 512);
    sparse[482] = 1;
    let (mut map, mut last) = ([0; 512], [0; 512]);
    map[504] = 1;
    last[0] = b'0';
    let archive = Tar::default().raw(sealed(sparse), &[map, last, [7; 512]].concat());
    only(archive, Refused::Sparse);
    let archive = Tar::default()
        .pax(
            b'x',
            &[("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0")],
        )
        .file("x", b"holes");
    only(archive, Refused::Sparse);
}

#[test]
fn long_names_are_read_as_far_as_they_are_sound() {
    let long = format!("bottlerocket-logs/{}", "n".repeat(900));
    let with_zero = format!("{long}\0");
    let gnu = Tar::default().of(b"././@LongLink", b'L', with_zero.as_bytes());
    let pax = Tar::default().pax(b'x', &[("mtime", "1.5"), ("path", &long)]);
    for archive in [gnu, pax] {
        let (came, contents) = read_all(&archive.file("bottlerocket-logs/short", b"it").packed());
        assert_eq!(labels(&contents), ["n".repeat(900)]);
        assert_eq!(
            (came[0].1.as_slice(), contents.whole),
            (b"it".as_slice(), Whole::Whole)
        );
    }
    for length in [1_025, 5_000, 70_000] {
        let name = "n".repeat(length);
        let long = Tar::default().of(b"././@LongLink", b'L', name.as_bytes());
        only(long.file("x", b"x"), Refused::LongName);
    }
    let climbing = Tar::default().of(b"././@LongLink", b'L', b"../../x\0");
    only(climbing.file("innocent", b"x"), Refused::Climbing);
    let climbing = Tar::default().pax(b'x', &[("path", "/x")]);
    only(climbing.file("innocent", b"x"), Refused::Absolute);
}

#[test]
fn headers_before_a_member_are_never_held_where_they_are_huge() {
    // Says that its name has a terabyte, and brings a megabyte.
    let huge = header(b"././@LongLink", b'L', 1 << 40);
    let bytes = [huge.as_slice(), &vec![b'n'; 1 << 20]].concat();
    let (_, contents) = read_all(&packed(&bytes));
    assert_eq!(trouble(&contents), TroubleKind::Cut);
    for kind in [b'x', b'L'] {
        let huge = Tar::default().of(b"huge", kind, &vec![b'n'; 1 << 20]);
        let (_, contents) = read_all(&huge.file("x", b"x").file("good", b"").packed());
        assert_eq!(
            (contents.refused.len(), labels(&contents)),
            (1, vec!["good"])
        );
    }
    // Sound, and longer than anybody needs.
    let comment = "x".repeat(100_000);
    let huge = Tar::default().pax(b'x', &[("comment", &comment)]);
    only(huge.file("x", b"x"), Refused::Unclear);
    // Of a link nobody wants to know where it leads.
    let huge = Tar::default().of(b"huge", b'K', &vec![b'n'; 100_000]);
    only(huge.of(b"x", b'2', b""), Refused::Link);
}

#[test]
fn pax_headers_that_make_no_sense_are_refused() {
    for said in [
        "x",
        "9999999999999999999999 a=b\n",
        "5 a=b\n",
        "0 a=b\n",
        "7 path\n",
        "-5 a=b\n",
        "6 a=b\nx",
    ] {
        let archive = Tar::default().of(b"pax", b'x', said.as_bytes());
        only(archive.file("x", b"x"), Refused::Unclear);
    }
    let archive = Tar::default().pax(b'x', &[("size", "-1")]);
    only(archive.file("x", b"x"), Refused::Unclear);
    // What is said of all members is fine where it is a comment.
    let archive = Tar::default()
        .pax(b'g', &[("comment", "x")])
        .file("x", b"x");
    assert_eq!(read_all(&archive.packed()).1.whole, Whole::Whole);
    for record in [("path", "x"), ("size", "3")] {
        let archive = Tar::default().pax(b'g', &[record]).file("x", b"x");
        assert_eq!(
            trouble(&read_all(&archive.packed()).1),
            TroubleKind::Damaged
        );
    }
}

#[test]
fn a_size_in_front_of_a_header_is_the_one_that_counts() {
    // Whoever goes by the other one sees another archive.
    let archive = Tar::default()
        .pax(b'x', &[("size", "600")])
        .raw(header(b"x", b'0', 0), &[b'x'; 600])
        .file("behind", b"it")
        .packed();
    let (came, contents) = read_all(&archive);
    assert_eq!(
        (labels(&contents), came[0].1.len()),
        (vec!["x", "behind"], 600)
    );
    assert_eq!(contents.whole, Whole::Whole);
}

#[test]
fn what_is_refused_is_counted_and_the_first_ones_are_named() {
    let mut archive = Tar::default();
    for _ in 0..300 {
        archive = archive.of(&[b"../", [b'n'; 97].as_slice()].concat(), b'0', b"");
    }
    let (_, contents) = read_all(&archive.packed());
    assert_eq!(contents.refused.len(), 100);
    assert_eq!(contents.refused_count[&Refused::Climbing], 300);
    let long = Tar::default()
        .of(b"L", b'L', &[b'\x1b'; 60_000])
        .file("x", b"");
    let (_, contents) = read_all(&long.packed());
    assert!(contents.refused[0].name.len() < 1_000, "{contents:?}");
}
