//! The listener: it can go away and come back on the same port.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use axum::serve::ListenerExt as _;
use tokio::runtime::{Builder, Runtime};

use crate::kube::service::Api;
use crate::kube::tls::{Identity, TlsListener};

/// How long stopping may take.
const STOP: Duration = Duration::from_secs(2);

/// Serves the API while it is started. Each start has a runtime of its own, so that stopping
/// breaks every connection at once.
#[derive(Debug)]
pub(crate) struct Server {
    api: Arc<Api>,
    identity: Option<Identity>,
    address: SocketAddr,
    running: Mutex<Option<Runtime>>,
}

impl Server {
    /// Starts on a free port of the loopback; without an identity in plain HTTP.
    pub(crate) fn bind(api: Arc<Api>, identity: Option<Identity>) -> anyhow::Result<Self> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("bind the lab's Kubernetes API")?;
        let address = listener.local_addr()?;
        let server = Self {
            api,
            identity,
            address,
            running: Mutex::new(None),
        };
        server.serve(listener)?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.identity.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn certificate(&self) -> Option<&str> {
        self.identity.as_ref().map(Identity::certificate)
    }

    pub(crate) fn start(&self) -> anyhow::Result<()> {
        if self.running().is_some() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.address)
            .with_context(|| format!("bind the lab's Kubernetes API again on {}", self.address))?;
        self.serve(listener)
    }

    fn serve(&self, listener: TcpListener) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("lab-kube")
            .enable_all()
            .build()?;
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&self.api));
        let context = runtime.enter();
        let plain = tokio::net::TcpListener::from_std(listener)?;
        match &self.identity {
            Some(identity) => {
                let listener = TlsListener::new(plain, identity)?;
                runtime.spawn(axum::serve(listener, app).into_future());
            }
            None => {
                let listener = plain.tap_io(|stream| {
                    // Only speed is lost without it.
                    let _ = stream.set_nodelay(true);
                });
                runtime.spawn(axum::serve(listener, app).into_future());
            }
        }
        drop(context);
        *self.running() = Some(runtime);
        Ok(())
    }

    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        let Some(runtime) = self.running().take() else {
            return Ok(());
        };
        runtime.shutdown_background();
        let deadline = Instant::now() + STOP;
        while TcpStream::connect_timeout(&self.address, Duration::from_millis(100)).is_ok() {
            anyhow::ensure!(
                Instant::now() < deadline,
                "the lab's Kubernetes API still listens on {}",
                self.address
            );
            thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    fn running(&self) -> MutexGuard<'_, Option<Runtime>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(runtime) = self.running().take() {
            runtime.shutdown_background();
        }
    }
}

async fn answer(State(api): State<Arc<Api>>, request: Request) -> Response {
    api.answer(request).await
}
