//! What a request costs, before it is sent.

use super::{Condition, ModelCard, rule::Fields};
use crate::{GenerationRequest, whole_usd};
use serde::{Deserialize, Serialize};

/// How a model's price is found: the basis, times the rate of the first tier that fits the request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceRule {
    /// What is counted.
    pub basis: PriceBasis,
    /// Rates by parameters, the most special first. Empty only where it is free.
    #[serde(default)]
    pub tiers: Vec<PriceTier>,
    /// Least amount billed, in US dollars.
    #[serde(default)]
    pub minimum_usd: f64,
    /// Seconds are billed in whole multiples of this; absent for exact seconds.
    #[serde(default)]
    pub billed_step_secs: Option<f64>,
    /// Fewest seconds billed; absent where there is no such floor.
    #[serde(default)]
    pub billed_min_secs: Option<f64>,
    /// A field that multiplies the price (`parameters.number_of_images`); absent for once.
    #[serde(default)]
    pub times_field: Option<String>,
    /// Whether the vendor's bill may differ (prices by machine time, prices read from a page).
    #[serde(default)]
    pub is_estimate: bool,
}

impl Default for PriceRule {
    fn default() -> Self {
        Self {
            basis: PriceBasis::Free,
            tiers: Vec::new(),
            minimum_usd: 0.0,
            billed_step_secs: None,
            billed_min_secs: None,
            times_field: None,
            is_estimate: false,
        }
    }
}

/// What a price counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceBasis {
    /// Nothing.
    Free,
    /// Runs.
    Output,
    /// Seconds of the request's `duration_secs`.
    Second,
    /// Characters of the text.
    Character,
    /// Not known: it costs money, and nobody here knows how much.
    Unknown,
}

/// One rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PriceTier {
    /// When it applies; empty means always.
    #[serde(default)]
    pub when: Vec<Condition>,
    /// US dollars for one unit of the basis.
    pub usd: f64,
}

/// What a request will cost.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Price {
    /// US dollars, whole to the micro-dollar.
    #[serde(deserialize_with = "crate::money::read_usd")]
    pub usd: f64,
    /// Whether the bill may differ.
    pub is_estimate: bool,
}

impl ModelCard {
    /// The price of a request; `None` where it cannot be known (no tier fits, or a needed length is missing).
    #[must_use]
    pub fn price(&self, request: &GenerationRequest) -> Option<Price> {
        let rule = &self.price;
        let units = match rule.basis {
            PriceBasis::Free => return Some(Price { usd: 0.0, is_estimate: false }),
            PriceBasis::Unknown => return None,
            PriceBasis::Output => 1.0,
            PriceBasis::Second => {
                let secs = request.duration_secs()?;
                let billed = rule.billed_step_secs.map_or(secs, |step| (secs / step - 1e-9).ceil() * step);
                // Not `billed.max(..)`: a length that is no number must stay one.
                rule.billed_min_secs.filter(|least| billed < *least).unwrap_or(billed)
            }
            PriceBasis::Character => request.text().chars().count() as f64,
        };
        // A length that is no number must not come out as the minimum price: `NaN.max(x)` is `x`.
        if !units.is_finite() || units < 0.0 {
            return None;
        }
        let fields = Fields::new(self, request);
        let tier = rule.tiers.iter().find(|tier| tier.when.iter().all(|condition| condition.holds(&fields)))?;
        let times = match &rule.times_field {
            Some(field) => fields.get(field).as_f64().filter(|times| *times >= 0.0)?,
            None => 1.0,
        };
        let usd = (tier.usd * units * times).max(rule.minimum_usd);
        usd.is_finite().then(|| Price { usd: whole_usd(usd), is_estimate: rule.is_estimate })
    }
}
