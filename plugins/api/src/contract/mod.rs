//! The suite every provider must pass. A provider's test is a few lines:
//!
//! ```ignore
//! #[test]
//! fn the_draft_provider_keeps_the_contract() {
//!     Suite::new(DraftProvider::new).case(video).case(speech).cancel_case(long_video).check();
//! }
//! ```
//!
//! Each case is a legal request. From it the suite derives illegal ones and expects them refused by field; it runs the
//! legal one to its end, twice where the card promises the same bytes; it cancels the cases that are long enough to be
//! cancelled. `descriptor` reads what the provider says of itself, `run` drives jobs, `refuse` makes requests wrong.

mod descriptor;
#[cfg(test)]
pub(crate) mod good;
mod refuse;
mod run;
#[cfg(test)]
mod tests;

use crate::{ErasedProvider, GenerationRequest, Provider};
use std::{fmt, sync::Arc, time::Duration};

/// Which rule of the contract was broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ContractRule {
    /// Ids, prices, defaults and limits of the descriptor make sense.
    Descriptor,
    /// A legal request is accepted and ends in success, in time.
    Success,
    /// A success brings whole files of the right kind, inside the job's folder.
    Files,
    /// Progress is between 0 and 1 and never falls.
    Progress,
    /// A final state stays as it is.
    FinalState,
    /// The same request with the same seed gives the same bytes, where the card says so.
    Determinism,
    /// An illegal request is refused at submit, by field, and leaves nothing behind.
    Refusal,
    /// An id nobody handed out is `JobNotFound`.
    UnknownJob,
    /// Cancel ends in `Cancelled`, may be repeated, and leaves a finished job alone.
    Cancel,
    /// No secret shows in a descriptor, a state or an error.
    Secrecy,
}

/// One rule broken, with what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The rule.
    pub rule: ContractRule,
    /// What happened, for the provider's author.
    pub what: String,
}

/// Every breach the suite found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaches(pub Vec<Breach>);

impl fmt::Display for Breaches {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for breach in &self.0 {
            writeln!(formatter, "{:?}: {}", breach.rule, breach.what)?;
        }
        Ok(())
    }
}

/// The suite, for one provider.
pub struct Suite {
    make: Box<dyn Fn() -> Arc<dyn ErasedProvider>>,
    cases: Vec<GenerationRequest>,
    cancel_cases: Vec<GenerationRequest>,
    secrets: Vec<String>,
    patience: Duration,
    poll_pause: Duration,
}

impl Suite {
    /// A suite for the provider that `make` builds; it is built anew where a restart is tested.
    pub fn new<P: Provider>(make: impl Fn() -> P + 'static) -> Self {
        Self {
            make: Box::new(move || Arc::new(make())),
            cases: Vec::new(),
            cancel_cases: Vec::new(),
            secrets: Vec::new(),
            patience: Duration::from_secs(300),
            poll_pause: Duration::from_millis(10),
        }
    }

    /// Adds a legal request to run to its end.
    #[must_use]
    pub fn case(mut self, request: GenerationRequest) -> Self {
        self.cases.push(request);
        self
    }

    /// Adds a legal request that takes long enough (some hundred milliseconds) to be cancelled on its way.
    #[must_use]
    pub fn cancel_case(mut self, request: GenerationRequest) -> Self {
        self.cancel_cases.push(request);
        self
    }

    /// Names a text (the key the provider was given) that must show nowhere.
    #[must_use]
    pub fn secret(mut self, text: impl Into<String>) -> Self {
        self.secrets.push(text.into());
        self
    }

    /// How long a job may take; 5 minutes unless set.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Runs every check, on a tokio runtime of its own.
    ///
    /// # Errors
    /// Every breach found.
    ///
    /// # Panics
    /// When no runtime or work folder can be made here.
    pub fn run(&self) -> Result<(), Breaches> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("contract")
            .enable_all() // a vendor is reached over the network
            .build()
            .expect("a runtime for the suite");
        let root = tempfile::tempdir().expect("a folder for the suite");
        let mut log = Log { breaches: Vec::new(), secrets: &self.secrets };
        runtime.block_on(async {
            let provider = (self.make)();
            let descriptor = provider.descriptor();
            log.see("descriptor", &descriptor);
            descriptor::check(&descriptor, &mut log);
            if self.cases.is_empty() {
                log.add(ContractRule::Success, "the suite was given no case".into());
            }
            let mut bench = run::Bench { suite: self, provider, root: root.path(), jobs: 0, log: &mut log };
            bench.unknown_job().await;
            for request in &self.cases {
                bench.refusals(request).await;
                bench.success(request).await;
            }
            for request in &self.cancel_cases {
                bench.cancel(request).await;
            }
        });
        if log.breaches.is_empty() { Ok(()) } else { Err(Breaches(log.breaches)) }
    }

    /// Runs every check.
    ///
    /// # Panics
    /// With the list of breaches, if there are any: for use in a test.
    pub fn check(&self) {
        if let Err(breaches) = self.run() {
            panic!("the contract is broken:\n{breaches}");
        }
    }
}

/// Collects breaches and looks for secrets in all that the provider shows.
struct Log<'a> {
    breaches: Vec<Breach>,
    secrets: &'a [String],
}

impl Log<'_> {
    fn add(&mut self, rule: ContractRule, what: String) {
        self.breaches.push(Breach { rule, what });
    }

    fn see(&mut self, place: &str, shown: &impl fmt::Debug) {
        let text = format!("{shown:?}");
        if self.secrets.iter().any(|secret| text.contains(secret.as_str())) {
            self.add(ContractRule::Secrecy, format!("a secret shows in the {place}"));
        }
    }
}
