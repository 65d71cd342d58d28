//! How long spoken lines make their shots: lines of one shot follow each other with a breath between them, and a shot
//! lasts until its last word and a moment more.

use kinora_core::{
    film::{Shot, VoiceLine},
    ids::LineId,
};

/// Quiet between two lines of a shot.
const BREATH_SECS: f64 = 0.35;
/// Quiet after the last word of a shot.
const TAIL_SECS: f64 = 0.6;

/// What has to change so that a shot's dialogue fits.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// Lines that start elsewhere, in seconds from the start of the shot.
    pub(super) offsets_secs: Vec<(LineId, f64)>,
    /// The shot's length, where it has to grow.
    pub(super) duration_secs: Option<f64>,
}

/// Lays out the spoken lines of a shot. Lines that started together (two people at once) still do. A shot that has a
/// take keeps its length.
pub(super) fn fit(shot: &Shot, lines: &[&VoiceLine]) -> Fit {
    let mut offsets_secs = Vec::new();
    let (mut group_was_secs, mut group_secs, mut end_secs) = (f64::NEG_INFINITY, 0.0, None::<f64>);
    for line in lines {
        let together = (line.offset_secs - group_was_secs).abs() < 0.001;
        let start_secs = match end_secs {
            Some(_) if together => group_secs,
            Some(end_secs) => tenth_up(end_secs + BREATH_SECS),
            None => line.offset_secs.max(0.0),
        };
        (group_was_secs, group_secs) = (line.offset_secs, start_secs);
        if (start_secs - line.offset_secs).abs() > 0.001 {
            offsets_secs.push((line.line_id.clone(), start_secs));
        }
        end_secs = Some(end_secs.unwrap_or(0.0).max(start_secs + line.duration_secs));
    }
    let needed_secs = end_secs.map_or(0.0, |end_secs| ((end_secs + TAIL_SECS) * 2.0).ceil() / 2.0);
    let grows = shot.file_path.is_none() && needed_secs > shot.duration;
    Fit { offsets_secs, duration_secs: grows.then_some(needed_secs) }
}

fn tenth_up(secs: f64) -> f64 {
    (secs * 10.0).ceil() / 10.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::{
        film::{ExtraFields, ProjectPath},
        ids::ShotId,
    };

    fn check(lines: &[(f64, f64)], duration_secs: f64, starts: &[f64], grown: Option<f64>) {
        let lines: Vec<_> = lines
            .iter()
            .enumerate()
            .map(|(number, (offset_secs, duration_secs))| VoiceLine {
                line_id: LineId::numbered(number + 1),
                shot_id: ShotId::numbered(1),
                character_id: None,
                text: String::new(),
                parenthetical: String::new(),
                offset_secs: *offset_secs,
                file_path: None,
                duration_secs: *duration_secs,
                voice_id: String::new(),
                extra: ExtraFields::new(),
            })
            .collect();
        let mut shot = Shot::new(ShotId::numbered(1), "", duration_secs);
        let found = fit(&shot, &lines.iter().collect::<Vec<_>>());
        let mut laid: Vec<_> = lines.iter().map(|line| line.offset_secs).collect();
        for (line_id, secs) in &found.offsets_secs {
            laid[line_id.number().unwrap() - 1] = *secs;
        }
        assert!(laid.iter().zip(starts).all(|(left, right)| (left - right).abs() < 1e-6), "{laid:?} {starts:?}");
        assert_eq!(found.duration_secs, grown);
        shot.file_path = ProjectPath::new("shots/shot_001.mp4").ok();
        assert_eq!(fit(&shot, &lines.iter().collect::<Vec<_>>()).duration_secs, None);
    }

    #[test]
    fn a_shot_grows_to_its_last_word() {
        check(&[], 4.0, &[], None);
        check(&[(0.5, 2.0)], 4.0, &[0.5], None);
        check(&[(0.5, 3.2)], 4.0, &[0.5], Some(4.5));
        check(&[(0.5, 3.2), (2.0, 1.0)], 4.0, &[0.5, 4.1], Some(6.0));
        // Two at once, then a third after the longer of them.
        check(&[(0.5, 1.0), (0.5, 2.0), (3.0, 1.0)], 9.0, &[0.5, 0.5, 2.9], None);
    }
}
