//! Verdicts over states that are written down.

mod run;
mod states;
