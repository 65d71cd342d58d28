//! The suite itself: it passes a good provider and catches each broken one by the right rule.

use super::{
    ContractRule as Rule, Suite,
    good::{Flaw, GoodProvider, KEY},
};
use crate::{GenerationRequest, SoundEffectRequest};
use std::{io::Write as _, path::Path, time::Duration};

/// Writes a test provider's file; the rule on whole saves is for project files.
pub(crate) fn write(path: &Path, bytes: &[u8]) {
    std::fs::OpenOptions::new().write(true).create(true).truncate(true).open(path).unwrap().write_all(bytes).unwrap();
}

fn suite(flaw: Flaw) -> Suite {
    let request = GenerationRequest::SoundEffect(SoundEffectRequest::new("tone/beep-1", "a bell", 1.0));
    Suite::new(move || GoodProvider::with(flaw))
        .case(request.clone())
        .cancel_case(request)
        .secret(KEY)
        .patience(Duration::from_millis(if flaw == Flaw::NeverEnds { 100 } else { 60_000 }))
}

#[test]
fn a_good_provider_passes() {
    suite(Flaw::None).check();
}

#[test]
fn each_broken_provider_is_caught_by_its_rule() {
    for (flaw, rule) in [
        (Flaw::TwinModels, Rule::Descriptor),
        (Flaw::NegativePrice, Rule::Descriptor),
        (Flaw::IllegalDefault, Rule::Descriptor),
        (Flaw::ProgressFalls, Rule::Progress),
        (Flaw::FileMissing, Rule::Files),
        (Flaw::FileEmpty, Rule::Files),
        (Flaw::FileOutside, Rule::Files),
        (Flaw::WrongKind, Rule::Files),
        (Flaw::OtherBytes, Rule::Determinism),
        (Flaw::TakesAnything, Rule::Refusal),
        (Flaw::RefusesWithoutField, Rule::Refusal),
        (Flaw::LitterOnRefusal, Rule::Refusal),
        (Flaw::UnknownJobRuns, Rule::UnknownJob),
        (Flaw::IgnoresCancel, Rule::Cancel),
        (Flaw::SecondCancelFails, Rule::Cancel),
        (Flaw::LateCancelLosesResult, Rule::Cancel),
        (Flaw::NeverEnds, Rule::Success),
        (Flaw::Fails, Rule::Success),
        (Flaw::ForgetsOnRestart, Rule::FinalState),
        (Flaw::ShowsKey, Rule::Secrecy),
    ] {
        let breaches = suite(flaw).run().expect_err(&format!("{flaw:?} passed")).0;
        assert!(breaches.iter().any(|breach| breach.rule == rule), "{flaw:?}: {breaches:?}");
    }
}

#[test]
fn a_suite_without_cases_proves_nothing_and_says_so() {
    let breaches = Suite::new(GoodProvider::default).run().unwrap_err().0;
    assert_eq!(breaches[0].rule, Rule::Success);
}
