//! What every vendor's provider needs of HTTP, written once and carefully.
//!
//! [`Keys`] finds a key in the environment or the operating system's vault and hands it out as a [`Secret`], which does
//! not show itself. [`BaseUrl`] is where a vendor lives, or a simulator of it. [`Client`] sends: a *create* exactly once
//! (money may move), anything repeatable as a *read* with patience, files as a download that appears whole or not at all.
//! [`CardShelf`] holds model cards: those built into a provider, what its vendor's live schemas say otherwise, and the
//! user's files over both; [`load_cards`] reads them without the live ones.
//!
//! The two laws behind it: a key goes to its vendor's own hosts and nowhere else, and an answer that was lost is told
//! apart from a request that never left.

mod base_url;
mod cards;
mod client;
mod keys;
mod media;
mod save;
mod secret;
mod vault;

pub use base_url::{BaseUrl, BaseUrlError};
pub use cards::{CardPlaces, CardProblem, CardShelf, LiveCards, LoadedCards, load_cards};
pub use client::{
    Answer, Auth, Body, Call, Client, ClientOptions, DownloadRules, Downloaded, Method, Part, RetryPolicy, VendorHosts,
    wait_asked_in,
};
pub use keys::{Environment, KeySource, Keys};
pub use media::{data_url, decode_data_url, extension_of, media_type_of, plain_file_name};
pub use save::save_file;
pub use secret::Secret;
pub use vault::{MemoryVault, OsVault, Vault, VaultError};
