//! A value that many tasks change in turn. It is reached through a closure, so no guard can
//! be held across an await, and a panic in one test's closure does not poison the others.

use std::sync::{Mutex, PoisonError};

/// A value behind a lock that is never held for longer than one closure.
#[derive(Debug, Default)]
pub struct Shared<T>(Mutex<T>);

impl<T> Shared<T> {
    /// Puts `value` behind a lock.
    pub fn new(value: T) -> Self {
        Self(Mutex::new(value))
    }

    /// Runs `change` with the value to itself. `change` must not come back to the same value.
    pub fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
