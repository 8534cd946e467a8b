//! Resolution against scripted ports.

mod cloud;
mod kubernetes;
mod world;
