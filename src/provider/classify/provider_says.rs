//! What an error body says, in the many shapes that hosts give it.

use serde_json::Value;

/// Codes of an empty purse, at whatever status (F4).
const QUOTA: &[&str] = &[
    "insufficient_quota",
    "credit_balance_exhausted",
    "billing_hard_limit_reached",
    "billing_not_active",
    "exceeded_current_quota_error",
    "insufficient_balance",
    "insufficient_credits",
    "arrearage",
];
/// Codes of a request that this model cannot serve, whoever sends it and whenever.
const BY_REQUEST: &[&str] = &[
    "context_length_exceeded",
    "exceed_context_size_error",
    "string_above_max_length",
    "content_filter",
    "content_policy_violation",
    "responsibleaipolicyviolation",
    "data_inspection_failed",
    "datainspectionfailed",
    "moderation_blocked",
    "invalid_prompt",
    "sensitive_content",
];
/// What hosts without such codes write.
const BY_REQUEST_TEXTS: &[&str] = &[
    "maximum context length",
    "context length exceeded",
    "context size",
    "context window",
    "range of input length",
    "prompt is too long",
    "content management policy",
    "input was flagged",
];

/// An error as the provider puts it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::provider) struct Said {
    /// `code`, `type` and inner codes, lower case; the most telling first.
    pub(in crate::provider) codes: Vec<String>,
    /// What it says for a person.
    pub(in crate::provider) message: String,
    /// The status it names, where its code is a number.
    pub(in crate::provider) status: Option<u16>,
}

impl Said {
    /// Reads the body of an answer that is not a success.
    pub(in crate::provider) fn of_body(body: &[u8]) -> Self {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => Self::of_answer(&value).unwrap_or_else(|| Self::of_error(&value)),
            Err(_) => Self::of_text(body),
        }
    }

    /// Reads the error in an answer, if there is one: `{"error": …}`, or vLLM's `{"object": "error", …}`.
    pub(in crate::provider) fn of_answer(value: &Value) -> Option<Self> {
        // Some proxies wrap the object in a list.
        let value = value.get(0).unwrap_or(value);
        match value.get("error") {
            None | Some(Value::Null | Value::Bool(false)) => {
                (value.get("object")? == "error").then(|| Self::of_error(value))
            }
            Some(error) => Some(Self::of_error(error)),
        }
    }

    /// Reads an error object, or an error that is only a text.
    pub(in crate::provider) fn of_error(error: &Value) -> Self {
        let codes = ["/code", "/type", "/innererror/code", "/metadata/error_type"]
            .iter()
            .filter_map(|at| error.pointer(at)?.as_str())
            .map(str::to_lowercase)
            .collect();
        let message = ["/message", "/detail", "/msg", "/error_description"]
            .iter()
            .find_map(|at| error.pointer(at)?.as_str())
            .or_else(|| error.as_str())
            .map_or_else(|| error.to_string(), str::to_owned);
        Self {
            codes,
            message,
            status: status_of(error.get("code")).or_else(|| status_of(error.get("status"))),
        }
    }

    fn of_text(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let message = if is_markup(body) {
            "a page of HTML".to_owned()
        } else {
            text.into_owned()
        };
        Self {
            message,
            ..Self::default()
        }
    }

    /// True when money has run out.
    pub(in crate::provider) fn is_quota(&self) -> bool {
        self.has(QUOTA)
    }

    /// True when the request itself is the cause: too long for the model, or filtered.
    pub(in crate::provider) fn is_by_request(&self) -> bool {
        let message = self.message.to_lowercase();
        self.has(BY_REQUEST) || BY_REQUEST_TEXTS.iter().any(|text| message.contains(text))
    }

    /// True when the request alone asks for more than the rate limit ever gives: `Limit 10000, Requested 12000` (F5).
    pub(in crate::provider) fn is_over_limit_alone(&self) -> bool {
        let number = |after: &str| -> Option<u64> {
            let (_, rest) = self.message.split_once(after)?;
            let rest = rest.trim_start_matches([' ', ':']);
            // `10,000, Requested`: a comma between digits groups them, one before a space ends the number.
            let end = rest.find(|c: char| !c.is_ascii_digit() && c != ',');
            let digits = rest[..end.unwrap_or(rest.len())].replace(',', "");
            digits.parse().ok()
        };
        match (number("Limit"), number("Requested")) {
            (Some(limit), Some(requested)) => requested > limit,
            _ => false,
        }
    }

    /// The status that an error inside a 200 stands for: its number, or what its code says.
    pub(in crate::provider) fn implied_status(&self) -> Option<u16> {
        self.status.or_else(|| {
            self.codes.iter().find_map(|code| match code.as_str() {
                "rate_limit_exceeded" | "rate_limit_error" | "too_many_requests" => Some(429),
                "overloaded_error" | "overloaded" | "unavailable_error" => Some(503),
                "server_error" | "internal_server_error" | "internal_error" | "api_error" => {
                    Some(500)
                }
                "invalid_request_error" | "bad_request" | "badrequesterror" => Some(400),
                "authentication_error" | "invalid_api_key" => Some(401),
                "permission_error" => Some(403),
                "not_found_error" | "model_not_found" => Some(404),
                "timeout" | "gateway_timeout" => Some(504),
                _ => None,
            })
        })
    }

    fn has(&self, known: &[&str]) -> bool {
        self.codes.iter().any(|code| known.contains(&code.as_str()))
    }
}

/// True when a body begins like HTML or XML.
pub(in crate::provider) fn is_markup(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

fn status_of(code: Option<&Value>) -> Option<u16> {
    let code = code?;
    let number = code.as_u64().or_else(|| code.as_str()?.parse().ok())?;
    u16::try_from(number)
        .ok()
        .filter(|status| (400..600).contains(status))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_shape_of_an_error_is_read() {
        for (body, codes, message, status) in [
            (
                r#"{"error":{"message":"m","type":"t","code":"c"}}"#,
                vec!["c", "t"],
                "m",
                None,
            ),
            (
                r#"{"error":{"code":400,"message":"m","type":"exceed_context_size_error"}}"#,
                vec!["exceed_context_size_error"],
                "m",
                Some(400),
            ),
            (
                r#"{"object":"error","message":"m","type":"BadRequestError","code":"429"}"#,
                vec!["429", "badrequesterror"],
                "m",
                Some(429),
            ),
            (r#"[{"error":{"message":"m"}}]"#, vec![], "m", None),
            (r#"{"error":"m"}"#, vec![], "m", None),
            (r#"{"detail":"m"}"#, vec![], "m", None),
            ("plain text", vec![], "plain text", None),
            (" <html>", vec![], "a page of HTML", None),
        ] {
            let said = Said::of_body(body.as_bytes());
            assert_eq!(said.codes, codes, "{body}");
            assert_eq!(said.message, message, "{body}");
            assert_eq!(said.status, status, "{body}");
        }
        assert_eq!(
            Said::of_answer(&json!({"error": null, "choices": []})),
            None
        );
    }

    #[test]
    fn a_request_over_the_limit_alone_is_told_apart() {
        let said = |message: &str| Said {
            message: message.to_owned(),
            ..Said::default()
        };
        let tpm =
            "Request too large for gpt-4 on tokens per min (TPM): Limit 10000, Requested 12000.";
        assert!(said(tpm).is_over_limit_alone());
        assert!(said("Limit: 10,000, Requested: 12,000").is_over_limit_alone());
        assert!(!said("Limit 10000, Used 9000, Requested 2000").is_over_limit_alone());
        assert!(!said("Limit reached").is_over_limit_alone());
    }
}
