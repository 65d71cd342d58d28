//! The import as a whole: tables of screenplays and what becomes of them, and laws that hold for any text.

use super::*;
use crate::film::Film;
use proptest::prelude::*;
use std::collections::HashSet;

const SAMPLE: &str = include_str!("../../../../assets/samples/the-vampyre.fountain");
const HEAD: &str = "INT. HUT - NIGHT\n\n";

fn import(text: &str) -> (Film, Vec<ImportNote>) {
    to_film(&parse(text).unwrap_or_else(|error| panic!("{error}: {text}")), &ImportOptions::default())
}

/// The elements of a screenplay in one line each, for tables.
fn outline(text: &str) -> Vec<String> {
    let parts = |block: &DialogueBlock| {
        let part = |part: &DialoguePart| match part {
            DialoguePart::Text(text) => text.clone(),
            DialoguePart::Parenthetical(how) => format!("({how})"),
            DialoguePart::Lyric(text) => format!("~{text}"),
        };
        block.parts.iter().map(part).collect::<Vec<_>>().join("|")
    };
    let line = |element: &Element| match &element.kind {
        ElementKind::Section { depth, text } => format!("section{depth} {text}"),
        ElementKind::Synopsis(text) => format!("synopsis {text}"),
        ElementKind::SceneHeading { text, scene_number: None } => format!("scene {text}"),
        ElementKind::SceneHeading { text, scene_number: Some(number) } => format!("scene {text} [{number}]"),
        ElementKind::ShotHeading(text) => format!("shot {text}"),
        ElementKind::Action(text) => format!("action {text}"),
        ElementKind::Centered(text) => format!("centered {text}"),
        ElementKind::Dialogue(block) => {
            let dual = if block.dual { "^" } else { "" };
            format!("says{dual} {}{:?} {}", block.name, block.extensions, parts(block))
        }
        ElementKind::Lyric(text) => format!("lyric {text}"),
        ElementKind::Transition(text) => format!("transition {text}"),
        ElementKind::Note(text) => format!("note {text}"),
        ElementKind::PageBreak => "page".to_owned(),
    };
    parse(text).unwrap_or_else(|error| panic!("{error}: {text}")).elements.iter().map(line).collect()
}

#[test]
fn fountain_elements_are_told_apart() {
    let check = |body: &str, expected: &[&str]| {
        assert_eq!(outline(&format!("{HEAD}{body}"))[1..], *expected, "{body:?}");
    };
    check("He waits.\nLong.\n\nRain.", &["action He waits.\nLong.", "action Rain."]);
    check("RUTHVEN\nCome.\n", &["says RUTHVEN[] Come."]);
    check("RUTHVEN (V.O.) (CONT'D)\nCome.\n", &["says RUTHVEN[\"V.O.\", \"CONT'D\"] Come."]);
    check("@McAvoy (on the phone)\nYes.", &["says McAvoy[\"on the phone\"] Yes."]);
    check("RUTHVEN ^\n(low)\nCome.\n(beat)\nNow.", &["says^ RUTHVEN[] (low)|Come.|(beat)|Now."]);
    check("RUTHVEN\nOne.\n  \nTwo.\n\nThree.", &["says RUTHVEN[] One.\nTwo.", "action Three."]);
    check("RUTHVEN\n~La la\nNo.", &["says RUTHVEN[] ~La la|No."]);
    check("RUTHVEN\n\nHe is silent.", &["action RUTHVEN", "action He is silent."]);
    check("R2D2\nBeep.\n\n23\nNot a name.", &["says R2D2[] Beep.", "action 23\nNot a name."]);
    check("!RUTHVEN\nCome.", &["action RUTHVEN\nCome."]);
    check("CUT TO:\n\nRain.", &["transition CUT TO:", "action Rain."]);
    check("FADE OUT.\n", &["transition FADE OUT."]);
    check("> Burn to white.", &["transition Burn to white."]);
    check("> THE END <", &["centered THE END"]);
    check("~ A song", &["lyric A song"]);
    check("CLOSE ON THE DAGGER\n\nIt shines.", &["shot CLOSE ON THE DAGGER", "action It shines."]);
    check("!INSERT - LETTER", &["shot INSERT - LETTER"]);
    check("!!The letter, torn", &["shot The letter, torn"]);
    check("INSERTION IS HARD\nYes.", &["says INSERTION IS HARD[] Yes."]);
    check(
        "# Two\n\n## A walk\n= They walk.\n\n===\n",
        &["section1 Two", "section2 A walk", "synopsis They walk.", "page"],
    );
    check(".THE MOON #7B#\n\n...and on.", &["scene THE MOON [7B]", "action ...and on."]);
    check("int./ext. car - day\n\nEXTRA PEOPLE", &["scene int./ext. car - day", "action EXTRA PEOPLE"]);
    check("He *runs* **far** and ***fast***, _home_.", &["action He runs far and fast, home."]);
    check(r"5 * 3, \*stars\*, snake_case, * not *", &["action 5 * 3, *stars*, snake_case, * not *"]);
    check("He [[really]] waits.", &["action He waits.", "note really"]);
    check("He waits.\n[[one]]\nLong. [[two]]", &["action He waits.\nLong.", "note one", "note two"]);
    check(
        "[[above]]\nHe waits.\n\n[[alone]]\n\nRain.",
        &["action He waits.", "note above", "note alone", "action Rain."],
    );
    check("A [[note\nof two lines]] end.", &["action A end.", "note note\nof two lines"]);
    check("A [[no note\n\nat all]] end.", &["action A [[no note", "action at all]] end."]);
    check("A /* cut * here\n\nINT. GONE - DAY\n*/ end.", &["action A end."]);
    check("He waits.\n/* cut */\nLong.", &["action He waits.\nLong."]);
    check("A /* open", &["action A /* open"]);
    check("\u{1f3ac} Élodie entre.\n\nÉLODIE\nBonsoir.", &["action \u{1f3ac} Élodie entre.", "says ÉLODIE[] Bonsoir."]);
}

#[test]
fn line_ends_and_byte_order_marks_do_not_matter() {
    let text = "Title: Tale\n\nINT. HUT - NIGHT\n\nRain.\n\nRUTHVEN\nCome.\n";
    for other in
        [text.replace('\n', "\r\n"), text.replace('\n', "\r"), format!("\u{feff}{text}"), text.replace("\n\n", "\n \n")]
    {
        assert_eq!(parse(&other).unwrap(), parse(text).unwrap(), "{other:?}");
    }
}

#[test]
fn elements_know_their_lines() {
    let screenplay =
        parse("Title: Tale\n\n/* a\nb */\nINT. HUT - NIGHT\n\nRain.\nMore.\n[[kinora: x]]\n\nRUTHVEN\nCome.").unwrap();
    let lines: Vec<usize> = screenplay.elements.iter().map(|element| element.line).collect();
    assert_eq!(lines, [5, 7, 9, 11]);
}

#[test]
fn title_pages_are_read() {
    let check = |text: &str, key: &str, expected: Option<&str>| {
        let screenplay = parse(&format!("{text}\n\n{HEAD}")).unwrap();
        assert_eq!(screenplay.title_field(key).as_deref(), expected, "{text:?}");
    };
    check("Title: The *Vampyre*", "title", Some("The Vampyre"));
    check("Title:\n\t_**THE**_\n    VAMPYRE\nAuthor: J. W. P.", "TITLE", Some("THE VAMPYRE"));
    check("Title:\nDraft date: 1/4/1819", "draft date", Some("1/4/1819"));
    check("Title: A\nContact: mail: x", "contact", Some("mail: x"));
    check("FADE IN:", "fade in", None);
}

#[test]
fn what_is_no_screenplay_is_refused_with_its_line() {
    let check = |bytes: &[u8], expected: &str| {
        let error = parse_bytes(bytes).expect_err(expected).to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(b"", "line 1: the screenplay is empty");
    check(b"\xef\xbb\xbf \n\n \r\n", "line 1: the screenplay is empty");
    check(b"Rain.\n\nMore rain.", "lines 1 to 3: no scene heading");
    check(b"INT. HUT\n\nRain \x00", "line 3: this is not text (a control character)");
    check(b"INT. HUT\n\xff\xd8", "line 2: this is not text (bytes that are not UTF-8)");
    check(b"\xff\xfeI\x00N\x00", "line 1: this is not text (UTF-16)");
    check(&vec![b'a'; MAX_SCREENPLAY_BYTES + 1], "more than 2097152 bytes");
    check("INT. A\n\n".repeat(MAX_SCENES + 1).as_bytes(), "line 2001: more than 1000 scenes");
    check(format!("{HEAD}{}", "a\n\n".repeat(MAX_ELEMENTS)).as_bytes(), "more than 20000 headings");
    check(format!("{HEAD}{}", "a\n\n".repeat(MAX_SCENE_PARTS)).as_bytes(), "line 5001: more than 2500 paragraphs");
    check(format!("{HEAD}A\n{}", "(b)\nc\n".repeat(MAX_SCENE_PARTS)).as_bytes(), "more than 2500 paragraphs");
    check(
        format!("{HEAD}{}", format!("{}\n\n", "a b ".repeat(1_900)).repeat(30)).as_bytes(),
        "characters in one scene",
    );
    check(format!("{HEAD}{}", "word ".repeat(2_000)).as_bytes(), "line 3: more than 8000 characters");
    let cast: String = (0..=MAX_CHARACTERS).map(|number| format!("MAN {number}\nHi.\n\n")).collect();
    check(format!("{HEAD}{cast}").as_bytes(), "more than 500 characters");
    let error = load(std::path::Path::new("/nowhere/film.fountain")).unwrap_err().to_string();
    assert!(error.contains("/nowhere/film.fountain"), "{error}");
}

#[test]
fn marks_without_end_are_read_in_one_pass() {
    for mark in ["[[", "/*", "*", "**", "_a", "\\", "(", "   ", "[[a]]", "/**/", "a\n", "@a (", "#", "> ", "A\nB\n"] {
        let text = format!("{HEAD}{}", mark.repeat(500_000 / mark.len()));
        match parse(&text) {
            Ok(screenplay) => lawful(&to_film(&screenplay, &ImportOptions::default()).0),
            Err(error) => assert!(matches!(error, ScreenplayError::TooMany { .. }), "{mark:?}: {error}"),
        }
    }
}

#[test]
fn headings_become_titles_prompts_and_sounds() {
    let check = |heading: &str, title: &str, prompt: &str, sound: &str| {
        let heading = Heading::parse(heading);
        assert_eq!((heading.title().as_str(), heading.prompt().as_str()), (title, prompt));
        assert!(heading.ambience().contains(sound), "{}", heading.ambience());
    };
    check("INT. DRAWING ROOM - NIGHT", "Drawing Room – Night", "Interior. Drawing Room. Night.", "crackling fire");
    check("EXT. AUBREY'S VILLA - LATER", "Aubrey's Villa – Later", "Exterior. Aubrey's Villa.", "open air");
    check("INT./EXT. COACH - DAY", "Coach – Day", "Interior and exterior. Coach. Day.", "wheels on the road");
    check("EXT. FOREST - STORM - NIGHT", "Forest, Storm – Night", "Exterior. Forest, Storm. Night.", "thunder");
    check("INT. THE HOUSE OF THE DEAD", "The House of the Dead", "Interior. The House of the Dead.", "room tone");
    check("Ext. McAvoy's yard -- dawn", "McAvoy's yard – dawn", "Exterior. McAvoy's yard. Dawn.", "birds");
    check("INT. HALL OF DAYS", "Hall of Days", "Interior. Hall of Days.", "clock");
    check("THE MOON", "The Moon", "The Moon.", "room tone");
    check("INT.", "Scene", "Interior.", "room tone");
    check("", "Scene", "", "room tone");
}

#[test]
fn shots_follow_the_text() {
    let check = |body: &str, prompts: &[&str]| {
        let (film, notes) = import(&format!("{HEAD}{body}"));
        let found: Vec<&str> = film.scenes[0].shots.iter().map(|shot| shot.prompt.as_str()).collect();
        assert_eq!(found, prompts, "{body:?} {notes:?}");
    };
    check("Rain.\nHail.\n\nSnow.", &["Rain. Hail.", "Snow."]);
    check("CLOSE ON THE DAGGER\n\nIt shines.\n\nRain.", &["Close on the Dagger. It shines.", "Rain."]);
    check("CLOSE ON THE DAGGER\n\nRUTHVEN\nCome.\n\nRain.", &["Close on the Dagger.", "Rain."]);
    check("RUTHVEN\nCome.\n\nRain.", &["On Ruthven, speaking.", "Rain."]);
    check("RUTHVEN (V.O.)\nCome.", &[""]);
    check("", &["Establishing shot of Hut."]);
    check(
        "[[kinora: camera pan left.]]\n\nRain.\n\nCUT TO:\n\nHail. [[kinora: camera tilt up]]",
        &["Rain. Camera: pan left.", "Hail. Camera: tilt up."],
    );
    check("> THE END <", &["Title card: THE END"]);
}

#[test]
fn notes_steer_the_import() {
    let (film, notes) = import(
        "[[kinora: character RUTHVEN | pale | voice draft:baritone | name Lord Ruthven]]\n\nEXT. WOOD - DAY\n\n\
         [[kinora: music slow strings]]\n[[kinora: ambience rain]]\n[[kinora: title The Wood]]\n\nRain. [[a thought]]\n\n\
         Hail. [[kinora: continue]] [[kinora: duration 6 s]] [[kinora: seed 7]] [[kinora: model a:b]]\n\n\
         INT. HUT - NIGHT\n\nOne. [[kinora: continue]] [[kinora: aspect 9:16]]\n\n\
         Two. [[kinora: continue scene 1 shot 1]] [[kinora: fit crop]] [[kinora: smooth never]]\n\n\
         Three. [[kinora: continue from shot 1]]",
    );
    assert_eq!(notes, []);
    let (wood, hut) = (&film.scenes[0], &film.scenes[1]);
    assert_eq!((wood.title.as_str(), hut.title.as_str()), ("The Wood", "Hut – Night"));
    assert_eq!((&wood.extra["music_prompt"], &wood.extra["ambience_prompt"]), (&"slow strings".into(), &"rain".into()));
    assert_eq!((wood.shots[1].duration, wood.shots[1].seed, wood.shots[1].model.as_str()), (6.0, Some(7), "a:b"));
    let sources =
        wood.shots.iter().chain(&hut.shots).map(|shot| {
            shot.continuity_source.as_ref().map(|source| format!("{}/{}", source.scene_id, source.shot_id))
        });
    let sources: Vec<_> = sources.collect();
    let expected = [
        None,
        Some("scene_001/shot_001"),
        Some("scene_001/shot_002"),
        Some("scene_001/shot_001"),
        Some("scene_002/shot_001"),
    ];
    assert_eq!(sources.iter().map(Option::as_deref).collect::<Vec<_>>(), expected);
    let ruthven = &film.characters[0];
    assert_eq!((ruthven.character_id.as_str(), ruthven.name.as_str()), ("char_ruthven", "Lord Ruthven"));
    assert_eq!((ruthven.prompt_style_tokens.as_str(), ruthven.voice_id.as_str()), ("pale", "draft:baritone"));
}

#[test]
fn notes_that_cannot_be_followed_are_named() {
    let check = |body: &str, line: usize, expected: &str| {
        let (_, notes) = import(&format!("{HEAD}{body}"));
        assert!(notes.iter().any(|note| note.line == line && note.message.contains(expected)), "{body:?}: {notes:?}");
    };
    check("Rain.\n[[kinora: explode]]", 4, "`explode` is no directive");
    check("Rain. [[KINORA: duration never]]", 3, "write for example `duration 6`");
    check("Rain. [[kinora: duration 1e9]]", 3, "duration");
    check("Rain. [[kinora: duration NaN]]", 3, "duration");
    check("Rain. [[kinora: seed -1]]", 3, "seed 7");
    check("Rain. [[kinora: continue]]", 3, "no shot before this one");
    check("Rain.\n\nHail. [[kinora: continue shot 2]]", 5, "no shot 2 before this one");
    check("Rain.\n\nHail. [[kinora: continue scene 9 shot 1]]", 5, "no scene 9 shot 1");
    check("Rain. [[kinora: continue shot 0]]", 3, "continue shot 2");
    check("Rain. [[kinora:]]", 3, "is no directive");
    check("@Ruthven\n\nRain.", 3, "Ruthven has nothing to say");
    let (_, notes) = import(&format!("Rain.\n\n[[kinora: seed 1]]\n\n{HEAD}"));
    let messages: Vec<String> = notes.iter().map(ToString::to_string).collect();
    assert!(messages[0].starts_with("line 1: text before the first scene heading"), "{messages:?}");
    assert!(messages[1].starts_with("line 3: this note is for a scene or a shot"), "{messages:?}");
    assert!(messages[2].starts_with("line 5: this scene has no action"), "{messages:?}");
}

#[test]
fn the_cast_is_who_is_named_and_who_is_seen_speaking() {
    let cast = "LORD RUTHVEN\nAh.\n\nWILL\nOh.\n\nOLD WOMAN\nHm.\n\nGUARD (O.S.)\nHalt!\n\n";
    let check = |action: &str, expected: &[&str]| {
        let (film, _) = import(&format!("{HEAD}{cast}{HEAD}{action}"));
        let found: Vec<&str> = film.scenes[1].shots[0].character_ids.iter().map(|id| id.as_str()).collect();
        assert_eq!(found, expected, "{action:?}");
    };
    check("Ruthven's hand.", &["char_lord_ruthven"]);
    check("A lord enters. Nobody will see.", &[]);
    check("WILL and an old woman meet the guard.", &["char_will", "char_old_woman", "char_guard"]);
    check("Rain.\n\nLORD RUTHVEN (V.O.)\nAh.", &[]);
    check("Rain.\n\nlord ruthven waits.", &[]);
    check("Rain.\n\nWILL (CONT'D)\nOh.", &["char_will"]);
    let (film, _) =
        import(&format!("{HEAD}ÉLODIE D'ÆON\nA.\n\nElodie d'aeon\n\n李\nB.\n\n@王\nC.\n\n{}\nD.", "X".repeat(60)));
    let ids: Vec<&str> = film.characters.iter().map(|character| character.character_id.as_str()).collect();
    assert_eq!(ids, ["char_elodie_daeon", "char_001", &format!("char_{}", "x".repeat(40))]);
}

#[test]
fn a_second_import_finds_the_cast_and_numbers_on() {
    let (first, _) = import(SAMPLE);
    let options = ImportOptions { first_scene_number: 4, cast: first.characters.clone(), ..ImportOptions::default() };
    let (second, _) = to_film(&parse(SAMPLE).unwrap(), &options);
    assert_eq!(second.characters, first.characters);
    assert_eq!(second.metadata.scene_order[0].as_str(), "scene_004");
    let source = second.scenes[2].shots[1].continuity_source.as_ref().unwrap();
    assert_eq!(source.scene_id.as_str(), "scene_006");
}

#[test]
fn speeches_have_room() {
    let (film, _) = import(&format!(
        "{HEAD}Rain.\n\nRUTHVEN\n{}\n\nAUBREY\nNo.\n\nRUTHVEN ^\nYes.",
        "Come with me now. ".repeat(40)
    ));
    let scene = &film.scenes[0];
    assert!(scene.shots.len() > 2, "a long speech goes on in further shots");
    let spoken: Vec<&str> = scene.voice_lines.iter().flat_map(|line| line.text.split(' ')).collect();
    assert_eq!(spoken.len(), 162, "no word is lost");
    let pair = &scene.voice_lines[scene.voice_lines.len() - 2..];
    assert_eq!(pair[0].offset_secs, pair[1].offset_secs, "dual dialogue starts together");
    let (film, _) = import(&format!("{HEAD}Rain.\n\nRUTHVEN\nCome.\n(beat)\n(low)\nNow."));
    let lines = &film.scenes[0].voice_lines;
    assert_eq!((lines[0].parenthetical.as_str(), lines[1].parenthetical.as_str()), ("", "low"));
    assert!(lines[1].offset_secs > lines[0].offset_secs + speech_secs("Come.") + 0.9, "a beat is waited");
}

#[test]
fn the_sample_is_a_film_of_under_a_minute() {
    let (film, notes) = import(SAMPLE);
    assert_eq!(notes, []);
    assert_eq!((film.metadata.title.as_str(), film.scenes.len(), film.characters.len()), ("The Vampyre", 3, 3));
    let shots: Vec<_> = film.scenes.iter().flat_map(|scene| &scene.shots).collect();
    let secs: f64 = shots.iter().map(|shot| shot.duration).sum();
    assert!((6..=8).contains(&shots.len()) && (35.0..60.0).contains(&secs), "{} shots, {secs} s", shots.len());
    assert!(shots.iter().any(|shot| shot.continuity_source.is_some()));
    assert!(shots.iter().all(|shot| shot.prompt.contains("Camera: ")));
    assert!(film.scenes.iter().all(|scene| scene.extra.contains_key("music_prompt")));
    lawful(&film);
}

/// A film that the project's own rules accept, to the last field.
fn saves_and_opens(film: &Film) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("film");
    crate::film::ProjectFolder::create(&root, film).expect("an imported film can be saved");
    assert_eq!(crate::film::ProjectFolder::read(&root).expect("a saved film can be opened"), *film);
}

#[test]
fn imports_are_accepted_by_the_project_folder() {
    saves_and_opens(&import(SAMPLE).0);
    let crowd: String = (0..200).map(|number| format!("MAN{number}\nHi.\n\n")).collect();
    let everyone: String = (0..200).map(|number| format!("MAN{number} ")).collect();
    saves_and_opens(&import(&format!("{HEAD}{crowd}{HEAD}{everyone}")).0);
    saves_and_opens(&import(&format!("{HEAD}{}", "A\nb, c.\n\n".repeat(1_200))).0);
    let longest = format!("A\n{}\n\n", "b ".repeat(3_900)).repeat(24);
    saves_and_opens(&import(&format!("Title: {}\n\n{HEAD}{longest}", "T".repeat(5_000))).0);
}

/// What holds for every film an import makes.
fn lawful(film: &Film) {
    fn unique<'a, T: std::hash::Hash + Eq + 'a>(ids: impl Iterator<Item = &'a T>) {
        let mut seen = HashSet::new();
        assert!(ids.into_iter().all(|id| seen.insert(id)), "an id is used twice");
    }
    assert!(film.scenes.iter().map(|scene| &scene.scene_id).eq(&film.metadata.scene_order));
    assert!(!film.scenes.is_empty());
    unique(film.scenes.iter().map(|scene| &scene.scene_id));
    unique(film.characters.iter().map(|character| &character.character_id));
    let cast: HashSet<_> = film.characters.iter().map(|character| &character.character_id).collect();
    let mut earlier = HashSet::new();
    for scene in &film.scenes {
        unique(scene.shots.iter().map(|shot| &shot.shot_id));
        unique(scene.voice_lines.iter().map(|line| &line.line_id));
        assert!(!scene.shots.is_empty() && !scene.title.is_empty());
        assert!(scene.shots.len() <= 5_000 && scene.voice_lines.len() <= 10_000, "a project file has room for them");
        for shot in &scene.shots {
            assert!((0.5..=60.0).contains(&shot.duration), "{}", shot.duration);
            assert!(shot.character_ids.iter().all(|id| cast.contains(id)));
            if let Some(source) = &shot.continuity_source {
                assert!(earlier.contains(&(&source.scene_id, &source.shot_id)), "{source:?}");
            }
            earlier.insert((&scene.scene_id, &shot.shot_id));
        }
        for line in &scene.voice_lines {
            let shot = scene.shot(&line.shot_id).expect("a line is spoken at a shot of its scene");
            assert!(!line.text.is_empty() && line.character_id.as_ref().is_none_or(|id| cast.contains(id)));
            assert!((0.0..MAX_SHOT_SECS).contains(&line.offset_secs), "{} in {}", line.offset_secs, shot.duration);
        }
        let json = serde_json::to_string(scene).unwrap();
        assert_eq!(serde_json::from_str::<crate::film::FilmScene>(&json).unwrap(), *scene);
    }
}

/// Lines that matter to the parser, to be put together at random.
fn screenplay_text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "INT. HUT - NIGHT",
        ".FORCED",
        "EXT. ",
        "RUTHVEN",
        "RUTHVEN (V.O.) ^",
        "@a",
        "(beat)",
        "(",
        "He waits for Ruthven.",
        "CUT TO:",
        "> X <",
        ">",
        "~la",
        "!",
        "!!",
        "CLOSE ON X",
        "# A",
        "=",
        "===",
        "[[",
        "]]",
        "/*",
        "*/",
        "***b*",
        "_u_",
        "\\*",
        "[[kinora: continue]]",
        "[[kinora: continue shot 1]]",
        "[[kinora: duration 0.5]]",
        "[[kinora: character |]]",
        "[[kinora: character RUTHVEN | name X]]",
        "Title: T",
        "  ",
        "",
        "",
        "\u{feff}",
        "王",
        "ß",
        "a,b;c.d!",
    ]);
    prop::collection::vec((piece, prop::sample::select(vec!["\n", "\n\n", "\r\n", " ", ""])), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|(piece, end)| format!("{piece}{end}")).collect())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_a_screenplay_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        if let Ok(screenplay) = parse_bytes(&bytes) {
            lawful(&to_film(&screenplay, &ImportOptions::default()).0);
        }
    }

    #[test]
    fn any_text_under_a_heading_is_a_lawful_film(text in "\\PC{0,300}") {
        lawful(&import(&format!("{HEAD}Rain.\n\n{text}")).0);
    }

    #[test]
    fn any_mixture_of_marks_is_a_lawful_film(text in screenplay_text()) {
        lawful(&import(&format!("{HEAD}{text}")).0);
        if let Ok(screenplay) = parse(&text) {
            lawful(&to_film(&screenplay, &ImportOptions::default()).0);
        }
    }

    #[test]
    fn no_spoken_word_is_lost(words in prop::collection::vec("[a-z]{1,12}[.,!]?", 1..300)) {
        let (film, _) = import(&format!("{HEAD}Rain.\n\nRUTHVEN\nSo {}", words.join(" ")));
        let lines = &film.scenes[0].voice_lines;
        let spoken: Vec<&str> = lines.iter().flat_map(|line| line.text.split(' ')).skip(1).collect();
        prop_assert_eq!(spoken, words);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_mixture_of_marks_is_accepted_by_the_project_folder(text in screenplay_text()) {
        saves_and_opens(&import(&format!("{HEAD}{text}")).0);
    }
}
