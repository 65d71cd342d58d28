//! How the account stands, from `GET /v1/user/subscription`.

use kinora_provider::Standing;
use serde::Deserialize;
use serde_json::Value;

/// The part of a subscription that is worth showing. The vendor's answer has far more, and may lack any of it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Subscription {
    tier: Option<String>,
    status: Option<String>,
    character_count: Option<i64>,
    character_limit: Option<i64>,
    /// A number of credits, or `unlimited`.
    max_credit_limit_extension: Option<Value>,
}

impl Subscription {
    /// Requests at once that the vendor documents for a plan; `None` for a plan without a documented number.
    pub(crate) fn concurrent_requests(&self) -> Option<u32> {
        match self.tier.as_deref()? {
            "free" => Some(2),
            "starter" => Some(3),
            "creator" => Some(5),
            "pro" => Some(10),
            "scale" | "business" => Some(15),
            _ => None,
        }
    }

    /// What the account says, for a person.
    pub(crate) fn standing(&self) -> Standing {
        let mut notes = Vec::new();
        if let (Some(used), Some(limit)) = (self.character_count, self.character_limit) {
            notes.push(format!("{} of {} credits left in this period", grouped((limit - used).max(0)), grouped(limit)));
        }
        match &self.max_credit_limit_extension {
            Some(Value::String(text)) if text == "unlimited" => notes.push("then billed by use".into()),
            Some(Value::Number(number)) if number.as_i64().is_some_and(|credits| credits > 0) => {
                notes.push(format!("then up to {} billed by use", grouped(number.as_i64().unwrap_or_default())));
            }
            _ => {}
        }
        match self.status.as_deref() {
            Some("past_due") => notes.push("a payment is past due".into()),
            Some("free_disabled") => notes.push("the free plan is switched off for this account".into()),
            Some("incomplete") => notes.push("the subscription is not paid yet".into()),
            _ => {}
        }
        Standing {
            account: self.tier.as_ref().map(|tier| format!("{tier} plan")).unwrap_or_default(),
            balance_usd: None,
            note: notes.join("; "),
        }
    }
}

/// `12,345`.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(answer: Value, account: &str, note: &str) {
        let standing = serde_json::from_value::<Subscription>(answer).unwrap().standing();
        assert_eq!((standing.account.as_str(), standing.note.as_str()), (account, note));
    }

    #[test]
    fn credits_and_limits_are_said_in_words() {
        check(
            json!({"tier": "creator", "status": "active", "character_count": 1200, "character_limit": 131_000,
                   "max_credit_limit_extension": 0}),
            "creator plan",
            "129,800 of 131,000 credits left in this period",
        );
        check(
            json!({"tier": "pro", "status": "past_due", "character_count": 600_000, "character_limit": 500_000,
                   "max_credit_limit_extension": "unlimited"}),
            "pro plan",
            "0 of 500,000 credits left in this period; then billed by use; a payment is past due",
        );
        check(json!({"max_credit_limit_extension": 2500}), "", "then up to 2,500 billed by use");
        check(json!({}), "", "");
    }

    #[test]
    fn a_plan_says_how_many_requests_run_at_once() {
        let at_once =
            |tier: &str| Subscription { tier: Some(tier.into()), ..Subscription::default() }.concurrent_requests();
        assert_eq!((at_once("free"), at_once("creator"), at_once("enterprise")), (Some(2), Some(5), None));
    }
}
