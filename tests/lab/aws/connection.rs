//! The client's end of a connection, so that a fault can close it without a reply.

use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::net::TcpListener;

/// A second handle to an accepted connection.
#[derive(Clone)]
pub(super) struct Connection(Option<Arc<TcpStream>>);

impl Connection {
    /// Closes the connection and never returns: the server drops the request when it notices.
    pub(super) async fn cut(self) -> ! {
        if let Some(stream) = &self.0 {
            // It fails only when the client has gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
        std::future::pending().await
    }
}

impl Connected<IncomingStream<'_, TcpListener>> for Connection {
    fn connect_info(stream: IncomingStream<'_, TcpListener>) -> Self {
        let handle = stream.io().as_fd().try_clone_to_owned().ok();
        Self(handle.map(|handle| Arc::new(TcpStream::from(handle))))
    }
}
