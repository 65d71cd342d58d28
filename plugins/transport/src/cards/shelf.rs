//! The cards of a running provider.

use super::{
    CardProblem, LiveCards, LoadedCards,
    live::{self, LiveFile},
    load_cards, load_layers,
};
use crate::save_file;
use kinora_provider::{ModelCard, RefreshProblem, Refreshed};
use serde_json::{Map, Value};
use std::{
    path::PathBuf,
    sync::{PoisonError, RwLock, RwLockReadGuard},
};

/// Where cards beside the built-in ones lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardPlaces {
    /// The user's own files; `None` for none.
    pub folder: Option<PathBuf>,
    /// What is kept of live schemas between runs; `None` to keep it for one run.
    pub live_file: Option<PathBuf>,
}

impl CardPlaces {
    /// The user's own: `<config>/kinora/models/<provider>` and `<config>/kinora/live_models/<provider>.json`. None where
    /// the system names no configuration folder.
    #[must_use]
    pub fn of_user(provider: &str) -> Self {
        let Some(home) = dirs::config_dir().map(|config| config.join("kinora")) else { return Self::default() };
        Self {
            folder: Some(home.join("models").join(provider)),
            live_file: Some(home.join("live_models").join(format!("{provider}.json"))),
        }
    }

    /// A folder of the user's files alone.
    #[must_use]
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder: Some(folder), live_file: None }
    }
}

/// The cards of a provider: built in, changed by the vendor's live schemas, changed by the user's files.
#[derive(Debug)]
pub struct CardShelf {
    provider: &'static str,
    files: &'static [(&'static str, &'static str)],
    built_in: Vec<ModelCard>,
    places: CardPlaces,
    address: String,
    state: RwLock<State>,
    /// One look at the vendor is taken in after the other.
    taking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct State {
    live: Option<LiveFile>,
    loaded: LoadedCards,
}

impl CardShelf {
    /// Reads the cards of a provider: name and text of each built-in file, and what lies at the places. `address` is where
    /// the vendor is; what was read elsewhere is not believed. Nothing is sent.
    #[must_use]
    pub fn open(
        provider: &'static str,
        files: &'static [(&'static str, &'static str)],
        places: CardPlaces,
        address: String,
    ) -> Self {
        let kept = places.live_file.as_ref().map(|path| (path, live::load(path, provider, &address)));
        let (live, unread) = match kept {
            Some((_, Ok(live))) => (live, None),
            Some((path, Err(reason))) => {
                // It is written anew with the next look at the vendor.
                (None, Some(CardProblem { path: path.clone(), place: "file".to_owned(), reason }))
            }
            None => (None, None),
        };
        let built_in = load_cards(files, None).cards;
        let shelf = Self {
            provider,
            files,
            built_in,
            places,
            address,
            state: RwLock::default(),
            taking: tokio::sync::Mutex::default(),
        };
        let mut loaded = shelf.load(live.as_ref());
        loaded.problems.extend(unread);
        {
            let mut state = shelf.state.write().unwrap_or_else(PoisonError::into_inner);
            *state = State { live, loaded };
        }
        shelf
    }

    /// The cards as they are now.
    #[must_use]
    pub fn cards(&self) -> Vec<ModelCard> {
        self.state().loaded.cards.clone()
    }

    /// The card of a model as it is now.
    #[must_use]
    pub fn card(&self, model_id: &str) -> Option<ModelCard> {
        self.state().loaded.cards.iter().find(|card| card.id == model_id).cloned()
    }

    /// The cards as they were built in: what live schemas are laid over.
    #[must_use]
    pub fn built_in(&self) -> &[ModelCard] {
        &self.built_in
    }

    /// Every model that is built in or was read live.
    #[must_use]
    pub fn known_ids(&self) -> Vec<String> {
        let mut ids: Vec<String> = self.built_in.iter().map(|card| card.id.clone()).collect();
        let state = self.state();
        let live = state.live.iter().flat_map(|live| &live.cards).map(|card| card.id().to_owned());
        for id in live.collect::<Vec<_>>() {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// What was wrong with files, for the user to see.
    #[must_use]
    pub fn problems(&self) -> Vec<CardProblem> {
        self.state().loaded.problems.clone()
    }

    /// When the live schemas of all models were read, RFC 3339 in UTC.
    #[must_use]
    pub fn read_at(&self) -> Option<String> {
        self.state().live.as_ref().map(|live| live.read_at.clone()).filter(|at| !at.is_empty())
    }

    /// What else was kept with them.
    #[must_use]
    pub fn also(&self) -> Map<String, Value> {
        self.state().live.as_ref().map(|live| live.also.clone()).unwrap_or_default()
    }

    /// Takes in what the vendor's live schemas say of all its models, and keeps it. What cannot be believed leaves its card
    /// as it was.
    pub async fn take_in(&self, live: LiveCards) -> Refreshed {
        self.take(live, true).await
    }

    /// [`CardShelf::take_in`] for some models; the others stay as they are.
    pub async fn take_in_some(&self, live: LiveCards) -> Refreshed {
        self.take(live, false).await
    }

    async fn take(&self, read: LiveCards, all: bool) -> Refreshed {
        let _taking = self.taking.lock().await;
        let read_at = jiff::Timestamp::now().to_string();
        let (before, earlier) = {
            let state = self.state();
            (state.loaded.cards.clone(), state.live.clone())
        };
        let mut problems = Vec::new();
        let mut tell = |about: &str, reason: String| problems.push(RefreshProblem { about: about.to_owned(), reason });
        let mut cards = Vec::new();
        let mut settled: Vec<String> = Vec::new();
        for card in read.cards {
            let id = card.id.clone();
            let built_in = self.built_in.iter().find(|known| known.id == id);
            match live::judge(card, built_in, &read_at) {
                Ok((change, notes)) => {
                    notes.into_iter().for_each(|note| tell(&id, note));
                    cards.extend(change);
                    settled.push(id);
                }
                Err(reason) => tell(&id, reason),
            }
        }
        for (id, reason) in read.failed {
            tell(&id, reason);
        }
        // What was kept of models that could not be read now stays.
        let unread = |id: &str| !all || problems.iter().any(|problem| problem.about == id);
        for card in earlier.iter().flat_map(|earlier| &earlier.cards) {
            if unread(card.id()) && !settled.iter().any(|id| id == card.id()) {
                cards.push(card.clone());
            }
        }
        let also = match earlier {
            Some(earlier) if !all => earlier.also,
            _ => read.also,
        };
        let (provider, address) = (self.provider.to_owned(), self.address.clone());
        let whole_read_at = if all { Some(read_at.clone()) } else { self.read_at() };
        let live = LiveFile { provider, address, read_at: whole_read_at.unwrap_or_default(), cards, also };
        if let Err(reason) = self.keep(&live).await {
            problems.push(RefreshProblem { about: "file".to_owned(), reason });
        }
        let loaded = self.load(Some(&live));
        let find = |cards: &[ModelCard], id: &str| cards.iter().find(|card| card.id == id).cloned();
        let mut refreshed = Refreshed { read_at, problems, ..Refreshed::default() };
        for card in &loaded.cards {
            match find(&before, &card.id) {
                None => refreshed.added.push(card.id.clone()),
                Some(old) if is_same(&old, card) => refreshed.same += 1,
                Some(_) => refreshed.changed.push(card.id.clone()),
            }
        }
        let gone = before.iter().filter(|card| find(&loaded.cards, &card.id).is_none());
        refreshed.gone = gone.map(|card| card.id.clone()).collect();
        *self.state.write().unwrap_or_else(PoisonError::into_inner) = State { live: Some(live), loaded };
        refreshed
    }

    /// Writes it down, whole or not at all.
    async fn keep(&self, live: &LiveFile) -> Result<(), String> {
        let Some(path) = &self.places.live_file else { return Ok(()) };
        let text = serde_json::to_vec_pretty(live).map_err(|error| error.to_string())?;
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        let unkept = |error| format!("it holds for this run alone: {error}");
        save_file(path, text).await.map_err(unkept)
    }

    fn load(&self, live: Option<&LiveFile>) -> LoadedCards {
        let kept = self.places.live_file.clone().unwrap_or_else(|| PathBuf::from("live schemas"));
        load_layers(self.files, live.map(|live| (live, kept.as_path())), self.places.folder.as_deref())
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        // A panic elsewhere cannot leave these lists half changed: they are replaced whole.
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two cards say the same, wherever they have it from.
fn is_same(left: &ModelCard, right: &ModelCard) -> bool {
    let bare = |card: &ModelCard| ModelCard { sources: Vec::new(), ..card.clone() };
    bare(left) == bare(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kinora_provider::{CardSource, ParameterKind, RequestKind};
    use serde_json::json;
    use std::io::Write as _;

    const FILES: &[(&str, &str)] = &[(
        "veo.json",
        r#"[{"id":"google/veo","label":"Veo","kind":"video","parameters":[
              {"name":"resolution","label":"Resolution","type":"choice","choices":["720p","1080p"],"default":"720p"}],
            "price":{"basis":"second","tiers":[{"usd":0.4}]}},
           {"id":"google/banana","label":"Banana","kind":"image","price":{"basis":"output","tiers":[{"usd":0.04}]}}]"#,
    )];

    struct Stage {
        folder: tempfile::TempDir,
    }

    impl Stage {
        fn places(&self) -> CardPlaces {
            let root = self.folder.path();
            CardPlaces { folder: Some(root.join("mine")), live_file: Some(root.join("live/sim.json")) }
        }

        fn shelf(&self, address: &str) -> CardShelf {
            CardShelf::open("sim", FILES, self.places(), address.to_owned())
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut options = std::fs::OpenOptions::new();
            let mut file = options.write(true).create(true).truncate(true).open(path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
        }
    }

    fn stage() -> Stage {
        Stage { folder: tempfile::tempdir().unwrap() }
    }

    fn veo(shelf: &CardShelf, change: impl FnOnce(&mut ModelCard)) -> LiveCards {
        let mut card = shelf.built_in()[0].clone();
        change(&mut card);
        LiveCards { cards: vec![card, shelf.built_in()[1].clone()], ..LiveCards::default() }
    }

    fn choices(card: &mut ModelCard, choices: Vec<Value>) {
        card.parameters[0].default = Some(choices[0].clone());
        card.parameters[0].kind = ParameterKind::Choice { choices };
    }

    #[tokio::test]
    async fn live_schemas_are_kept_over_the_built_in_cards_and_under_the_users() {
        let stage = stage();
        stage.write("mine/own.json", r#"{"id":"google/veo","label":"My Veo"}"#);
        let shelf = stage.shelf("https://vendor");
        let mut live = veo(&shelf, |card| {
            card.label = "Veo of the vendor".into();
            choices(card, vec![json!("1080p"), json!("4k")]);
        });
        let new = ModelCard::new("google/new", "New", RequestKind::Image);
        live.cards.push(ModelCard { price: shelf.built_in()[1].price.clone(), ..new });
        live.also.insert("jobs".into(), 5.into());
        let refreshed = shelf.take_in(live.clone()).await;
        assert_eq!((refreshed.changed.as_slice(), refreshed.same), (["google/veo".to_owned()].as_slice(), 1));
        assert_eq!((refreshed.added.as_slice(), refreshed.problems.len()), (["google/new".to_owned()].as_slice(), 0));
        // Another run, with nothing but what was kept.
        let next = stage.shelf("https://vendor");
        assert_eq!((next.cards(), next.problems()), (shelf.cards(), Vec::new()));
        assert_eq!((next.read_at(), next.also()["jobs"].clone()), (Some(refreshed.read_at.clone()), json!(5)));
        let card = next.card("google/veo").unwrap();
        assert_eq!((card.label.as_str(), card.parameters[0].default.clone()), ("My Veo", Some(json!("1080p"))));
        let [CardSource::BuiltIn, CardSource::Live { read_at, address }, CardSource::File { .. }] = &card.sources[..]
        else {
            panic!("{:?}", card.sources)
        };
        assert_eq!((read_at, address.as_str()), (&refreshed.read_at, "https://vendor"));
        // What was read at a simulator is not believed at the vendor's.
        let elsewhere = stage.shelf("http://127.0.0.1:1");
        assert_eq!((elsewhere.read_at(), elsewhere.card("google/new")), (None, None));
        // Read once more, nothing is another; and what the vendor no longer has goes.
        assert_eq!(next.take_in(live).await.same, 3);
        let refreshed = next.take_in(LiveCards::default()).await;
        assert_eq!((refreshed.gone.as_slice(), refreshed.changed.len()), (["google/new".to_owned()].as_slice(), 1));
    }

    #[tokio::test]
    async fn what_cannot_be_believed_leaves_the_card_as_it_was_and_is_told() {
        let stage = stage();
        let shelf = stage.shelf("https://vendor");
        shelf.take_in(veo(&shelf, |card| choices(card, vec![json!("4k")]))).await;
        let before = shelf.cards();
        let check = async |words: &str, change: &dyn Fn(&mut ModelCard)| {
            let refreshed = shelf.take_in(veo(&shelf, change)).await;
            let [problem] = refreshed.problems.as_slice() else { panic!("{words}: {:?}", refreshed.problems) };
            assert!(problem.about == "google/veo" && problem.reason.contains(words), "{words}: {problem:?}");
        };
        check("said to make", &|card| card.kind = RequestKind::Image).await;
        check("not legal", &|card| card.parameters[0].default = Some(json!("8k"))).await;
        check("no form", &|card| choices(card, (0..400).map(Value::from).collect())).await;
        check("no form", &|card| choices(card, vec![json!({"deep": []})])).await;
        check("no form", &|card| card.parameters[0].name = "a\u{7}b".into()).await;
        check("more inputs", &|card| {
            let one = card.parameters[0].clone();
            card.parameters = (0..200)
                .map(|number| kinora_provider::ParameterSpec { name: format!("p{number}"), ..one.clone() })
                .collect();
        })
        .await;
        assert_eq!(shelf.cards(), before, "what was kept before stays");
        // A price beyond belief is left out, and the rest is taken.
        for usd in [0.0, 1e-9, 1e6] {
            check("beyond belief", &|card| card.price.tiers[0].usd = usd).await;
            assert_eq!(shelf.card("google/veo").unwrap().price, shelf.built_in()[0].price, "{usd}");
        }
        check("beyond belief", &|card| card.price = kinora_provider::PriceRule::default()).await;
        // Words without end and control characters reach no form.
        shelf.take_in(veo(&shelf, |card| card.description = "\u{1b}[31m".repeat(10_000))).await;
        let shown = shelf.card("google/veo").unwrap().description;
        assert!(shown.chars().count() <= 600 && !shown.chars().any(char::is_control));
    }

    #[tokio::test]
    async fn a_model_that_could_not_be_read_keeps_what_was_kept_of_it() {
        let stage = stage();
        let shelf = stage.shelf("https://vendor");
        shelf.take_in(veo(&shelf, |card| choices(card, vec![json!("4k")]))).await;
        let before = shelf.cards();
        let failed = vec![("google/veo".to_owned(), "away".to_owned())];
        let refreshed = shelf.take_in(LiveCards { failed, ..LiveCards::default() }).await;
        assert_eq!((refreshed.problems[0].reason.as_str(), refreshed.same), ("away", 2));
        assert_eq!(stage.shelf("https://vendor").cards(), before);
        // One model alone leaves the others, and the day's look at them, as they are.
        let read_at = shelf.read_at();
        let banana = LiveCards { cards: vec![shelf.built_in()[1].clone()], ..LiveCards::default() };
        shelf.take_in_some(banana).await;
        assert_eq!((shelf.cards(), shelf.read_at()), (before, read_at));
    }

    #[test]
    fn a_broken_file_of_an_earlier_run_is_named_and_the_built_in_cards_hold() {
        let stage = stage();
        let bare = CardShelf::open("sim", FILES, CardPlaces::default(), "https://vendor".into()).cards();
        for text in ["", "{", "[]", r#"{"provider":"sim","address":"https://vendor","read_at":"x","cards":7}"#] {
            stage.write("live/sim.json", text);
            let shelf = stage.shelf("https://vendor");
            assert_eq!((shelf.cards(), shelf.problems().len()), (bare.clone(), 1), "{text:?}");
            assert!(shelf.problems()[0].to_string().contains("sim.json"));
        }
        let hostile = json!({"provider": "sim", "address": "https://vendor", "read_at": "x", "cards": [
            {"read_at": "x", "change": {"id": "google/veo", "price": {"tiers": [{"usd": -1}]}}},
            {"read_at": "x", "change": {"label": "nobody"}}]});
        stage.write("live/sim.json", &hostile.to_string());
        let shelf = stage.shelf("https://vendor");
        assert_eq!((shelf.cards(), shelf.problems().len()), (bare, 2));
    }
}
