//! The models this crate knows without asking, as data, the default first.

/// Name and text of each card file.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[("wavespeed/models.json", include_str!("../cards/models.json"))];

/// The models as they are shipped.
#[cfg(test)]
pub(crate) fn built_in() -> Vec<kinora_provider::ModelCard> {
    kinora_transport::load_cards(BUILT_IN, None).cards
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_provider::{GenerationRequest, LipSyncPicture, LipSyncRequest, ModelCard};

    #[test]
    fn the_cards_are_whole() {
        let cards: Vec<ModelCard> = serde_json::from_str(BUILT_IN[0].1).unwrap();
        assert_eq!(cards.len(), 9);
        for card in &cards {
            let paths = crate::request::paths(card).unwrap();
            assert!(!paths.is_empty() && paths.values().all(|path| crate::request::is_path(path.as_str().unwrap())));
            assert!(paths.values().any(|path| *path == card.id), "{}: the id is one of the vendor's paths", card.id);
            assert!(card.price.is_estimate && card.problems().is_empty(), "{}: {:?}", card.id, card.problems());
        }
    }

    #[test]
    fn prices_follow_the_vendors_rules() {
        let cards = built_in();
        for (model, secs, resolution, cents) in [
            ("wavespeed-ai/infinitetalk", 1.0, None, 15.0),
            ("wavespeed-ai/infinitetalk", 1.0, Some("720p"), 30.0),
            ("wavespeed-ai/infinitetalk", 12.2, None, 39.0),
            ("wavespeed-ai/infinitetalk/video-to-video", 12.2, Some("720p"), 78.0),
            ("wavespeed-ai/infinitetalk-fast", 10.0, None, 15.0),
            ("sync/lipsync-2", 4.0, None, 20.0),
            ("sync/lipsync-2-pro", 4.0, None, 32.0),
            ("sync/lipsync-3", 4.0, None, 54.0),
            ("sync/lipsync-1.9.0-beta", 4.0, None, 10.0),
        ] {
            let mut request = LipSyncRequest {
                model: model.into(),
                picture: LipSyncPicture::Video("clip.mp4".into()),
                voice: "voice.wav".into(),
                prompt: String::new(),
                duration_secs: Some(secs),
                seed: None,
                parameters: serde_json::Map::new(),
            };
            if let Some(resolution) = resolution {
                request.parameters.insert("resolution".into(), resolution.into());
            }
            let card = cards.iter().find(|card| card.id == model).unwrap();
            let price = card.price(&GenerationRequest::LipSync(request)).unwrap();
            assert_eq!((price.usd * 1000.0).round() / 10.0, cents, "{model} {secs} {resolution:?}");
        }
    }

    #[test]
    fn limits_are_the_vendors() {
        let cards = built_in();
        let kling = cards.iter().find(|card| card.id.starts_with("kwaivgi/")).unwrap();
        let limit = |field: &str| kling.references.iter().find(|slot| slot.field == field).unwrap().max_bytes;
        assert_eq!((limit("voice"), limit("picture")), (Some(5_000_000), Some(100_000_000)));
        let request = |model: &str, seed, secs| {
            GenerationRequest::LipSync(LipSyncRequest {
                model: model.into(),
                picture: LipSyncPicture::Video("clip.mp4".into()),
                voice: "voice.wav".into(),
                prompt: String::new(),
                duration_secs: Some(secs),
                seed: Some(seed),
                parameters: serde_json::Map::new(),
            })
        };
        for (card, seed, secs, refused) in [
            (&cards[0], 2_147_483_647, 600.0, vec![]),
            (&cards[0], 2_147_483_648, 600.0, vec!["seed"]),
            (&cards[0], 0, 600.1, vec!["duration_secs"]),
            (kling, 0, 2.0, vec![]),
            (kling, 0, 10.0, vec![]),
            (kling, 0, 1.9, vec!["duration_secs"]),
            (kling, 0, 10.1, vec!["duration_secs"]),
        ] {
            let found = card.validate(&request(&card.id, seed, secs)).err().unwrap_or_default();
            let fields: Vec<_> = found.iter().map(|violation| violation.field.as_str()).collect();
            assert_eq!(fields, refused, "{} {seed} {secs}", card.id);
        }
    }
}
