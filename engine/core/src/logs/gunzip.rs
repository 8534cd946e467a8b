//! Packed segments, unpacked piece by piece, without ever holding much of them.

use flate2::{Decompress, FlushDecompress, Status};

/// Unpacked bytes that are given at once, with a few more where they are the last of a piece. The
/// decompressor copies its window whenever it stops: a record of TLS should come to less than this.
const MOST: usize = 128 << 10;
/// What was taken and not given yet comes to less than this: at most one copy, and a few symbols of a bit
/// each that stand for 258 bytes.
const LEFT: usize = 16 << 10;
/// The largest window that there is: 32 KiB.
const WINDOW_BITS: u8 = 15;

/// Unpacks what gzip has packed, all of it into one place: new memory for each piece takes time.
#[derive(Debug)]
pub struct Gunzip {
    /// Checks lengths and checksums, too.
    state: Decompress,
    at: At,
    place: Vec<u8>,
    /// How much of the place is filled.
    filled: usize,
}

/// Where in a packed file. Several of them behind one another are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    /// Nothing has come.
    Beginning,
    /// Its end has not come.
    Within,
    /// All that was packed has come; another part may follow.
    End,
}

impl Default for Gunzip {
    fn default() -> Self {
        Gunzip {
            state: Decompress::new_gzip(WINDOW_BITS),
            at: At::Beginning,
            place: vec![0; MOST + LEFT],
            filled: 0,
        }
    }
}

impl Gunzip {
    /// Takes some of the bytes. What they come to is [`Gunzip::given`] until the next ones are taken: no
    /// more than 144 KiB, whatever was packed.
    ///
    /// # Errors
    /// In words, when it is not packed as it should be; what came before that is given.
    pub fn bite(&mut self, bytes: &mut &[u8]) -> Result<(), String> {
        self.filled = 0;
        while !bytes.is_empty() && self.filled < MOST {
            self.step(bytes, MOST)?;
        }
        if bytes.is_empty() && self.filled == MOST {
            self.step(bytes, MOST + LEFT)?;
        }
        Ok(())
    }

    /// What the last bite came to.
    pub fn given(&self) -> &[u8] {
        self.place.get(..self.filled).unwrap_or_default()
    }

    /// Nothing more comes, and nothing is given any more.
    ///
    /// # Errors
    /// In words, when its end is missing.
    pub fn finish(&mut self) -> Result<(), String> {
        self.filled = 0;
        match self.at {
            At::End => Ok(()),
            At::Beginning | At::Within => Err("its packed end is missing".to_owned()),
        }
    }

    /// Unpacks as much as there is room for, up to there.
    fn step(&mut self, bytes: &mut &[u8], until: usize) -> Result<(), String> {
        if self.at == At::End {
            if bytes.is_empty() {
                return Ok(());
            }
            self.state = Decompress::new_gzip(WINDOW_BITS);
        }
        let before = (self.state.total_in(), self.state.total_out());
        let room = self.place.get_mut(self.filled..until).unwrap_or_default();
        let unpacked = self.state.decompress(bytes, room, FlushDecompress::None);
        let taken = self.state.total_in() - before.0;
        let given = self.state.total_out() - before.1;
        self.filled += usize::try_from(given).unwrap_or_default();
        let taken = usize::try_from(taken).unwrap_or(bytes.len());
        *bytes = bytes.get(taken..).unwrap_or_default();
        let is_stuck = taken == 0 && given == 0 && !bytes.is_empty();
        self.at = match unpacked {
            // Asked before all else: nobody may ask for ever.
            Ok(_) if is_stuck => return Err("it is no good gzip: nothing comes of it".to_owned()),
            Ok(Status::StreamEnd) => At::End,
            Ok(_) => At::Within,
            Err(error) => return Err(format!("it is no good gzip: {error}")),
        };
        Ok(())
    }
}
