//! `audio/voice.wav`: the lines of a scene as one file, kept up to date with the lines and the shots.

use super::{GenerationError, Generator, OpenFilm};
use kinora_core::{
    film::{AudioLane, FilmScene, ProjectPath, Shot, VoiceSource},
    ids::SceneId,
    progress::NoProgress,
    render::{
        mix::{MixError, Mixer, SampleSource, SoundRef, WavSource},
        plan, sound_files, voice_lane,
    },
    store::{Cache, FileHashes, write_atomic},
    time::FrameRate,
    worker::WorkerRequest,
};
use serde_json::json;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

impl Generator {
    /// Brings `audio/voice.wav` of a scene, or of every scene, up to date.
    ///
    /// # Errors
    /// [`GenerationError`].
    pub fn refresh_voice_lanes(
        &self,
        film: &mut OpenFilm<'_>,
        only_scene: Option<&SceneId>,
    ) -> Result<(), GenerationError> {
        for scene_id in film.scene_ids()? {
            let wanted = only_scene.is_none_or(|wanted| *wanted == scene_id);
            if wanted && !film.line_ids(&scene_id)?.is_empty() {
                self.assemble_voice(film, &scene_id)?;
            }
        }
        Ok(())
    }

    /// Makes `audio/voice.wav` from the lines, each at its shot as long as the shots are now, unless it is that
    /// already. A voice lane that the maker recorded or replaced is left alone.
    pub(super) fn assemble_voice(
        &self,
        film: &mut OpenFilm<'_>,
        scene_id: &SceneId,
    ) -> Result<ProjectPath, GenerationError> {
        let path = ProjectPath::new("audio/voice.wav")?;
        // Two lines that come at once: the lane must not end as the one that saw less of the scene left it.
        let _claim = self.claim(&format!("voice lane of {scene_id}"))?;
        let scene = film.scene(scene_id)?;
        if scene.voice_source == VoiceSource::File {
            return Ok(scene.audio_tracks.voice.unwrap_or(path));
        }
        let rate = film.metadata()?.rate;
        let (lines, files) = self.spoken_lines(film, &scene)?;
        let input = plan::SceneInput {
            scene_id: scene_id.clone(),
            title: scene.title.clone(),
            shots: scene.shots.iter().map(|shot| timed_shot(shot, rate)).collect(),
            seams: Vec::new(),
            voice: plan::VoiceInput::Lines { lines, mix: scene.audio_mix.voice.clone() },
            music: None,
            ambient: None,
        };
        let mix = plan::voice_lines_mix(rate, &input).map_err(|error| GenerationError::Nothing(error.to_string()))?;
        let wav = path.resolve(&film.folder.scene_dir(scene_id), film.folder.root())?;
        // Remembered in the cache: a film of many scenes is not mixed anew at every render.
        let cache = Cache::open(film.folder.root())?;
        let note = cache.path_for(&blake3::hash(format!("voice lane of {scene_id}").as_bytes()), "json");
        let mix_hash = mix.hash();
        if !wav.is_file() || std::fs::read_to_string(&note).ok().as_deref() != Some(&mix_hash) {
            let mut mixer = Mixer::new(Arc::new(mix), |sound| open_line(&files, sound));
            voice_lane::write_voice_lane(&mut mixer, &wav, &self.cancel).map_err(|error| match error {
                MixError::Store(error) => error.into(),
                MixError::Cancelled(error) => error.into(),
                other => GenerationError::Save(other.to_string()),
            })?;
            if let Some(folder) = note.parent() {
                std::fs::create_dir_all(folder)
                    .map_err(|source| kinora_core::store::StoreError::from_io("make", folder, source))?;
            }
            write_atomic(&note, mix_hash.as_bytes())?;
        }
        if scene.audio_tracks.voice.as_ref() != Some(&path) {
            film.run(
                "lane.set",
                json!({
                    "scene_id": scene_id,
                    "lane": AudioLane::Voice,
                    "file_path": path,
                    "voice_source": VoiceSource::Lines,
                }),
            )?;
            film.save()?;
        }
        Ok(path)
    }

    /// The lines that have sound, and the 48 kHz WAV of each by its content.
    fn spoken_lines(
        &self,
        film: &OpenFilm<'_>,
        scene: &FilmScene,
    ) -> Result<(Vec<plan::LineInput>, BTreeMap<String, PathBuf>), GenerationError> {
        let root = film.folder.root();
        let (hashes, cache) = (FileHashes::load(root), Cache::open(root)?);
        let (mut lines, mut files) = (Vec::new(), BTreeMap::new());
        for line in &scene.voice_lines {
            let Some(file) = &line.file_path else { continue };
            let file = file.resolve(&film.folder.scene_dir(&scene.scene_id), root)?;
            if !file.is_file() {
                continue;
            }
            let hash = hashes.hash(&file)?;
            let wav =
                if WavSource::open(&file).is_ok() { file } else { self.conformed_line(root, &cache, &file, &hash)? };
            let length_samples = WavSource::open(&wav).map_or(0, |source| source.length_samples());
            let blake3 = hash.to_hex().to_string();
            files.insert(blake3.clone(), wav);
            lines.push(plan::LineInput {
                line_id: line.line_id.clone(),
                shot_id: line.shot_id.clone(),
                offset_secs: line.offset_secs,
                blake3,
                length_samples,
            });
        }
        hashes.save()?;
        Ok((lines, files))
    }

    fn conformed_line(
        &self,
        root: &Path,
        cache: &Cache,
        file: &Path,
        hash: &blake3::Hash,
    ) -> Result<PathBuf, GenerationError> {
        if let Some(done) = sound_files::find_sound(cache, hash) {
            return Ok(done.wav);
        }
        let request = WorkerRequest::ConformSound {
            file: file.to_path_buf(),
            blake3: hash.to_hex().to_string(),
            project_root: root.to_path_buf(),
        };
        self.worker.run(&request, &self.cancel, &NoProgress)?;
        let done = sound_files::find_sound(cache, hash);
        done.map(|done| done.wav).ok_or_else(|| GenerationError::Nothing(format!("{}: no sound", file.display())))
    }
}

fn open_line(files: &BTreeMap<String, PathBuf>, sound: &SoundRef) -> Result<Box<dyn SampleSource>, MixError> {
    let missing = || MixError::Missing { sound: format!("{sound:?}") };
    let SoundRef::File { blake3 } = sound else { return Err(missing()) };
    Ok(Box::new(WavSource::open(files.get(blake3).ok_or_else(missing)?)?))
}

/// A shot as far as the time of its lines goes.
fn timed_shot(shot: &Shot, rate: FrameRate) -> plan::ShotInput {
    let media = shot.chosen_take().and_then(|take| take.media.as_ref());
    plan::ShotInput {
        shot_id: shot.shot_id.clone(),
        conform_key: String::new(),
        conform_frames: rate.secs_to_frames(media.map_or(shot.duration, |media| media.duration_secs)).max(1),
        in_frame: shot.in_frame,
        out_frame: shot.out_frame,
        has_audio: false,
        gain_db: 0.0,
        mute: true,
    }
}
