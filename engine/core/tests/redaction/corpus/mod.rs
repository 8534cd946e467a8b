//! Text with secrets planted in it, and with what only looks like secrets. It knows nothing of how they are
//! found: the forms are those of the issuers' public documentation, and everything is drawn from a seed. The
//! benchmark of logs uses it too.

mod cloud;
mod fill;
mod harmless;
mod keys;
mod named;
mod text;
mod vendors;

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use self::fill::fill;
pub(crate) use self::text::Text;
use self::text::Wrap;

/// So many bytes, at least.
const BYTES: usize = 16 << 20;
const SEED: u64 = 20_261_120;

/// A kind of secret: what it looks like, and where it is found. `{S}` is its place there.
pub(crate) struct Planted {
    pub(crate) kind: &'static str,
    form: &'static str,
    places: &'static [&'static str],
}

/// All kinds.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Planted> {
    let all = [cloud::KINDS, keys::KINDS, named::KINDS, vendors::KINDS];
    all.into_iter().flatten()
}

/// The corpus: of ten pieces six are ordinary lines, three look like secrets, and one is a secret in its
/// place.
pub(crate) fn corpus() -> Text {
    let mut random = StdRng::seed_from_u64(SEED);
    let kinds: Vec<&Planted> = kinds().collect();
    let mut text = Text::default();
    let mut next = 0;
    while text.bytes.len() < BYTES {
        let wrap = Wrap::drawn(&mut random);
        match random.random_range(0..10) {
            0..6 => text.piece(
                wrap,
                &fill(harmless::ordinary(&mut random), None, &mut random),
            ),
            6..9 => text.piece(wrap, &fill(harmless::alike(&mut random), None, &mut random)),
            _ => {
                // Each kind as often as the others.
                if let Some(planted) = kinds.get(next % kinds.len()) {
                    let place = random.random_range(0..planted.places.len());
                    let place = planted.places.get(place).copied().unwrap_or_default();
                    let secret = fill(planted.form, None, &mut random);
                    let secret = Some((planted.kind, secret.as_slice()));
                    text.piece(wrap, &fill(place, secret, &mut random));
                }
                next += 1;
            }
        }
    }
    text
}
