//! Tests of the film engine through its public face, one room a module.

mod project_files;
mod store_files;
