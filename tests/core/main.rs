//! Tests of the film engine through its public face, one room a module.
#![expect(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test's helpers fail by panicking, put broken files in place on purpose, and say what they skip"
)]

mod project_files;
mod store_files;
