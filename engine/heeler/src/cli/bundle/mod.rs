//! `heeler bundle`: what a node was found with, made and asked.

mod ask;
mod make;
pub(super) mod wanted;

use tokio_util::sync::CancellationToken;

use super::args::{BundleArgs, BundleCommand, Global};
use crate::failure::Failure;

/// Makes a bundle of a node, or answers from bundles.
///
/// # Errors
/// Wrong use; a bundle that can't be made, read or written.
pub(super) async fn bundle(
    global: &Global,
    args: &BundleArgs,
    cancel: CancellationToken,
) -> Result<u8, Failure> {
    match &args.command {
        None => make::make(global, &args.make, cancel).await,
        Some(BundleCommand::Show { bundle, member }) => {
            ask::show(bundle, member.as_deref(), global.output)
        }
        Some(BundleCommand::Grep(args)) => ask::grep(args, global.output),
        Some(BundleCommand::Diff { a, b }) => ask::diff(a, b, global.output),
    }
}
