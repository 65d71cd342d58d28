//! Drives jobs through a provider and holds what happens against the contract.

use super::{ContractRule as Rule, Log, Suite, refuse};
use crate::{
    ErasedProvider, GenerationOutput, GenerationRequest, JobState, JobTicket, OutputKind, OutputSource, ProviderError,
    Submitted,
};
use std::{fs, path::Path, sync::Arc, time::Instant};

pub(super) struct Bench<'a, 'log> {
    pub(super) suite: &'a Suite,
    pub(super) provider: Arc<dyn ErasedProvider>,
    pub(super) root: &'a Path,
    pub(super) jobs: usize,
    pub(super) log: &'a mut Log<'log>,
}

impl Bench<'_, '_> {
    fn ticket(&mut self) -> JobTicket {
        self.jobs += 1;
        let job_id = format!("contract-{:04}", self.jobs);
        let work_dir = self.root.join(&job_id);
        fs::create_dir_all(&work_dir).expect("a work folder for a job");
        JobTicket { job_id, work_dir }
    }

    pub(super) async fn unknown_job(&mut self) {
        let ticket = self.ticket();
        let answer = self.provider.poll(ticket.clone(), "no-such-job").await;
        self.log.see("answer to a poll", &answer);
        if !matches!(answer, Err(ProviderError::JobNotFound { .. })) {
            self.log.add(Rule::UnknownJob, format!("poll of an unknown id gave {answer:?}"));
        }
        if self.provider.descriptor().can_cancel {
            let answer = self.provider.cancel(ticket, "no-such-job").await;
            if !matches!(answer, Err(ProviderError::JobNotFound { .. })) {
                self.log.add(Rule::UnknownJob, format!("cancel of an unknown id gave {answer:?}"));
            }
        }
    }

    pub(super) async fn refusals(&mut self, legal: &GenerationRequest) {
        let descriptor = self.provider.descriptor();
        let Some(card) = descriptor.model(legal.model()) else {
            self.log.add(Rule::Success, format!("the case's model {:?} is not in the descriptor", legal.model()));
            return;
        };
        for illegal in refuse::spoil(legal, card) {
            let ticket = self.ticket();
            let answer = self.provider.submit(ticket.clone(), illegal.request).await;
            self.log.see("answer to a submit", &answer);
            let named = match &answer {
                Err(error) => error.fields().contains(&illegal.field.as_str()),
                Ok(_) => false,
            };
            if !named {
                let what = format!("{}: a request wrong in {} gave {answer:?}", card.id, illegal.field);
                self.log.add(Rule::Refusal, what);
            }
            if fs::read_dir(&ticket.work_dir).is_ok_and(|mut entries| entries.next().is_some()) {
                self.log.add(Rule::Refusal, format!("{}: a refused request left files behind", card.id));
            }
        }
    }

    pub(super) async fn success(&mut self, request: &GenerationRequest) {
        let descriptor = self.provider.descriptor();
        let Some(card) = descriptor.model(request.model()) else { return };
        let Some(first) = self.run_once(request).await else { return };
        if card.deterministic {
            let mut seeded = request.clone();
            if let Some(seed) = seeded.seed().or(card.takes_seed.then_some(7)) {
                seeded.set_seed(Some(seed));
            }
            let one = if seeded == *request { Some(first) } else { self.run_once(&seeded).await };
            let two = self.run_once(&seeded).await;
            if let (Some(one), Some(two)) = (one, two)
                && one != two
            {
                self.log.add(Rule::Determinism, format!("{}: the same seed gave other bytes", card.id));
            }
        }
    }

    /// Runs one request to success; gives the bytes of its files.
    async fn run_once(&mut self, request: &GenerationRequest) -> Option<Vec<Vec<u8>>> {
        let ticket = self.ticket();
        let submitted = self.submit(&ticket, request).await?;
        let output = match self.wait(&ticket, &submitted).await? {
            JobState::Succeeded(output) => output,
            other => {
                self.log.add(Rule::Success, format!("{}: a legal request ended as {other:?}", request.model()));
                return None;
            }
        };
        self.final_state_stays(&ticket, &submitted, &output).await;
        self.files(&ticket, request, &output).await
    }

    async fn submit(&mut self, ticket: &JobTicket, request: &GenerationRequest) -> Option<Submitted> {
        match self.provider.submit(ticket.clone(), request.clone()).await {
            Ok(submitted) if submitted.vendor_id.is_empty() => {
                self.log.add(Rule::Success, format!("{}: submit gave an empty id", request.model()));
                None
            }
            Ok(submitted) => Some(submitted),
            Err(error) => {
                self.log.see("answer to a submit", &error);
                self.log.add(Rule::Success, format!("{}: a legal request was refused: {error}", request.model()));
                None
            }
        }
    }

    /// Polls until the job is over.
    async fn wait(&mut self, ticket: &JobTicket, submitted: &Submitted) -> Option<JobState> {
        let started = Instant::now();
        let mut state = submitted.state.clone();
        let mut highest = 0.0_f32;
        loop {
            self.log.see("state of a job", &state);
            if let JobState::Running { progress: Some(progress), .. } = state {
                if !(highest..=1.0).contains(&progress) {
                    self.log.add(Rule::Progress, format!("progress went from {highest} to {progress}"));
                }
                highest = highest.max(progress);
            }
            if state.is_final() {
                return Some(state);
            }
            if started.elapsed() > self.suite.patience {
                self.log.add(Rule::Success, format!("after {:?} the job is still {state:?}", self.suite.patience));
                return None;
            }
            tokio::time::sleep(self.suite.poll_pause).await;
            state = match self.provider.poll(ticket.clone(), &submitted.vendor_id).await {
                Ok(state) => state,
                Err(error) => {
                    self.log.add(Rule::Success, format!("poll of a known job failed: {error}"));
                    return None;
                }
            };
        }
    }

    async fn final_state_stays(&mut self, ticket: &JobTicket, submitted: &Submitted, output: &GenerationOutput) {
        if submitted.state.is_final() {
            return; // answered with the result itself: such jobs are not polled
        }
        let mut expect = |moment: &str, answer: Result<JobState, ProviderError>, rule| {
            if !matches!(&answer, Ok(JobState::Succeeded(again)) if again == output) {
                self.log.add(rule, format!("{moment} a finished job answers {answer:?}"));
            }
        };
        let vendor_id = &submitted.vendor_id;
        expect("polled again,", self.provider.poll(ticket.clone(), vendor_id).await, Rule::FinalState);
        let cancelled = self.provider.cancel(ticket.clone(), vendor_id).await;
        expect("after a late cancel", self.provider.poll(ticket.clone(), vendor_id).await, Rule::Cancel);
        let may_refuse = !self.provider.descriptor().can_cancel;
        if let Err(error) = cancelled.as_ref()
            && !may_refuse
        {
            self.log.add(Rule::Cancel, format!("cancel of a finished job failed: {error}"));
        }
        let reborn = (self.suite.make)();
        let mut expect = |answer: Result<JobState, ProviderError>| {
            if !matches!(&answer, Ok(JobState::Succeeded(again)) if again == output) {
                self.log.add(Rule::FinalState, format!("after a restart a finished job answers {answer:?}"));
            }
        };
        expect(reborn.poll(ticket.clone(), vendor_id).await);
    }

    async fn files(
        &mut self,
        ticket: &JobTicket,
        request: &GenerationRequest,
        output: &GenerationOutput,
    ) -> Option<Vec<Vec<u8>>> {
        let model = request.model();
        let wanted = OutputKind::of(request.kind());
        match output.files.first() {
            None => self.log.add(Rule::Files, format!("{model}: a success without a file")),
            Some(file) if file.kind != wanted => {
                self.log.add(Rule::Files, format!("{model}: {wanted:?} was asked for, {:?} came", file.kind));
            }
            Some(_) => {}
        }
        let mut contents = Vec::new();
        for (index, file) in output.files.iter().enumerate() {
            let path = match &file.source {
                OutputSource::File(path) => path.clone(),
                OutputSource::Url(url) => {
                    let path = ticket.work_dir.join(format!("contract-download-{index}"));
                    if let Err(error) = self.provider.download(ticket.clone(), url, &path).await {
                        self.log.see("answer to a download", &error);
                        self.log.add(Rule::Files, format!("{model}: the output could not be downloaded: {error}"));
                        continue;
                    }
                    path
                }
            };
            if !path.starts_with(&ticket.work_dir) {
                self.log.add(Rule::Files, format!("{model}: {} is outside the job's folder", path.display()));
            }
            let family = file.media_type.split('/').next().unwrap_or_default();
            let family_ok = match file.kind {
                OutputKind::Video => family == "video",
                OutputKind::Image => family == "image",
                OutputKind::Audio => family == "audio",
                OutputKind::Other => !family.is_empty(),
            };
            if !family_ok {
                self.log.add(Rule::Files, format!("{model}: {:?} calls itself {:?}", file.kind, file.media_type));
            }
            match fs::read(&path) {
                Ok(bytes) if !bytes.is_empty() => contents.push(bytes),
                Ok(_) => self.log.add(Rule::Files, format!("{model}: {} is empty", path.display())),
                Err(error) => self.log.add(Rule::Files, format!("{model}: {}: {error}", path.display())),
            }
        }
        (contents.len() == output.files.len() && !contents.is_empty()).then_some(contents)
    }

    pub(super) async fn cancel(&mut self, request: &GenerationRequest) {
        let ticket = self.ticket();
        let Some(submitted) = self.submit(&ticket, request).await else { return };
        for attempt in ["first", "second"] {
            if let Err(error) = self.provider.cancel(ticket.clone(), &submitted.vendor_id).await {
                self.log.add(Rule::Cancel, format!("{}: the {attempt} cancel failed: {error}", request.model()));
            }
        }
        match self.wait(&ticket, &submitted).await {
            Some(JobState::Cancelled) => {}
            other => self.log.add(Rule::Cancel, format!("{}: a cancelled job ended as {other:?}", request.model())),
        }
        if let Err(error) = self.provider.cancel(ticket, &submitted.vendor_id).await {
            self.log.add(Rule::Cancel, format!("{}: cancel of a cancelled job failed: {error}", request.model()));
        }
    }
}
