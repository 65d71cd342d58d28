//! .
pub mod picture;
