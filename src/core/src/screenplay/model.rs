//! A screenplay as its elements, in the order of the text.

/// A parsed screenplay. Every text in it is free of emphasis marks, notes and boneyards.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Screenplay {
    /// The title page, in the order of the text.
    pub title_page: Vec<TitleField>,
    /// Everything after it. Notes follow the element they are written in.
    pub elements: Vec<Element>,
}

impl Screenplay {
    /// A field of the title page, its lines joined with spaces. Keys match in any case.
    #[must_use]
    pub fn title_field(&self, key: &str) -> Option<String> {
        let field = self.title_page.iter().find(|field| field.key.eq_ignore_ascii_case(key))?;
        let value = field.values.join(" ");
        (!value.is_empty()).then_some(value)
    }
}

/// `Key: value` of a title page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TitleField {
    /// Line of the key, from 1.
    pub line: usize,
    /// The key as written, without the colon.
    pub key: String,
    /// The lines of the value.
    pub values: Vec<String>,
}

/// An element and the line it starts on, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Line of its first character, from 1.
    pub line: usize,
    /// What it is.
    pub kind: ElementKind,
}

/// What a part of a screenplay is. Texts of several lines keep their line breaks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementKind {
    /// `# Act One`, with the number of `#`.
    Section {
        /// How many `#`.
        depth: usize,
        /// The name.
        text: String,
    },
    /// `= What happens here`.
    Synopsis(String),
    /// `INT. DRAWING ROOM - NIGHT #12#`.
    SceneHeading {
        /// Without the forcing `.` and the scene number.
        text: String,
        /// The number between `#`.
        scene_number: Option<String>,
    },
    /// `CLOSE ON THE DAGGER`, or any line forced with `!!`: a new shot, described by the action that follows.
    ShotHeading(String),
    /// A paragraph of action.
    Action(String),
    /// `> THE END <`.
    Centered(String),
    /// A character's speech.
    Dialogue(DialogueBlock),
    /// `~ sung` outside a speech.
    Lyric(String),
    /// `CUT TO:`.
    Transition(String),
    /// `[[ a note ]]`, without the brackets.
    Note(String),
    /// `===`.
    PageBreak,
}

/// A character's cue and what is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogueBlock {
    /// Who speaks, as the cue writes it, without extensions.
    pub name: String,
    /// `V.O.`, `O.S.`, `CONT'D`, without the parentheses.
    pub extensions: Vec<String>,
    /// Spoken at the same time as the speech before (`^`).
    pub dual: bool,
    /// What is said and how, in order.
    pub parts: Vec<DialoguePart>,
}

/// A part of a speech.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialoguePart {
    /// Words.
    Text(String),
    /// `(whispering)`, without the parentheses.
    Parenthetical(String),
    /// Sung words (`~`).
    Lyric(String),
}
