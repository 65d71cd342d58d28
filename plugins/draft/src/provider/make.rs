//! One request into files in the job's folder.

use super::pictures::{draw_clip, draw_still};
use crate::{
    DraftError, atmos, music,
    sound::{Sound, write_wav},
    speech::{self, DraftVoice},
};
use kinora_core::{media::replace_sound, progress::CancelToken};
use kinora_provider::{GenerationOutput, GenerationRequest, JobTicket, OutputFile, OutputKind, OutputSource};
use std::{fs, ops::ControlFlow, path::Path};

/// Makes what a request asks for. `progress` takes a share done and says whether to go on.
pub(super) fn make(
    ticket: &JobTicket,
    request: &GenerationRequest,
    cancel: &CancelToken,
    progress: &mut dyn FnMut(f32) -> ControlFlow<()>,
) -> Result<GenerationOutput, DraftError> {
    let seed = request.seed().unwrap_or_else(|| seed_from_words(request));
    let folder = ticket.work_dir.as_path();
    let file = match request {
        GenerationRequest::Video(video) => {
            let draw = |out: &Path| draw_clip(video, seed, out, &mut *progress);
            finished(folder, "take.mp4", OutputKind::Video, "video/mp4", draw)?
        }
        GenerationRequest::Image(image) => {
            let draw = |out: &Path| draw_still(image, seed, out);
            finished(folder, "still.png", OutputKind::Image, "image/png", draw)?
        }
        GenerationRequest::LipSync(sync) => {
            let join = |out: &Path| Ok(replace_sound(sync.picture.path(), &sync.voice, out, cancel)?);
            finished(folder, "synced.mp4", OutputKind::Video, "video/mp4", join)?
        }
        GenerationRequest::Speech(line) => {
            let voice = voice_of(line.voice_id.as_deref(), &line.speaker)?;
            heard(folder, "voice.wav", &speech::speak(&line.text, voice, folder, progress)?)?
        }
        GenerationRequest::VoiceConversion(conversion) => {
            let voice = voice_of(conversion.voice_id.as_deref(), &conversion.speaker)?;
            heard(folder, "voice.wav", &speech::convert_voice(&conversion.recording, voice, progress)?)?
        }
        GenerationRequest::Music(piece) => {
            heard(folder, "music.wav", &music::compose(&piece.prompt, piece.duration_secs, seed, progress)?)?
        }
        GenerationRequest::SoundEffect(effect) => {
            let sound = atmos::ambience(&effect.prompt, effect.duration_secs, effect.looped, seed, progress)?;
            heard(folder, "ambient.wav", &sound)?
        }
    };
    let takes_seed = super::cards::descriptor().model(request.model()).is_some_and(|card| card.takes_seed);
    Ok(GenerationOutput {
        files: vec![file],
        seed: takes_seed.then_some(seed),
        cost_usd: Some(0.0),
        ..GenerationOutput::default()
    })
}

/// Without a seed the words choose one: the same shot looks the same each time it is drawn.
fn seed_from_words(request: &GenerationRequest) -> u64 {
    let slate = match request {
        GenerationRequest::Video(video) => format!("{}/{}", video.slate.scene, video.slate.shot),
        GenerationRequest::Image(image) => format!("{}/{}", image.slate.scene, image.slate.shot),
        _ => String::new(),
    };
    let digest = blake3::hash(format!("{slate}\n{}", request.text()).as_bytes());
    let bytes = digest.as_bytes();
    // 32 bits: any JSON reader takes them for an exact number.
    u64::from(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
}

fn voice_of(voice_id: Option<&str>, speaker: &str) -> Result<&'static DraftVoice, DraftError> {
    // Checked at submit; a request read back from disk may still name a voice of another version.
    speech::voice_for(voice_id, speaker)
        .ok_or_else(|| DraftError::Sound(format!("there is no draft voice {:?}", voice_id.unwrap_or_default())))
}

fn heard(folder: &Path, name: &str, sound: &Sound) -> Result<OutputFile, DraftError> {
    let path = folder.join(name);
    write_wav(sound, &path)?;
    Ok(OutputFile { kind: OutputKind::Audio, source: OutputSource::File(path), media_type: "audio/wav".into() })
}

/// Lets `write` make a file under a working name of the same ending, then gives it its own.
fn finished(
    folder: &Path,
    name: &str,
    kind: OutputKind,
    media_type: &str,
    write: impl FnOnce(&Path) -> Result<(), DraftError>,
) -> Result<OutputFile, DraftError> {
    let (working, path) = (folder.join(format!("making_{name}")), folder.join(name));
    let made = write(&working).and_then(|()| {
        fs::rename(&working, &path).map_err(|error| DraftError::File { path: path.clone(), what: error.to_string() })
    });
    if made.is_err() {
        // What is half made has no use; if it cannot be removed it lies in the job's own folder.
        let _ = fs::remove_file(&working);
    }
    made?;
    Ok(OutputFile { kind, source: OutputSource::File(path), media_type: media_type.into() })
}
