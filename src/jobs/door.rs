//! The way from a job's thread into the living film: questions and operators go over a bounded channel, and the world
//! answers them between two frames.

use super::wake::Waker;
use crate::{
    commands::{OperatorError, OperatorOutcome, RunOperator},
    document::{FilmRevision, FilmView, SaveNow, SaveOutcome},
    generation::{DoorError, FilmDoor, Question},
};
use bevy::{
    ecs::message::MessageCursor,
    prelude::{Messages, World},
};
use crossbeam_channel::{Receiver, RecvTimeoutError, SendTimeoutError, Sender, bounded, never};
use kinora_core::progress::{CancelToken, Cancelled};
use serde_json::Value;
use std::{
    collections::HashMap,
    error::Error,
    sync::Arc,
    time::{Duration, Instant},
};

/// Requests that may wait at once; each job's thread has one at most.
const MOST_WAITING: usize = 64;
/// How often a thread that waits looks whether it was cancelled.
const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How long a cancelled thread waits for an answer that is on its way.
const CANCEL_GRACE: Duration = Duration::from_secs(2);
/// A job often asks several things in a row: the desk waits this long for the next question …
const NEXT_QUESTION: Duration = Duration::from_micros(200);
/// … and takes no more than this of a frame.
const DESK_TIME: Duration = Duration::from_millis(1);
/// Operators of jobs are told from those of panels by their run ids.
const FIRST_RUN_ID: u64 = 1 << 62;

type Saved = Result<(), Arc<dyn Error + Send + Sync>>;

enum Request {
    Look { question: Question, done: Sender<()> },
    Change(Change),
}

/// What does more than look.
enum Change {
    Run { operator: String, params: Value, group: Option<u64>, reply: Sender<Result<Value, OperatorError>> },
    Save { reply: Sender<Saved> },
}

/// A request, and the opening of the film it is meant for.
struct Parcel {
    session: u64,
    request: Request,
}

/// A job's door to the film.
pub(super) struct RemoteDoor {
    session: u64,
    parcels: Sender<Parcel>,
    cancel: CancelToken,
    waker: Waker,
}

impl RemoteDoor {
    fn send(&self, request: Request) -> Result<(), DoorError> {
        let mut parcel = Parcel { session: self.session, request };
        loop {
            match self.parcels.send_timeout(parcel, LOOK_EVERY) {
                Ok(()) => {
                    self.waker.signal();
                    return Ok(());
                }
                Err(SendTimeoutError::Disconnected(_)) => return Err(DoorError::Closed),
                Err(SendTimeoutError::Timeout(_)) if self.cancel.is_cancelled() => return Err(Cancelled.into()),
                Err(SendTimeoutError::Timeout(same)) => parcel = same,
            }
        }
    }

    /// Waits for the answer. A film that was closed drops its side, which ends the wait.
    fn answer<T>(&self, answered: &Receiver<T>) -> Result<T, DoorError> {
        let mut cancelled_at: Option<Instant> = None;
        loop {
            match answered.recv_timeout(LOOK_EVERY) {
                Ok(answer) => return Ok(answer),
                Err(RecvTimeoutError::Disconnected) => return Err(DoorError::Closed),
                Err(RecvTimeoutError::Timeout) if self.cancel.is_cancelled() => {
                    if cancelled_at.get_or_insert_with(Instant::now).elapsed() > CANCEL_GRACE {
                        return Err(Cancelled.into());
                    }
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }
}

impl FilmDoor for RemoteDoor {
    fn look(&self, question: Question) -> Result<(), DoorError> {
        self.cancel.check()?;
        let (done, answered) = bounded(1);
        self.send(Request::Look { question, done })?;
        self.answer(&answered)
    }

    fn run(&mut self, operator: &str, params: Value, group: Option<u64>) -> Result<Value, DoorError> {
        self.cancel.check()?;
        let (reply, answered) = bounded(1);
        self.send(Request::Change(Change::Run { operator: operator.to_owned(), params, group, reply }))?;
        Ok(self.answer(&answered)??)
    }

    fn save(&mut self) -> Result<(), DoorError> {
        // Not kept back by a cancel: what is in the film is in the film.
        let (reply, answered) = bounded(1);
        self.send(Request::Change(Change::Save { reply }))?;
        self.answer(&answered)?.map_err(DoorError::Save)
    }
}

/// The world's side of every door.
pub(super) struct Desk {
    session: u64,
    open: bool,
    sender: Sender<Parcel>,
    parcels: Receiver<Parcel>,
    waker: Waker,
    next_run_id: u64,
    running: HashMap<u64, Sender<Result<Value, OperatorError>>>,
    /// Who waits for a save, each with the revision of the film that is to be on the disk.
    saving: Vec<(u64, Sender<Saved>)>,
    outcomes: MessageCursor<OperatorOutcome>,
    saves: MessageCursor<SaveOutcome>,
    /// Runs and saves that wait until the user lets go of what is being dragged.
    held: Vec<Change>,
}

impl Desk {
    pub(super) fn new(waker: Waker) -> Self {
        let (sender, parcels) = bounded(MOST_WAITING);
        Self {
            session: 0,
            open: false,
            sender,
            parcels,
            waker,
            next_run_id: FIRST_RUN_ID,
            running: HashMap::new(),
            saving: Vec::new(),
            outcomes: MessageCursor::default(),
            saves: MessageCursor::default(),
            held: Vec::new(),
        }
    }

    /// A door to the film that is open now.
    pub(super) fn door(&self, cancel: CancelToken) -> RemoteDoor {
        RemoteDoor { session: self.session, parcels: self.sender.clone(), cancel, waker: self.waker.clone() }
    }

    /// Another film, or none: doors to the one before are closed, whoever waits behind them.
    pub(super) fn turn_page(&mut self, open: bool) {
        self.session += 1;
        self.open = open;
        self.running.clear();
        self.saving.clear();
        self.held.clear();
    }

    /// Closes every door for good.
    pub(super) fn close(&mut self) {
        self.turn_page(false);
        self.parcels = never();
    }

    /// Answers questions, and hands operators and saves on. `expected` when somebody was just answered, and may well
    /// have the next question.
    pub(super) fn attend(&mut self, world: &mut World, hold: bool, expected: bool) {
        if !hold {
            for change in std::mem::take(&mut self.held) {
                self.change(world, change);
            }
        }
        let wait = if expected { NEXT_QUESTION } else { Duration::ZERO };
        let Ok(first) = self.parcels.recv_timeout(wait) else { return };
        let until = Instant::now() + DESK_TIME;
        let mut next = Some(first);
        while let Some(Parcel { session, request }) = next {
            // A parcel for another film is dropped, and its sender told by that.
            if self.open && session == self.session {
                match request {
                    Request::Look { question, done } => {
                        question(FilmView::new(world));
                        let _ = done.try_send(());
                    }
                    Request::Change(change) if hold => self.held.push(change),
                    Request::Change(change) => self.change(world, change),
                }
            }
            next = (Instant::now() < until).then(|| self.parcels.recv_timeout(NEXT_QUESTION).ok()).flatten();
        }
        if !self.parcels.is_empty() {
            self.waker.signal();
        }
    }

    fn change(&mut self, world: &mut World, change: Change) {
        match change {
            Change::Run { operator, params, group, reply } => {
                self.next_run_id += 1;
                self.running.insert(self.next_run_id, reply);
                world.write_message(RunOperator { run_id: self.next_run_id, operator, params, group });
                // Taken in after the operators of this frame ran, it runs in the next one.
                self.waker.signal();
            }
            Change::Save { reply } => {
                let revision = world.get_resource::<FilmRevision>().map_or(0, FilmRevision::film);
                self.saving.push((revision, reply));
                world.write_message(SaveNow);
            }
        }
    }

    /// Passes on what came of operators; says whether there was any.
    pub(super) fn answer_runs(&mut self, world: &World) -> bool {
        let Some(messages) = world.get_resource::<Messages<OperatorOutcome>>() else { return false };
        let mut any = false;
        for outcome in self.outcomes.read(messages) {
            if let Some(reply) = self.running.remove(&outcome.run_id) {
                any |= reply.try_send(outcome.result.clone()).is_ok();
            }
        }
        any
    }

    /// Passes on what came of saves, to those whose changes they held.
    pub(super) fn answer_saves(&mut self, world: &World) {
        let Some(messages) = world.get_resource::<Messages<SaveOutcome>>() else { return };
        for outcome in self.saves.read(messages) {
            let saved = match outcome {
                SaveOutcome::Saved { .. } => Ok(()),
                SaveOutcome::Failed { error, .. } => Err(Arc::clone(error)),
            };
            for (_, reply) in self.saving.extract_if(.., |(revision, _)| *revision <= outcome.revision()) {
                let _ = reply.try_send(saved.clone());
            }
        }
    }
}
