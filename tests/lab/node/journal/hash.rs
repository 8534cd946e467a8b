//! Bob Jenkins' lookup3 as systemd's journal uses it (`jenkins_hash64` in `lookup3.h`), over
//! little-endian words of four bytes.

/// The hash of a journal's data and field objects.
pub(super) fn hash(bytes: &[u8]) -> u64 {
    // The length is part of the beginning modulo 2^32, which `as` would be.
    let length = u32::try_from(bytes.len() & 0xffff_ffff).unwrap_or_default();
    let begin = 0xdead_beef_u32.wrapping_add(length);
    let mut state = [begin; 3];
    let mut rest = bytes;
    while rest.len() > 12
        && let Some((part, after)) = rest.split_first_chunk::<12>()
    {
        state = mix(add(state, part));
        rest = after;
    }
    if !rest.is_empty() {
        state = last(add(state, rest));
    }
    let [_, b, c] = state;
    u64::from(c) << 32 | u64::from(b)
}

/// Adds up to twelve bytes; what is missing is zero.
fn add(state: [u32; 3], part: &[u8]) -> [u32; 3] {
    let mut padded = [0_u8; 12];
    padded
        .iter_mut()
        .zip(part)
        .for_each(|(to, from)| *to = *from);
    let [d, e, f, g, h, i, j, k, l, m, n, o] = padded;
    let [a, b, c] = state;
    [
        a.wrapping_add(u32::from_le_bytes([d, e, f, g])),
        b.wrapping_add(u32::from_le_bytes([h, i, j, k])),
        c.wrapping_add(u32::from_le_bytes([l, m, n, o])),
    ]
}

fn mix([mut a, mut b, mut c]: [u32; 3]) -> [u32; 3] {
    let step = |x: &mut u32, y: &mut u32, z: u32, by: u32| {
        *x = x.wrapping_sub(*y) ^ y.rotate_left(by);
        *y = y.wrapping_add(z);
    };
    step(&mut a, &mut c, b, 4);
    step(&mut b, &mut a, c, 6);
    step(&mut c, &mut b, a, 8);
    step(&mut a, &mut c, b, 16);
    step(&mut b, &mut a, c, 19);
    step(&mut c, &mut b, a, 4);
    [a, b, c]
}

fn last([mut a, mut b, mut c]: [u32; 3]) -> [u32; 3] {
    let step = |x: &mut u32, y: u32, by: u32| *x = (*x ^ y).wrapping_sub(y.rotate_left(by));
    step(&mut c, b, 14);
    step(&mut a, c, 11);
    step(&mut b, a, 25);
    step(&mut c, b, 16);
    step(&mut a, c, 4);
    step(&mut b, a, 14);
    step(&mut c, b, 24);
    [a, b, c]
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn it_gives_what_lookup3_gives() {
        // The author's own examples (lookup3.c, driver5), with initial values of zero.
        assert_eq!(hash(b""), 0xdead_beef_dead_beef);
        assert_eq!(
            hash(b"Four score and seven years ago"),
            0x1777_0551_ce72_26e6
        );
    }
}
