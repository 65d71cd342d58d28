//! Project files: round trips, hostile input, migration, checks, crashes and size.

mod round_trip;
mod sample;
