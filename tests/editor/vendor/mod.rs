//! Jobs at a vendor: real HTTP on loopback, counted and spoiled, against the job system as it is.
//!
//! - `simulator`: the vendor; `media`: what it makes; `client`: a provider that speaks to it;
//! - `bench`: projects, generators and children that can be killed;
//! - `faults`, `closing`, `money`, `queue`, `sweep`, `crowd`: the tests; `film`: a scene with the simulators of all three vendors.

mod bench;
mod client;
mod closing;
mod crowd;
mod faults;
mod film;
mod media;
mod money;
mod queue;
mod simulator;
mod sweep;
