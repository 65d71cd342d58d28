//! The sound's own thread: it plans the mix, opens the output, and keeps the ring full while the film plays.

use super::{
    feed::Feed,
    files::SoundFiles,
    inbox::{Inbox, Mail, Order},
    order::{PlayOrder, SoundNotice},
    output::{Output, OutputError},
    shared::Shared,
};
use kinora_core::render::live::{LiveFilm, LiveMedia, LivePlayer, LiveSound};
use std::{
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

/// Opens the way out when there is something to play.
pub type OpenOutput = Arc<dyn Fn() -> Result<Box<dyn Output>, OutputError> + Send + Sync>;

/// Between two looks at the ring, which holds many times as much.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// The film is planned anew when it rested for so long, so that a drag costs one plan.
const FILM_RESTS: Duration = Duration::from_millis(300);
/// The device is let go after so long without sound.
const DEVICE_RESTS: Duration = Duration::from_secs(20);
/// A device that was not there is looked for again after this.
const TRY_AGAIN: Duration = Duration::from_secs(3);
/// Blocks in the ring before the output hears of it.
const BLOCKS_FIRST: usize = 3;

pub(super) struct SoundThread {
    inbox: Arc<Inbox>,
    shared: Arc<Shared>,
    media: LiveMedia,
    files: SoundFiles,
    open_output: OpenOutput,
    output: Option<Box<dyn Output>>,
    refused_at: Option<Instant>,
    film: LiveFilm,
    /// Whether the film changed since `sound` was planned.
    is_stale: bool,
    sound: Option<LiveSound>,
    player: Option<LivePlayer>,
    feed: Option<Feed>,
    last_sound_at: Instant,
}

impl SoundThread {
    pub(super) fn new(
        inbox: Arc<Inbox>,
        shared: Arc<Shared>,
        media: LiveMedia,
        files: SoundFiles,
        open_output: OpenOutput,
    ) -> Self {
        Self {
            inbox,
            shared,
            media,
            files,
            open_output,
            output: None,
            refused_at: None,
            film: LiveFilm::default(),
            is_stale: false,
            sound: None,
            player: None,
            feed: None,
            last_sound_at: Instant::now(),
        }
    }

    pub(super) fn run(mut self) {
        loop {
            let Mail { film, media_changed, order, closed } = self.inbox.take(self.patience());
            if closed {
                return;
            }
            let is_quiet = film.is_none() && !media_changed && order.is_none();
            self.is_stale |= media_changed || film.is_some();
            if let Some(film) = film {
                self.film = film;
            }
            match order {
                Some(Order::Play(order)) => self.play(order),
                Some(Order::Stop) => self.stop(),
                None => {}
            }
            if self.is_stale && (self.feed.is_some() || is_quiet) {
                self.plan();
            }
            self.fill();
            self.watch_output();
        }
    }

    /// How long nothing has to be done unless something is said.
    fn patience(&self) -> Option<Duration> {
        if self.feed.is_some() {
            Some(LOOK_AGAIN)
        } else if self.is_stale {
            Some(FILM_RESTS)
        } else {
            self.output.is_some().then_some(DEVICE_RESTS)
        }
    }

    /// Plans the sound anew and goes on where it is.
    fn plan(&mut self) {
        self.is_stale = false;
        let mut sound = self.media.sound_of(&self.film);
        self.files.give(std::mem::take(&mut sound.to_conform));
        let is_new = self.sound.as_ref().is_none_or(|before| before.mix != sound.mix || before.level != sound.level);
        if !sound.problems.is_empty() && self.sound.as_ref().is_none_or(|before| before.problems != sound.problems) {
            self.shared.tell(SoundNotice::Problem(sound.problems.join("\n")));
        }
        if is_new {
            self.player = Some(self.media.player(&sound));
        }
        self.sound = Some(sound);
    }

    fn play(&mut self, order: PlayOrder) {
        self.stop();
        if !self.has_output() {
            self.shared.set_silent(order.id);
            return;
        }
        if self.is_stale || self.player.is_none() {
            self.plan();
        }
        let (feed, stream) = Feed::start(order);
        self.shared.set_stream(&feed.state);
        let id = feed.state.id;
        self.feed = Some(feed);
        for _ in 0..BLOCKS_FIRST {
            self.fill_block();
        }
        if let Some(Err(error)) = self.output.as_mut().map(|output| output.play(stream)) {
            self.lose(id, &error.to_string());
        }
    }

    fn stop(&mut self) {
        if let Some(feed) = self.feed.take() {
            feed.state.stop.store(true, Ordering::Relaxed);
            self.shared.count_mixed(feed.state.sent_samples.load(Ordering::Relaxed));
            self.last_sound_at = Instant::now();
        }
    }

    fn has_output(&mut self) -> bool {
        if self.output.is_some() {
            return true;
        }
        if self.refused_at.is_some_and(|at| at.elapsed() < TRY_AGAIN) {
            return false;
        }
        match (self.open_output)() {
            Ok(output) => {
                self.output = Some(output);
                self.refused_at = None;
                true
            }
            Err(error) => {
                // Said once: the maker need not hear it again at every press of a key.
                if self.refused_at.is_none() {
                    self.shared.tell(SoundNotice::NoOutput(error.to_string()));
                }
                self.refused_at = Some(Instant::now());
                false
            }
        }
    }

    /// Keeps the ring full.
    fn fill(&mut self) {
        while self.fill_block() {}
        if let Some(problems) = self.player.as_ref().map(LivePlayer::take_problems).filter(|list| !list.is_empty()) {
            self.shared.tell(SoundNotice::Problem(problems.join("\n")));
        }
    }

    /// Mixes a block; false if there is nothing to do.
    fn fill_block(&mut self) -> bool {
        let (Some(feed), Some(player)) = (&mut self.feed, &mut self.player) else { return false };
        match feed.mix_block(player) {
            Ok(mixed) => mixed,
            Err(error) => {
                self.shared.tell(SoundNotice::Problem(error.to_string()));
                self.stop();
                false
            }
        }
    }

    /// Notices an output that is gone, and lets go of one that is not needed.
    fn watch_output(&mut self) {
        let Some(output) = &self.output else { return };
        if let Some(how) = output.lost() {
            let id = self.feed.as_ref().map(|feed| feed.state.id);
            match id {
                Some(id) => self.lose(id, &how),
                // Nobody listened: the next order opens another one.
                None => self.output = None,
            }
        } else if self.feed.as_ref().is_some_and(|feed| feed.state.is_over.load(Ordering::Relaxed)) {
            self.stop();
        } else if self.feed.is_none() && self.last_sound_at.elapsed() >= DEVICE_RESTS {
            self.output = None;
        }
    }

    fn lose(&mut self, id: u64, how: &str) {
        self.shared.set_silent(id);
        self.shared.tell(SoundNotice::OutputLost(how.to_owned()));
        self.stop();
        self.output = None;
        self.refused_at = Some(Instant::now());
    }
}
