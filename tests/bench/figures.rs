//! What was measured, run by run, and the medians of it.

use std::time::Duration;

use jiff::Timestamp;

/// One run of `heeler`.
pub(crate) struct Run {
    /// From its start to its end.
    pub(crate) wall: Duration,
    /// User and system time.
    pub(crate) cpu: Duration,
    /// From the moment in which the last answer could be listed to the end of the process, which
    /// has printed its verdict by then.
    pub(crate) overhead: Duration,
    /// The part of it that begins with the listing that found the last answer.
    pub(crate) reading: Duration,
    /// Its calls.
    pub(crate) traffic: Traffic,
}

/// The calls of one run, as they arrived at the lab.
pub(crate) struct Traffic {
    pub(crate) send_command: usize,
    pub(crate) get_command_invocation: usize,
    /// When each ListCommandInvocations arrived.
    pub(crate) listed: Vec<Timestamp>,
}

/// All measurements.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) traffic: Vec<Traffic>,
    pub(crate) heeler: Vec<Duration>,
    pub(crate) cpu: Vec<Duration>,
    pub(crate) overhead: Vec<Duration>,
    pub(crate) reading: Vec<Duration>,
    pub(crate) start: Vec<Duration>,
    pub(crate) boto3: Vec<Duration>,
    pub(crate) aws_cli: Vec<Duration>,
}

impl Figures {
    /// One more run of `heeler`.
    pub(crate) fn add(&mut self, run: Run) {
        self.heeler.push(run.wall);
        self.cpu.push(run.cpu);
        self.overhead.push(run.overhead);
        self.reading.push(run.reading);
        self.traffic.push(run.traffic);
    }

    /// The wall time of the run that was added last.
    pub(crate) fn latest(&self) -> Duration {
        self.heeler.last().copied().unwrap_or_default()
    }

    /// ListCommandInvocations a second while a run waits, over all runs.
    pub(crate) fn lists_per_second(&self) -> f64 {
        let (mut pauses, mut seconds) = (0.0, 0.0);
        for traffic in &self.traffic {
            if let [first, .., last] = traffic.listed[..] {
                pauses += traffic.listed.len() as f64 - 1.0;
                seconds += last.duration_since(first).as_secs_f64();
            }
        }
        if seconds > 0.0 { pauses / seconds } else { 0.0 }
    }

    /// What every run counted, or else the worst that one of them did.
    pub(crate) fn most(&self, count: impl Fn(&Traffic) -> usize) -> usize {
        self.traffic.iter().map(count).max().unwrap_or_default()
    }
}
