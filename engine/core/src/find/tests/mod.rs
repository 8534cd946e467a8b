//! Verdicts over states that are written down.

mod bundle;
mod run;
mod states;
