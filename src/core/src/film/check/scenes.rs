//! The rules between the shots, takes, lines and characters of a film.

use super::{Checker, MediaKind, Position};
use crate::film::{
    AudioLane, ContinuitySource, FilmScene, Shot, Take, VoiceLine, VoiceSource, layout::scene_file_name,
};
use std::collections::HashSet;

impl<'a> Checker<'a> {
    /// Problems of a scene.
    pub(super) fn scene(&mut self, index: usize, scene: &'a FilmScene) {
        let file = scene_file_name(&scene.scene_id);
        if scene.shots.is_empty() {
            let fix = "add a shot with `kinora shot add`, or remove the scene";
            self.warn(&file, "shots", "the scene has no shots, so it does not show in the film", fix);
        }
        for (shot_index, shot) in scene.shots.iter().enumerate() {
            self.shot(&file, scene, (index, shot_index), shot);
        }
        self.lanes(&file, scene);
        for (line_index, line) in scene.voice_lines.iter().enumerate() {
            self.voice_line(&file, scene, &format!("voice_lines[{line_index}]"), line);
        }
    }

    fn shot(&mut self, file: &str, scene: &'a FilmScene, position: Position, shot: &'a Shot) {
        let place = format!("shots[{}]", position.1);
        let at = |name: &str| format!("{place}.{name}");
        let folder = self.layout.scene_dir(&scene.scene_id);
        let again = format!("kinora generate shot {} {} {}", self.root.display(), scene.scene_id, shot.shot_id);
        match &shot.file_path {
            None => {
                let fix = format!("make one with `{again}`, or bring one with `kinora shot add --clip`");
                self.warn(file, at("file_path"), format!("{} has no take", shot.shot_id), fix);
            }
            Some(path) => {
                if !self.media_file(MediaKind::Clip, file, &at("file_path"), path, &folder) {
                    let fix = format!("put the clip back, choose another take, or make a new one with `{again}`");
                    self.error(file, at("file_path"), format!("the clip {path} is missing"), fix);
                }
                if shot.chosen_take().is_none() {
                    let message = format!("the chosen clip {path} is not among the takes");
                    self.error(file, at("file_path"), message, "choose a clip that `takes` lists");
                }
                if shot.first_frame_path.is_none() || shot.last_frame_path.is_none() {
                    let fix = "the first and last frame are extracted when the shot is generated or rendered again";
                    self.warn(file, at("first_frame_path"), "the frames of the take are not extracted", fix);
                }
            }
        }
        for (name, path) in [
            ("first_frame_path", &shot.first_frame_path),
            ("last_frame_path", &shot.last_frame_path),
            ("reference_first_frame_path", &shot.reference_first_frame_path),
            ("reference_last_frame_path", &shot.reference_last_frame_path),
        ] {
            if let Some(path) = path
                && !self.media_file(MediaKind::Frame, file, &at(name), path, &folder)
            {
                let message = format!("the frame {path} is missing");
                self.warn(file, at(name), message, "put the picture back, or extract the frames again");
            }
        }
        let mut clips = HashSet::new();
        for (number, take) in shot.takes.iter().enumerate() {
            let place = at(&format!("takes[{number}]"));
            self.take(file, scene, shot, &place, take);
            if !clips.insert(&take.file_path) {
                let message = format!("two takes name the clip {}", take.file_path);
                self.warn(file, format!("{place}.file_path"), message, "remove one of the two takes");
            }
        }
        self.points(file, &place, shot);
        for (number, character_id) in shot.character_ids.iter().enumerate() {
            if self.loaded.film.character(character_id).is_none() {
                let message = format!("there is no character {character_id}");
                let fix = "add it with `kinora character add`, or take it out of the shot";
                self.error(file, at(&format!("character_ids[{number}]")), message, fix);
            }
        }
        if let Some(source) = &shot.continuity_source {
            self.continuity(file, &at("continuity_source"), position, source, &again);
        }
    }

    fn take(&mut self, file: &str, scene: &FilmScene, shot: &Shot, place: &str, take: &Take) {
        let folder = self.layout.scene_dir(&scene.scene_id);
        let at = |name: &str| format!("{place}.{name}");
        let is_chosen = shot.file_path.as_ref() == Some(&take.file_path);
        // A chosen clip was looked at with the shot.
        let is_there = if is_chosen {
            self.exists(&take.file_path, &folder)
        } else {
            self.media_file(MediaKind::Clip, file, &at("file_path"), &take.file_path, &folder)
        };
        if !is_there && !is_chosen {
            let message = format!("the clip {} of a take that is not chosen is missing", take.file_path);
            self.warn(file, at("file_path"), message, "put the clip back, or remove the take");
        }
        if !take.created_at.is_empty() && take.created_at.parse::<jiff::Timestamp>().is_err() {
            let message = format!("{:?} is not a time", take.created_at.chars().take(40).collect::<String>());
            self.warn(file, at("created_at"), message, "write it as 2025-01-31T12:00:00Z");
        }
        if is_there && self.options.verify_hashes && !take.blake3.is_empty() {
            let path = take.file_path.under(&folder);
            match crate::store::hash_file(&path) {
                Ok(hash) if hash.to_hex().as_str() == take.blake3 => {}
                Ok(_) => {
                    let message = format!("{} is not the file that was taken: its blake3 differs", take.file_path);
                    self.error(file, at("blake3"), message, "restore the clip from a backup, or make a new take");
                }
                Err(error) => self.error(file, at("file_path"), error.to_string(), ""),
            }
        }
    }

    /// In and out point against the length of the chosen take.
    fn points(&mut self, file: &str, place: &str, shot: &Shot) {
        let Some(media) = shot.chosen_take().and_then(|take| take.media.as_ref()) else { return };
        let frames = self.loaded.film.metadata.rate.secs_to_frames(media.duration_secs);
        let fix = format!("the take has {frames} frames: move the point");
        if shot.in_frame >= frames {
            let message = format!("the in point {} lies behind the end of the take", shot.in_frame);
            self.error(file, format!("{place}.in_frame"), message, fix);
        } else if shot.out_frame.is_some_and(|out_frame| out_frame > frames) {
            self.warn(file, format!("{place}.out_frame"), "the out point lies behind the end of the take", fix);
        }
    }

    fn continuity(&mut self, file: &str, place: &str, position: Position, source: &ContinuitySource, again: &str) {
        let name = format!("{}/{}", source.scene_id, source.shot_id);
        let fix = "continue an earlier shot, or none";
        let Some(earlier) = self.positions.get(&(&source.scene_id, &source.shot_id)).copied() else {
            self.error(file, place, format!("it continues {name}, which does not exist"), fix);
            return;
        };
        if earlier >= position {
            let what = if earlier == position { "itself" } else { "a later shot" };
            self.error(file, place, format!("it continues {what}, {name}"), fix);
            return;
        }
        let loaded = self.loaded;
        let scene = &loaded.film.scenes[position.0];
        if let Some(why) = loaded.film.out_of_date(&scene.scene_id, &scene.shots[position.1]) {
            let fix = format!("make the shot again with `{again}`, or keep it as it is");
            self.warn(file, place, format!("out of date: {why}"), fix);
        }
    }

    fn lanes(&mut self, file: &str, scene: &FilmScene) {
        let folder = self.layout.scene_dir(&scene.scene_id);
        for lane in AudioLane::ALL {
            let Some(path) = scene.audio_tracks.lane(lane) else { continue };
            let place = format!("audio_tracks.{}", lane.as_str());
            // With lines the voice file is made again by every render.
            let is_made = lane == AudioLane::Voice && scene.voice_source == VoiceSource::Lines;
            if !self.media_file(MediaKind::Sound, file, &place, path, &folder) && !is_made {
                let message = format!("the sound file {path} is missing");
                self.error(file, place, message, "put the file back, or take it out of the scene");
            }
        }
        if scene.voice_source == VoiceSource::File && scene.audio_tracks.voice.is_none() {
            let fix = "name a sound file in audio_tracks.voice, or set voice_source to \"lines\"";
            self.warn(file, "voice_source", "the voice lane plays a file, but none is named", fix);
        }
    }

    fn voice_line(&mut self, file: &str, scene: &FilmScene, place: &str, line: &VoiceLine) {
        let folder = self.layout.scene_dir(&scene.scene_id);
        let at = |name: &str| format!("{place}.{name}");
        if !self.positions.contains_key(&(&scene.scene_id, &line.shot_id)) {
            let message = format!("the line is spoken at {}, which is not in the scene", line.shot_id);
            self.error(file, at("shot_id"), message, "move the line to a shot of the scene, or remove it");
        }
        if let Some(character_id) = &line.character_id
            && self.loaded.film.character(character_id).is_none()
        {
            let message = format!("there is no character {character_id}");
            self.error(file, at("character_id"), message, "add it with `kinora character add`, or leave it empty");
        }
        if scene.voice_source == VoiceSource::File {
            return;
        }
        let fix = format!("speak it with `kinora generate voice {} {}`", self.root.display(), scene.scene_id);
        match &line.file_path {
            None => self.warn(file, at("file_path"), "the line is not spoken yet", fix),
            Some(path) => {
                if !self.media_file(MediaKind::Sound, file, &at("file_path"), path, &folder) {
                    self.error(file, at("file_path"), format!("the spoken line {path} is missing"), fix);
                }
            }
        }
    }
}
