//! A file on its way. Whoever serves it may stall without an end, or end before all of it came: neither is taken for
//! the end of the file.

use std::time::Duration;

use futures::StreamExt as _;
use tokio::time::timeout;
use tokio_util::bytes::Bytes;

use super::error::CallError;
use super::port::OpenFile;

/// The node proxy answers 200 and may then stall without an end. Measured on kubernetes 1.36.
const IDLE: Duration = Duration::from_secs(30);

/// Why a file came to no end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Break {
    /// On its way: another try may come further.
    Way(String),
    /// The file itself is not what it should be, or is not given.
    File(String),
}

impl From<CallError> for Break {
    fn from(error: CallError) -> Self {
        match error.is_passing() {
            true => Break::Way(error.what()),
            false => Break::File(error.what()),
        }
    }
}

/// A file that is open, and comes.
pub struct Arriving {
    file: OpenFile,
    came: u64,
}

impl From<OpenFile> for Arriving {
    fn from(file: OpenFile) -> Self {
        Arriving { file, came: 0 }
    }
}

impl Arriving {
    /// The byte of the file with which it begins: 0 also where somebody on the way knows no parts.
    pub fn begins_at(&self) -> u64 {
        self.file.from
    }

    /// How many bytes come in all, as far as it was said.
    pub fn length(&self) -> Option<u64> {
        self.file.length
    }

    /// What comes next; `None`: that was all of it.
    ///
    /// # Errors
    /// When nothing comes for 30 s, when it ends early, and what the way has failed with.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Break> {
        match timeout(IDLE, self.file.bytes.next()).await {
            Ok(Some(Ok(piece))) => {
                self.came += piece.len() as u64;
                Ok(Some(piece))
            }
            Ok(Some(Err(error))) => Err(error.into()),
            Ok(None) => match self.file.length.filter(|length| self.came < *length) {
                Some(length) => {
                    let came = self.came;
                    let short = format!("the connection ended after {came} of {length} bytes");
                    Err(Break::Way(short))
                }
                None => Ok(None),
            },
            Err(_) => {
                let idle = IDLE.as_secs();
                Err(Break::Way(format!("nothing came for {idle} s")))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::stream::{iter, pending};

    use super::*;
    use crate::world::error::{Cause, Service};

    fn arriving(length: Option<u64>, pieces: Vec<Result<Bytes, CallError>>) -> Arriving {
        Arriving::from(OpenFile {
            from: 0,
            length,
            bytes: iter(pieces).boxed(),
        })
    }

    async fn all(mut arriving: Arriving) -> (Vec<u8>, Option<Break>) {
        let mut came = Vec::new();
        loop {
            match arriving.next().await {
                Ok(Some(piece)) => came.extend_from_slice(&piece),
                Ok(None) => return (came, None),
                Err(why) => return (came, Some(why)),
            }
        }
    }

    fn failed(cause: Cause) -> CallError {
        CallError::new(Service::Kubernetes, "get nodes/log", "prod", cause)
    }

    #[tokio::test]
    async fn what_ends_early_is_not_at_its_end() {
        let two = || vec![Ok(Bytes::from_static(b"ab")), Ok(Bytes::from_static(b"c"))];
        for length in [None, Some(3)] {
            assert_eq!(all(arriving(length, two())).await, (b"abc".to_vec(), None));
        }
        let (came, why) = all(arriving(Some(4), two())).await;
        let short = "the connection ended after 3 of 4 bytes".to_owned();
        assert_eq!((came, why), (b"abc".to_vec(), Some(Break::Way(short))));
    }

    #[tokio::test(start_paused = true)]
    async fn what_stalls_is_given_up() {
        let bytes = iter([Ok(Bytes::from_static(b"a"))]).chain(pending());
        let stalled = Arriving::from(OpenFile {
            from: 0,
            length: None,
            bytes: bytes.boxed(),
        });
        let idle = Break::Way("nothing came for 30 s".to_owned());
        assert_eq!(all(stalled).await, (b"a".to_vec(), Some(idle)));
    }

    #[tokio::test]
    async fn what_may_pass_is_told_from_what_does_not() {
        let passing = failed(Cause::TimedOut("reset".to_owned()));
        let (_, why) = all(arriving(None, vec![Err(passing)])).await;
        assert!(matches!(why, Some(Break::Way(_))));
        let lasting = failed(Cause::Forbidden("no".to_owned()));
        let (_, why) = all(arriving(None, vec![Err(lasting)])).await;
        assert!(matches!(why, Some(Break::File(_))));
    }
}
