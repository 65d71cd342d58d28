//! Project files: round trips, hostile input, migration, checks, crashes and size.

mod big;
mod checks;
mod crash;
mod full_disk;
mod hostile;
mod migration;
mod mutation;
mod round_trip;
mod sample;
