//! The listener: it can go away and come back on the same port.

use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use axum::Router;
use axum::serve::ListenerExt as _;
use tokio::runtime::{Builder, Runtime};

use crate::kube::tls::{Identity, TlsListener};

/// How long stopping may take.
const STOP: Duration = Duration::from_secs(2);

/// Answers while it is started. Each start has a runtime of its own, so that stopping breaks every
/// connection at once.
#[derive(Debug)]
pub(crate) struct Server {
    app: Router,
    identity: Mutex<Option<Identity>>,
    address: SocketAddr,
    running: Mutex<Option<Runtime>>,
    taken: Arc<AtomicUsize>,
}

impl Server {
    /// Starts on a free port of an address of the loopback; without an identity in plain HTTP.
    pub(crate) fn bind(
        app: Router,
        identity: Option<Identity>,
        on: Ipv4Addr,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((on, 0))
            .with_context(|| format!("bind a server of the lab on {on}"))?;
        let address = listener.local_addr()?;
        let server = Self {
            app,
            identity: Mutex::new(identity),
            address,
            running: Mutex::new(None),
            taken: Arc::default(),
        };
        server.serve(listener)?;
        Ok(server)
    }

    pub(crate) fn url(&self) -> String {
        let scheme = if self.identity().is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many connections were taken in TLS, whatever became of them.
    pub(crate) fn connections(&self) -> usize {
        self.taken.load(Ordering::Relaxed)
    }

    /// Says who it is by another certificate from the next start on.
    pub(crate) fn identify(&self, identity: Identity) {
        *self.identity() = Some(identity);
    }

    fn identity(&self) -> MutexGuard<'_, Option<Identity>> {
        self.identity.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn start(&self) -> anyhow::Result<()> {
        if self.running().is_some() {
            return Ok(());
        }
        let listener = TcpListener::bind(self.address)
            .with_context(|| format!("bind a server of the lab again on {}", self.address))?;
        self.serve(listener)
    }

    fn serve(&self, listener: TcpListener) -> anyhow::Result<()> {
        listener.set_nonblocking(true)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("lab-server")
            .enable_all()
            .build()?;
        let app = self.app.clone();
        let context = runtime.enter();
        let plain = tokio::net::TcpListener::from_std(listener)?;
        match &*self.identity() {
            Some(identity) => {
                let listener = TlsListener::new(plain, identity, Arc::clone(&self.taken))?;
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
                "a server of the lab still listens on {}",
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
