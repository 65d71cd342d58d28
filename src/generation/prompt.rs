//! From what the maker wrote to what is sent to a model.

use kinora_core::film::{Character, FilmScene, Settings, Shot};

/// The prompt of a shot as it is sent: the film's template filled in, with the scene's prompt and the characters'
/// style tokens even where the template has no place for them.
#[must_use]
pub fn final_prompt(settings: &Settings, scene: &FilmScene, shot: &Shot, characters: &[Character]) -> String {
    let styles: Vec<_> = characters
        .iter()
        .filter(|character| shot.character_ids.contains(&character.character_id))
        .filter(|character| !character.prompt_style_tokens.trim().is_empty())
        .map(|character| format!("{}: {}", character.name, character.prompt_style_tokens.trim()))
        .collect();
    let values = [
        ("{prompt}", shot.prompt.trim().to_owned()),
        ("{scene}", scene.prompt.trim().to_owned()),
        ("{characters}", styles.join("; ")),
    ];
    let template = settings.scene_prompt_template.trim();
    let mut sentences = vec![fill(template, &values)];
    sentences.extend(values.iter().filter(|(name, _)| !template.contains(name)).map(|(_, value)| value.clone()));
    join(&sentences)
}

/// Fills every place in one pass, so that a prompt which holds `{scene}` itself is left as written.
fn fill(template: &str, values: &[(&str, String)]) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&rest[..start]);
        rest = &rest[start..];
        match values.iter().find(|(name, _)| rest.starts_with(name)) {
            Some((name, value)) => {
                filled.push_str(value);
                rest = &rest[name.len()..];
            }
            None => {
                filled.push('{');
                rest = &rest[1..];
            }
        }
    }
    filled.push_str(rest);
    filled
}

/// Sentences one after the other, each ended.
fn join(sentences: &[String]) -> String {
    let mut text = String::new();
    for sentence in sentences.iter().map(|sentence| sentence.trim()).filter(|sentence| !sentence.is_empty()) {
        if !text.is_empty() {
            let ended = text.ends_with(|end: char| matches!(end, '.' | '!' | '?' | '…' | ':' | ';' | ','));
            text.push_str(if ended { " " } else { ". " });
        }
        text.push_str(sentence);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::ids::{CharacterId, SceneId, ShotId};

    fn check(template: &str, scene_prompt: &str, prompt: &str, expected: &str) {
        let settings = Settings { scene_prompt_template: template.to_owned(), ..Settings::default() };
        let mut scene = FilmScene::new(SceneId::numbered(1), "");
        scene.prompt = scene_prompt.to_owned();
        let mut shot = Shot::new(ShotId::numbered(1), prompt, 6.0);
        let characters = ["Lord Ruthven", "Aubrey", "Nobody"].map(|name| {
            let id = name.to_lowercase().replace(' ', "_");
            let mut character = crate::document::empty_character(CharacterId::new(id).unwrap());
            name.clone_into(&mut character.name);
            if name == "Lord Ruthven" {
                "pale, uncanny".clone_into(&mut character.prompt_style_tokens);
            }
            character
        });
        shot.character_ids = characters[..2].iter().map(|character| character.character_id.clone()).collect();
        assert_eq!(final_prompt(&settings, &scene, &shot, &characters), expected);
    }

    #[test]
    fn a_prompt_carries_scene_and_characters() {
        check("{prompt}", "Fog", "He turns.", "He turns. Fog. Lord Ruthven: pale, uncanny");
        check("{prompt}", "", "He turns", "He turns. Lord Ruthven: pale, uncanny");
        check(
            "Film still of {characters}, {scene}: {prompt}",
            "London",
            "he turns",
            "Film still of Lord Ruthven: \
            pale, uncanny, London: he turns",
        );
        check("35 mm", "", "He turns", "35 mm. He turns. Lord Ruthven: pale, uncanny");
        check("{prompt}", "Fog", "a {scene} {x", "a {scene} {x. Fog. Lord Ruthven: pale, uncanny");
        check("{prompt}", "", "", "Lord Ruthven: pale, uncanny");
    }
}
