//! Money, exact: amounts are whole micro-dollars, and every amount that enters or is added up passes through here.
//! Sums of floats say 2.4000000000000004 where two people paid 1.2 each.

use serde::{Deserialize, Deserializer};
use std::{iter::Sum, ops::Add};

/// Micro-dollars in a dollar.
const MICROS: f64 = 1e6;

/// An amount of US dollars in whole micro-dollars.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct MicroUsd(i64);

impl MicroUsd {
    /// The amount nearest to a number of dollars. What costs anything at all is never rounded to nothing, so that no
    /// budget is passed by it; what is no number is nothing.
    #[must_use]
    pub fn of(usd: f64) -> Self {
        let micros = (usd * MICROS).round();
        if usd > 0.0 && micros < 1.0 { Self(1) } else { Self(micros as i64) }
    }

    /// The float nearest to the amount: written down, it shows no more than six places.
    #[must_use]
    pub fn usd(self) -> f64 {
        self.0 as f64 / MICROS
    }
}

impl Add for MicroUsd {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Sum for MicroUsd {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

/// A number of dollars, to the micro-dollar.
#[must_use]
pub fn whole_usd(usd: f64) -> f64 {
    MicroUsd::of(usd).usd()
}

/// Numbers of dollars added up exactly.
#[must_use]
pub fn sum_usd(amounts: impl IntoIterator<Item = f64>) -> f64 {
    amounts.into_iter().map(MicroUsd::of).sum::<MicroUsd>().usd()
}

/// A rate, such as dollars for one character, to a billionth of a dollar: factors leave crumbs behind.
#[must_use]
pub fn whole_rate_usd(usd: f64) -> f64 {
    const NANOS: f64 = 1e9;
    let whole = (usd * NANOS).round() / NANOS;
    if whole == 0.0 { usd } else { whole }
}

/// Dollars for a person: two places, and as many more as the amount has, four at most from a cent on.
#[must_use]
pub fn usd_words(usd: f64) -> String {
    let places = if usd.abs() < 0.01 { 6 } else { 4 };
    let mut words = format!("{:.places$}", whole_usd(usd));
    let least = words.find('.').map_or(words.len(), |point| point + 3);
    while words.len() > least && words.ends_with('0') {
        words.pop();
    }
    match words.strip_prefix('-') {
        Some(amount) => format!("-${amount}"),
        None => format!("${words}"),
    }
}

/// Reads an amount of an older file, which may carry crumbs.
///
/// # Errors
/// Whatever is no number.
pub fn read_usd<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    f64::deserialize(deserializer).map(whole_usd)
}

/// [`read_usd`] for an amount that may be absent.
///
/// # Errors
/// Whatever is neither a number nor `null`.
pub fn read_some_usd<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(Option::<f64>::deserialize(deserializer)?.map(whole_usd))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_have_no_crumbs() {
        assert_eq!(sum_usd([0.1, 0.2]).to_string(), "0.3");
        assert_eq!(sum_usd([0.8; 3]).to_string(), "2.4");
        assert_eq!(sum_usd(std::iter::repeat_n(0.000_001, 1_000_000)).to_string(), "1");
        assert_eq!(whole_usd(2.400_000_000_000_000_4).to_string(), "2.4");
        assert_eq!((whole_usd(f64::NAN), whole_usd(0.0), whole_usd(1e-12)), (0.0, 0.0, 0.000_001));
        assert!(sum_usd([f64::MAX, f64::MAX]).is_finite());
        assert_eq!((whole_rate_usd(0.3 * 0.1), whole_rate_usd(1e-12)), (0.03, 1e-12));
    }

    #[test]
    fn words_say_what_there_is_and_no_crumbs() {
        for (usd, words) in [
            (0.0, "$0.00"),
            (2.4, "$2.40"),
            (2.400_000_000_000_000_4, "$2.40"),
            (0.125, "$0.125"),
            (0.0336, "$0.0336"),
            (0.000_04, "$0.00004"),
            (1.0 / 3.0, "$0.3333"),
            (1234.5, "$1234.50"),
            (-0.5, "-$0.50"),
        ] {
            assert_eq!(usd_words(usd), words);
        }
    }

    #[test]
    fn amounts_of_older_files_are_read_and_made_whole() {
        #[derive(Deserialize)]
        struct Old {
            #[serde(deserialize_with = "read_usd")]
            price: f64,
            #[serde(default, deserialize_with = "read_some_usd")]
            cost: Option<f64>,
        }
        let old: Old = serde_json::from_str(r#"{"price": 2.4000000000000004, "cost": 7}"#).unwrap();
        assert_eq!((old.price, old.cost), (2.4, Some(7.0)));
        let bare: Old = serde_json::from_str(r#"{"price": 1}"#).unwrap();
        assert_eq!((bare.price, bare.cost), (1.0, None));
    }
}
