//! The contract between Kinora and the makers of clips, voices and music.
//!
//! An author writes a [`Provider`] with plain `async fn`s, describes its models as data ([`ModelCard`]) and adds it
//! with [`AddProvider::add_provider`]. The application only ever sees [`ErasedProvider`] in the [`ProviderRegistry`].
//! Whoever writes one proves it with the suite in `contract` (feature `contract`).
//!
//! This crate knows Bevy's app and ECS and nothing else: no media library, no HTTP, no window.

mod card;
#[cfg(any(test, feature = "contract"))]
pub mod contract;
mod descriptor;
mod error;
mod measure;
mod money;
mod output;
mod provider;
mod refresh;
mod registry;
mod request;

pub use card::{
    CardViolation, Condition, DurationRule, ModelCard, ParameterKind, ParameterSpec, Price, PriceBasis, PriceRule,
    PriceTier, ReferenceSlot, Rule, Test, TextRule,
};
pub use descriptor::{KeyNeed, Limits, ProviderDescriptor, Standing, VoiceCard};
pub use error::{FieldProblem, ProviderError};
pub use measure::{AspectRatio, MeasureError, Rate, SizePx};
pub use money::{MicroUsd, read_some_usd, read_usd, sum_usd, usd_words, whole_rate_usd, whole_usd};
pub use output::{GenerationOutput, JobState, OutputFile, OutputKind, OutputSource, WordTiming};
pub use provider::{BoxedFuture, ErasedProvider, JobTicket, Provider, Submitted};
pub use refresh::{CardSource, RefreshProblem, Refreshed};
pub use registry::{AddProvider, ModelAddress, ProviderRegistry, resolve_among};
pub use request::{
    CharacterSketch, GenerationRequest, ImageRequest, LipSyncPicture, LipSyncRequest, MusicRequest, Parameters,
    RequestKind, Slate, SoundEffectRequest, SpeechRequest, VideoRequest, VoiceConversionRequest,
};
