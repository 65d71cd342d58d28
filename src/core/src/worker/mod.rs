//! Work on foreign files happens in a child process of our own binary.
//!
//! Decision: FFmpeg is a million lines of C that reads whatever a vendor or a stranger sent. A crash or a hang in it
//! must not take the film with it, and a thread can neither be killed nor outlive a segmentation fault. So probing,
//! stills, conforming and rendering run as `kinora worker`: one process a piece of work, one line of JSON in, lines of
//! JSON out. It costs about 20 ms a start. The child ends itself when its parent is gone, and its parent ends it when
//! it is cancelled or stops reporting.

mod client;
mod probe_all;
mod protocol;
mod serve;

pub use client::{Worker, WorkerError};
pub use probe_all::Probed;
pub use protocol::{StillMoment, WorkerReply, WorkerRequest};
pub use serve::serve;
