//! The models this provider knows without asking. Each file in `cards/` holds one family, as the user's files may.

/// Name and text of each card file.
pub(crate) const BUILT_IN: &[(&str, &str)] = &[
    ("veo.json", include_str!("../cards/veo.json")),
    ("kling.json", include_str!("../cards/kling.json")),
    ("seedance.json", include_str!("../cards/seedance.json")),
    ("hailuo.json", include_str!("../cards/hailuo.json")),
    ("wan.json", include_str!("../cards/wan.json")),
    ("ltx.json", include_str!("../cards/ltx.json")),
    ("luma.json", include_str!("../cards/luma.json")),
    ("more_video.json", include_str!("../cards/more_video.json")),
    ("nano_banana.json", include_str!("../cards/nano_banana.json")),
    ("more_images.json", include_str!("../cards/more_images.json")),
    ("lip_sync.json", include_str!("../cards/lip_sync.json")),
];

#[cfg(test)]
mod tests {
    use super::BUILT_IN;
    use crate::input::Wire;
    use kinora_provider::RequestKind;
    use kinora_transport::load_cards;

    #[test]
    fn every_built_in_card_is_sound_and_has_its_names_on_the_wire() {
        let loaded = load_cards(BUILT_IN, None);
        assert_eq!(loaded.problems, []);
        for kind in [RequestKind::Video, RequestKind::Image, RequestKind::LipSync] {
            assert!(loaded.cards.iter().any(|card| card.kind == kind), "{kind}");
        }
        for card in &loaded.cards {
            let fields = Wire::of(card).unwrap().fields;
            assert!(!card.text.required || fields.prompt.is_some(), "{}", card.id);
            assert_eq!(card.takes_seed, fields.seed.is_some(), "{}", card.id);
            assert_eq!(!card.aspect_ratios.is_empty(), fields.aspect_ratio.is_some(), "{}", card.id);
            for (slot, name) in [
                ("reference_first_frame", fields.first_frame.is_some()),
                ("reference_last_frame", fields.last_frame.is_some()),
                ("reference_images", fields.reference_images.is_some() || fields.reference_image.is_some()),
                ("picture", fields.video.is_some() || fields.picture.is_some()),
                ("voice", fields.voice.is_some()),
            ] {
                assert_eq!(card.references.iter().any(|known| known.field == slot), name, "{} {slot}", card.id);
            }
        }
    }
}
