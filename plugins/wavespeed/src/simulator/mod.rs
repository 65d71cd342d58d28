//! A WaveSpeed on this machine's loopback, for tests: real HTTP, scripted faults, and a count of everything asked.
//!
//! It is judged by the vendor's own client (`tests/official_client.py`), not by our reading of the documentation alone.
//! `http` speaks the wire, `fault` is the script, `store` keeps predictions and files, `schema` reads inputs as strictly
//! as the catalogue describes them, `routes` answers, `files` takes and gives files.

mod fault;
mod files;
mod http;
mod routes;
mod schema;
mod store;

pub use fault::{Fault, Point, Script, ScriptError};
pub use store::Counts;

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};
use store::Store;

/// Two seconds of a test picture with a tone, in H.264 and AAC: what a prediction makes unless told otherwise.
pub const CLIP: &[u8] = include_bytes!("clip.mp4");
/// The key the simulator takes unless told otherwise.
pub const KEY: &str = "wsk-simulator-0123456789abcdef";

/// How a simulator behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port on the loopback; 0 takes a free one.
    pub port: u16,
    /// The only key it accepts.
    pub key: String,
    /// Polls answered `created` or `processing` before a prediction is done.
    pub polls: u32,
    /// The file a prediction makes; absent gives the clip that was handed in, or [`CLIP`].
    pub output: Option<PathBuf>,
    /// The account's balance in US dollars.
    pub balance_usd: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { port: 0, key: KEY.into(), polls: 2, output: None, balance_usd: 42.5 }
    }
}

/// A running simulator. It ends when dropped.
pub struct Simulator {
    shared: Arc<Shared>,
    address: SocketAddr,
    accepting: Option<JoinHandle<()>>,
}

struct Shared {
    settings: Settings,
    address: SocketAddr,
    store: Mutex<Store>,
    is_over: AtomicBool,
}

impl Shared {
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Simulator {
    /// Starts one with everything as by default.
    ///
    /// # Errors
    /// When no port or thread is to be had.
    pub fn start() -> io::Result<Self> {
        Self::with(Settings::default())
    }

    /// Starts one.
    ///
    /// # Errors
    /// When the port or a thread is not to be had.
    pub fn with(settings: Settings) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, settings.port))?;
        let address = listener.local_addr()?;
        let store = Mutex::new(Store::new(settings.balance_usd));
        let shared = Arc::new(Shared { settings, address, store, is_over: AtomicBool::new(false) });
        let accepting = {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name("wavespeed-simulator".into()).spawn(move || accept(&listener, &shared))?
        };
        Ok(Self { shared, address, accepting: Some(accepting) })
    }

    /// The base URL to set as `WAVESPEED_BASE_URL`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds faults to the script, for example `create:drop_after` or `result:status=502*3`; see [`Script`].
    ///
    /// # Errors
    /// [`ScriptError`] naming the line that is no fault.
    pub fn script(&self, text: &str) -> Result<(), ScriptError> {
        let scripts = Script::read_all(text)?;
        self.shared.store().scripts.extend(scripts);
        Ok(())
    }

    /// What was asked so far.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.shared.store().counts()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.is_over.store(true, Ordering::Release);
        // Wakes the thread that accepts.
        drop(TcpStream::connect_timeout(&self.address, Duration::from_secs(1)));
        if let Some(accepting) = self.accepting.take() {
            // A panic there has failed the test already.
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.is_over.load(Ordering::Acquire) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let shared = Arc::clone(shared);
        let serving = thread::Builder::new().name("wavespeed-simulator-client".into()).spawn(move || {
            // A client that goes away is part of the tests.
            let _ = serve(stream, &shared);
        });
        if serving.is_err() {
            return;
        }
    }
}

/// One connection's life: request after request.
fn serve(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut connection = http::Connection::new(stream);
    while !shared.is_over.load(Ordering::Acquire) {
        let Some(request) = connection.read()? else { return Ok(()) };
        let reply = routes::answer(shared, &request);
        if !connection.write(&reply)? {
            return Ok(());
        }
    }
    Ok(())
}
