//! Logs as applications and containerd write them, seeded: what is measured is the same in every run.

use std::io::{self, Write};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

/// When a log begins: 2026-11-20T10:00:00Z.
pub(crate) const BEGIN: i64 = 1_795_168_800_000_000_000;
/// Different texts of a log; what is packed sees no further back than 32 KiB anyway.
const TEXTS: usize = 4_096;
/// containerd cuts longer lines into parts of this size.
const PART: usize = 16_384;
/// One text in so many is longer than that.
const LONG_EVERY: usize = TEXTS;
/// Nanoseconds between two lines, at most.
const STEP: i64 = 4_000_000;

/// The log of one container, from its first line on.
pub(crate) struct Log {
    random: StdRng,
    texts: Vec<Vec<u8>>,
    at: i64,
    /// The beginning of the current second, and how it is written.
    second: (i64, String),
}

/// What was written.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Written {
    pub(crate) bytes: u64,
    /// Lines as the application has written them.
    pub(crate) lines: u64,
}

impl Log {
    pub(crate) fn seeded(seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let texts = (0..TEXTS).map(|number| text(&mut random, number)).collect();
        Self {
            at: BEGIN + random.random_range(0..STEP),
            random,
            texts,
            second: (i64::MIN, String::new()),
        }
    }

    /// Writes lines until there are so many bytes.
    ///
    /// # Errors
    /// When they can't be written.
    pub(crate) fn write(&mut self, bytes: u64, to: &mut impl Write) -> io::Result<Written> {
        let mut written = Written::default();
        let mut line = Vec::new();
        while written.bytes < bytes {
            self.at += self.random.random_range(1..STEP);
            let number = self.random.random_range(0..TEXTS);
            let stream = if number % 10 == 0 { "stderr" } else { "stdout" };
            line.clear();
            self.line(stream, number, &mut line)?;
            to.write_all(&line)?;
            written.bytes += line.len() as u64;
            written.lines += 1;
        }
        Ok(written)
    }

    fn line(&mut self, stream: &str, number: usize, line: &mut Vec<u8>) -> io::Result<()> {
        const SECOND: i64 = 1_000_000_000;
        let (second, nanos) = (self.at.div_euclid(SECOND), self.at.rem_euclid(SECOND));
        if self.second.0 != second {
            let at = jiff::Timestamp::from_second(second).map_err(io::Error::other)?;
            self.second = (second, at.strftime("%Y-%m-%dT%H:%M:%S").to_string());
        }
        let mut rest = self.texts.get(number).map_or(&[][..], Vec::as_slice);
        loop {
            let (part, behind) = rest.split_at_checked(PART).unwrap_or((rest, &[]));
            let tag = if behind.is_empty() { "F" } else { "P" };
            write!(line, "{}.{nanos:09}Z {stream} {tag} ", self.second.1)?;
            line.extend_from_slice(part);
            line.push(b'\n');
            rest = behind;
            if rest.is_empty() {
                return Ok(());
            }
        }
    }
}

/// What an application of a shop says.
fn text(random: &mut StdRng, number: usize) -> Vec<u8> {
    const PATHS: [&str; 6] = [
        "/api/v1/orders",
        "/api/v1/carts/items",
        "/healthz",
        "/api/v1/users/me",
        "/static/app.js",
        "/api/v1/search?q=shoes&page=2",
    ];
    let id: u64 = random.random();
    let trace: u128 = random.random();
    let (took, status) = (
        random.random_range(1..2_000),
        [200, 200, 201, 304, 404, 500][number % 6],
    );
    let path = PATHS[random.random_range(0..PATHS.len())];
    let said = match number % 5 {
        0 => format!(
            r#"{{"level":"info","ts":"2026-11-20T10:00:00.123Z","logger":"http","msg":"request","method":"GET","path":"{path}","status":{status},"took_ms":{took},"trace_id":"{trace:032x}"}}"#
        ),
        1 => format!(
            "level=info ts=2026-11-20T10:00:00.123Z caller=handler.go:{took} msg=\"request served\" path={path} status={status} duration={took}ms request_id={id:016x}"
        ),
        2 => format!(
            "10.0.{}.{} - - [20/Nov/2026:10:00:00 +0000] \"GET {path} HTTP/1.1\" {status} {took} \"-\" \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"",
            id % 256,
            id / 256 % 256
        ),
        3 => format!(
            "2026-11-20 10:00:00.123 UTC [{took}] LOG:  duration: {took}.123 ms  execute S_{}: SELECT id, total FROM orders WHERE customer = $1 AND state = $2",
            id % 40
        ),
        _ => format!(
            "WARN  c.s.checkout.Payment - retry {} of 5 for order {id:016x}: connection to 10.0.9.4:5432 timed out",
            id % 5
        ),
    };
    match number % LONG_EVERY {
        7 => said.repeat(1 + 3 * PART / said.len()).into_bytes(),
        _ => said.into_bytes(),
    }
}
