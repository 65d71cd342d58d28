//! The prompt as it is sent.

use kinora_core::film::{Character, FilmScene, Settings, Shot};

/// Puts a shot's words into the scene's template, or the film's where the scene has none: `{prompt}`, `{scene}` (the scene's narrative prompt, else its title)
/// and `{characters}` (names with their style tokens). What the template leaves out of the last two is added, so that
/// a character chosen for a shot always counts.
#[must_use]
pub fn final_prompt(settings: &Settings, scene: &FilmScene, shot: &Shot, cast: &[&Character]) -> String {
    let templates = [scene.prompt_template.trim(), settings.scene_prompt_template.trim()];
    let template = templates.into_iter().find(|text| !text.is_empty() && *text != "...").unwrap_or("{prompt}");
    let people: Vec<String> = cast
        .iter()
        .map(|character| match character.prompt_style_tokens.trim() {
            "" => character.name.clone(),
            tokens => format!("{} ({tokens})", character.name),
        })
        .collect();
    let people = people.join("; ");
    let place = if scene.prompt.trim().is_empty() { scene.title.trim() } else { scene.prompt.trim() };
    // One pass, so that braces in the maker's own words are never taken for a place to fill.
    let mut text = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        text.push_str(&rest[..start]);
        rest = &rest[start..];
        let known = [("{prompt}", shot.prompt.trim()), ("{scene}", place), ("{characters}", people.as_str())];
        if let Some((name, value)) = known.into_iter().find(|(name, _)| rest.starts_with(name)) {
            text.push_str(value);
            rest = &rest[name.len()..];
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    let mut parts = vec![text.trim().trim_end_matches('.').to_owned()];
    if !template.contains("{scene}") && !scene.prompt.trim().is_empty() {
        parts.push(scene.prompt.trim().trim_end_matches('.').to_owned());
    }
    if !template.contains("{characters}") && !people.is_empty() {
        parts.push(format!("Characters: {people}"));
    }
    parts.retain(|part| !part.is_empty());
    if parts.is_empty() { String::new() } else { format!("{}.", parts.join(". ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_core::ids::{CharacterId, SceneId, ShotId};

    fn check(template: &str, scene_prompt: &str, prompt: &str, tokens: &[(&str, &str)], expected: &str) {
        let settings = Settings { scene_prompt_template: template.to_owned(), ..Settings::default() };
        let mut scene = FilmScene::new(SceneId::numbered(1), "The Hut");
        scene.prompt = scene_prompt.to_owned();
        let shot = Shot::new(ShotId::numbered(1), prompt, 4.0);
        let cast: Vec<Character> = tokens
            .iter()
            .enumerate()
            .map(|(index, (name, tokens))| {
                let mut character = crate::document::empty_character(CharacterId::numbered(index));
                character.name = (*name).to_owned();
                character.prompt_style_tokens = (*tokens).to_owned();
                character
            })
            .collect();
        assert_eq!(final_prompt(&settings, &scene, &shot, &cast.iter().collect::<Vec<_>>()), expected);
    }

    #[test]
    fn the_prompt_says_what_the_film_knows() {
        check("{prompt}", "", "Rain.", &[], "Rain.");
        check("", "A storm.", "Rain.", &[], "Rain. A storm.");
        check("Film noir. {prompt} In {scene}.", "a hut", "Rain", &[], "Film noir. Rain In a hut.");
        check("{scene}: {prompt}", "", "Rain", &[], "The Hut: Rain.");
        check(
            "{prompt}",
            "",
            "He waits",
            &[("Ruthven", "pale"), ("Aubrey", "")],
            "He waits. Characters: Ruthven (pale); Aubrey.",
        );
        check("{characters} - {prompt}", "", "wait", &[("Ruthven", "pale")], "Ruthven (pale) - wait.");
        check("{prompt} {unknown}", "", "a {scene} in braces", &[], "a {scene} in braces {unknown}.");
        check("{prompt}", "", "", &[], "");
    }

    #[test]
    fn a_scene_may_have_a_template_of_its_own() {
        let settings = Settings { scene_prompt_template: "Film noir. {prompt}".to_owned(), ..Settings::default() };
        let mut scene = FilmScene::new(SceneId::numbered(1), "");
        let shot = Shot::new(ShotId::numbered(1), "Rain", 4.0);
        for (template, expected) in
            [("", "Film noir. Rain."), ("  ", "Film noir. Rain."), ("A dream: {prompt}", "A dream: Rain.")]
        {
            scene.prompt_template = template.to_owned();
            assert_eq!(final_prompt(&settings, &scene, &shot, &[]), expected);
        }
    }
}
