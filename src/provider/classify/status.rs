//! Answers that refuse: the status, the provider's words and its headers, to a row of the table.

use std::time::Duration;

use crate::domain::{Fault, FaultCode, MoneyClass};
use crate::provider::classify::{Said, Wait};
use crate::provider::scrub::Secrets;

/// A reset farther off than this parks the endpoint (F3).
const PARK: Duration = Duration::from_mins(2);

/// What classification must know of an endpoint.
#[derive(Debug, Clone)]
pub(in crate::provider) struct Rules {
    pub(in crate::provider) no_charge_on_error: bool,
    pub(in crate::provider) llama: bool,
    pub(in crate::provider) secrets: Secrets,
}

/// Names the fault of an answer that refuses (F1 to F10, F47, F49); 3xx belongs to whoever knows the target.
pub(in crate::provider) fn refused(status: u16, said: &Said, wait: Wait, rules: &Rules) -> Fault {
    let mut fault = by_status(status, said, wait, rules);
    fault.status = Some(status);
    fault.retry_after = wait.duration();
    fault.message = message(status, said, rules);
    if let (3, Wait::Reset(reset)) = (fault.code.0, wait)
        && reset > PARK
    {
        fault.retry = false;
        fault.stops_endpoint = true;
    }
    fault
}

fn by_status(status: u16, said: &Said, wait: Wait, rules: &Rules) -> Fault {
    use MoneyClass::{Ambiguous, NotSent, Refused};
    if status == 402 || (said.is_quota() && (400..500).contains(&status)) {
        return stopping(Fault::new(4, Refused, ""));
    }
    match status {
        429 if said.is_over_limit_alone() => Fault::new(5, Refused, ""),
        429 => retried(Fault::new(too_many(wait), Refused, "")),
        407 => stopping(Fault::new(47, NotSent, "")),
        408 | 409 | 425 => retried(Fault::new(7, Refused, "")),
        400..=499 => for_good(status, said, rules),
        502 | 503 | 521 | 523 | 529 => retried(Fault::new(9, Refused, "")),
        504 | 522 | 524 => Fault {
            max_attempts: Some(2),
            ..retried(Fault::new(10, Ambiguous, ""))
        },
        // Some hosts answer a request that is too long with 500; nothing ran, and trying again cannot help.
        _ if said.is_by_request() => by_request(Fault::new(8, Refused, "")),
        _ if rules.no_charge_on_error => retried(Fault::new(8, Refused, "")),
        _ => retried(Fault::new(8, Ambiguous, "")),
    }
}

/// 400, 401, 403, 404, 413, 422 and their kin (F6; F49 for a full context of llama.cpp).
fn for_good(status: u16, said: &Said, rules: &Rules) -> Fault {
    let by_its_request = said.is_by_request() || status == 413;
    let full_context = rules.llama && said.codes.iter().any(|c| c == "exceed_context_size_error");
    let fault = Fault::new(if full_context { 49 } else { 6 }, MoneyClass::Refused, "");
    match status {
        _ if by_its_request => by_request(fault),
        401 | 403 => stopping(fault),
        _ => fault,
    }
}

fn too_many(wait: Wait) -> u8 {
    match wait {
        Wait::Unsaid | Wait::Seconds(_) => 1,
        Wait::Date(_) => 2,
        Wait::Reset(_) => 3,
    }
}

fn message(status: u16, said: &Said, rules: &Rules) -> String {
    let words = rules.secrets.clean(&said.message);
    match said.codes.first() {
        Some(code) => format!("status {status} `{}`: {words}", rules.secrets.clean(code)),
        None if words.is_empty() => format!("status {status}"),
        None => format!("status {status}: {words}"),
    }
}

fn retried(fault: Fault) -> Fault {
    Fault {
        retry: true,
        ..fault
    }
}

fn stopping(fault: Fault) -> Fault {
    Fault {
        stops_endpoint: true,
        ..fault
    }
}

fn by_request(fault: Fault) -> Fault {
    Fault {
        caused_by_request: true,
        ..fault
    }
}

/// Names the fault of a success that holds an error (F25, F36): as its own status would be, else by the row given.
pub(in crate::provider) fn error_in_success(
    row: u8,
    said: &Said,
    wait: Wait,
    rules: &Rules,
) -> Fault {
    let implied = said
        .implied_status()
        .or_else(|| (said.is_quota() || said.is_by_request()).then_some(400));
    let mut fault = match implied {
        Some(status) => refused(status, said, wait, rules),
        None => Fault {
            message: message(200, said, rules),
            ..retried(Fault::new(row, MoneyClass::Refused, ""))
        },
    };
    if row == 36 {
        // What came before the error was generated, and may be paid for.
        fault.code = FaultCode(row);
        fault.money = MoneyClass::Ambiguous;
    }
    fault
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules() -> Rules {
        Rules {
            no_charge_on_error: false,
            llama: false,
            secrets: Secrets::default(),
        }
    }

    fn shown(fault: &Fault) -> (u8, MoneyClass, bool, bool, bool) {
        (
            fault.code.0,
            fault.money,
            fault.retry,
            fault.stops_endpoint,
            fault.caused_by_request,
        )
    }

    #[test]
    fn codes_win_over_the_status() {
        use MoneyClass::{Ambiguous, Refused};
        let llama = Rules {
            llama: true,
            ..rules()
        };
        let free = Rules {
            no_charge_on_error: true,
            ..rules()
        };
        let full = r#"{"error":{"code":400,"type":"exceed_context_size_error","message":"m"}}"#;
        for (status, body, rules, expected) in [
            (
                400,
                r#"{"error":{"code":"content_filter"}}"#,
                rules(),
                (6, Refused, false, false, true),
            ),
            (
                403,
                r#"{"error":{"code":403,"message":"your input was flagged"}}"#,
                rules(),
                (6, Refused, false, false, true),
            ),
            (403, "{}", rules(), (6, Refused, false, true, false)),
            (404, "{}", rules(), (6, Refused, false, false, false)),
            (413, "", rules(), (6, Refused, false, false, true)),
            (402, "{}", rules(), (4, Refused, false, true, false)),
            (
                400,
                r#"{"error":{"code":"Arrearage"}}"#,
                rules(),
                (4, Refused, false, true, false),
            ),
            (400, full, rules(), (6, Refused, false, false, true)),
            (400, full, llama, (49, Refused, false, false, true)),
            (500, "{}", rules(), (8, Ambiguous, true, false, false)),
            (500, "{}", free, (8, Refused, true, false, false)),
            (520, "{}", rules(), (8, Ambiguous, true, false, false)),
        ] {
            let fault = refused(
                status,
                &Said::of_body(body.as_bytes()),
                Wait::Unsaid,
                &rules,
            );
            assert_eq!(shown(&fault), expected, "{status} {body}");
        }
    }

    #[test]
    fn an_error_inside_a_success_is_an_error_of_its_code() {
        let said =
            Said::of_body(br#"{"error":{"code":"rate_limit_exceeded","message":"slow down"}}"#);
        let wait = Wait::Seconds(Duration::from_secs(2));
        let fault = error_in_success(25, &said, wait, &rules());
        assert_eq!(shown(&fault), (1, MoneyClass::Refused, true, false, false));
        assert_eq!(fault.message, "status 429 `rate_limit_exceeded`: slow down");
        let unknown = error_in_success(25, &Said::of_body(b"{\"error\":\"odd\"}"), wait, &rules());
        assert_eq!(
            shown(&unknown),
            (25, MoneyClass::Refused, true, false, false)
        );
        let stream = error_in_success(36, &said, wait, &rules());
        assert_eq!(
            shown(&stream),
            (36, MoneyClass::Ambiguous, true, false, false)
        );
    }
}
