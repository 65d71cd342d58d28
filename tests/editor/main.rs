//! Tests of the editor's rooms, one module a room. One binary, because linking it costs more than running it.

mod cli;
mod commands;
mod document;
mod films;
mod generation;
