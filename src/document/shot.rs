//! The facts of a shot and of its takes.

use super::facts::facts;
use bevy::prelude::Component;
use kinora_core::{
    film::{AspectRatio, ContinuitySource, ExtraFields, FitMode, ProjectPath, Shot, SmoothMode, Take, TakeMedia},
    ids::{CharacterId, ShotId, TakeId},
};

/// A shot, by its stable name within its scene.
#[derive(Component, Debug, Clone, PartialEq, Eq)]
pub struct ShotKey(pub ShotId);

/// A take, by its stable name within its shot.
#[derive(Component, Debug, Clone, PartialEq, Eq)]
pub struct TakeKey(pub TakeId);

facts! {
    /// One fact of a shot.
    ShotFact, ShotBundle of Shot {
        /// What the picture shows.
        Prompt(String) = ShotPrompt, prompt;
        /// Model to make it with; empty for the film's default.
        Model(String) = ShotModel, model;
        /// Length asked of the model, in seconds.
        DurationSecs(f64) = ShotDuration, duration;
        /// The chosen take's clip, relative to the scene folder.
        File(Option<ProjectPath>) = ShotFile, file_path;
        /// First frame of the chosen take.
        FirstFrame(Option<ProjectPath>) = ShotFirstFrame, first_frame_path;
        /// True last frame of the chosen take.
        LastFrame(Option<ProjectPath>) = ShotLastFrame, last_frame_path;
        /// The moment this shot continues from.
        Continuity(Option<ContinuitySource>) = ShotContinuity, continuity_source;
        /// The picture the model starts from.
        Reference(Option<ProjectPath>) = ShotReference, reference_first_frame_path;
        /// The picture the model ends on.
        LastReference(Option<ProjectPath>) = ShotLastReference, reference_last_frame_path;
        /// Aspect ratio asked of the model.
        AspectRatio(Option<AspectRatio>) = ShotAspectRatio, aspect_ratio;
        /// Characters in the shot.
        Characters(Vec<CharacterId>) = ShotCharacters, character_ids;
        /// Seed asked of the model.
        Seed(Option<u64>) = ShotSeed, seed;
        /// In point, counted at the film's rate.
        InFrame(u64) = ShotInPoint, in_frame;
        /// Out point, counted at the film's rate.
        OutFrame(Option<u64>) = ShotOutPoint, out_frame;
        /// How a take of another shape meets the film's frame.
        Fit(Option<FitMode>) = ShotFit, fit;
        /// Smoothing of the cut into the next shot.
        Smooth(SmoothMode) = ShotSmooth, smooth;
        /// Gain of the clip's own sound, in decibels.
        GainDb(f64) = ShotGain, gain_db;
        /// Whether the clip's own sound is silent.
        Mute(bool) = ShotMute, mute;
        /// Fields of the shot that this build does not know.
        Extra(ExtraFields) = ShotExtra, extra;
    }
}

facts! {
    /// One fact of a take.
    TakeFact, TakeBundle of Take {
        /// The clip, relative to the scene folder.
        File(ProjectPath) = TakeFile, file_path;
        /// Model that made it.
        Model(String) = TakeModel, model;
        /// Provider that ran the model.
        Provider(String) = TakeProvider, provider;
        /// The prompt as it was sent.
        Prompt(String) = TakePrompt, prompt;
        /// The seed, if the model takes one.
        Seed(Option<u64>) = TakeSeed, seed;
        /// What it cost in US dollars.
        CostUsd(Option<f64>) = TakeCost, cost_usd;
        /// When it arrived, RFC 3339 in UTC.
        CreatedAt(String) = TakeCreatedAt, created_at;
        /// blake3 of the file, 64 hex digits.
        Blake3(String) = TakeBlake3, blake3;
        /// What is in the file.
        Media(Option<TakeMedia>) = TakeContents, media;
        /// Whether the maker keeps it.
        Pinned(bool) = TakePinned, pinned;
        /// Fields of the take that this build does not know.
        Extra(ExtraFields) = TakeExtra, extra;
    }
}
