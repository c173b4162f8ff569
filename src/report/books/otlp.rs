//! OpenTelemetry: a span for each call, in the generative-AI semantic conventions.
//!
//! Sources: <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/>, section "Inference", for names and
//! attributes; <https://opentelemetry.io/docs/specs/otel/protocol/file-exporter/>, section "JSON lines file": a line is a
//! `TracesData`, a file holds one kind of data; <https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding>: the
//! JSON mapping of protobuf, but ids in hex, enumerations as numbers, 64-bit integers as texts.

use serde_json::{Value, json};

use crate::domain::unit;
use crate::report::books::Sheet;
use crate::summary::BookedCall;

/// One `TracesData` a line, each with one span; no prompt and no answer is in it.
#[derive(Debug)]
pub(super) struct Spans;

/// `SPAN_KIND_CLIENT` and `STATUS_CODE_ERROR` of `trace.proto`.
const CLIENT: u8 = 3;
const ERROR: u8 = 2;

impl Sheet<BookedCall> for Spans {
    fn head(&mut self) -> String {
        String::new()
    }

    fn record(&mut self, call: &BookedCall) -> String {
        let answered = call.state == "settled";
        let id = call.id.simple().to_string();
        let mut span = json!({
            "traceId": id,
            // The last half of a version 7 id is its random part.
            "spanId": id.get(16..).unwrap_or_default(),
            "name": format!("chat {}", call.source.model.model),
            "kind": CLIENT,
            "startTimeUnixNano": call.begun.as_nanosecond().to_string(),
            "endTimeUnixNano": call.ended.max(call.begun).as_nanosecond().to_string(),
            "attributes": attributes(call),
        });
        if !answered {
            span["status"] = json!({ "code": ERROR, "message": call.state });
        }
        let line = json!({ "resourceSpans": [{
            "resource": resource(),
            "scopeSpans": [{ "scope": scope(), "spans": [span] }],
        }] });
        format!("{line}\n")
    }
}

fn attributes(call: &BookedCall) -> Vec<Value> {
    let source = &call.source;
    let words = [
        ("gen_ai.operation.name", Some("chat".to_owned())),
        ("gen_ai.provider.name", Some(source.model.endpoint.clone())),
        ("gen_ai.request.model", Some(source.model.model.clone())),
        ("gen_ai.response.model", call.end.model.clone()),
        ("gen_ai.response.id", call.end.response_id.clone()),
        (
            "error.type",
            (call.state != "settled").then(|| error_type(call)),
        ),
        ("pw.purpose", Some(source.purpose.clone())),
        ("pw.prompt", source.prompt.as_ref().map(ToString::to_string)),
        ("pw.variant", source.variant.0.clone()),
        ("pw.run", source.run.map(|run| run.to_string())),
        ("pw.case", call.case.clone()),
        ("pw.billed_usd", Some(call.billed.to_string())),
        ("pw.imputed_usd", Some(call.imputed.to_string())),
        ("pw.held_usd", Some(call.held.to_string())),
        ("pw.lost_usd", Some(call.lost.to_string())),
    ];
    let counts = [
        ("gen_ai.usage.input_tokens", unit::INPUT),
        ("gen_ai.usage.output_tokens", unit::OUTPUT),
        ("gen_ai.usage.cache_read.input_tokens", unit::CACHE_READ),
        (
            "gen_ai.usage.cache_creation.input_tokens",
            unit::CACHE_WRITE,
        ),
    ];
    let words = words
        .into_iter()
        .filter_map(|(key, value)| Some(word(key, &value?)));
    let counts = counts
        .into_iter()
        .filter_map(|(key, unit)| Some(number(key, *call.usage.0.get(unit)?)));
    words
        .chain(counts)
        .chain([number("pw.attempts", call.attempts)])
        .collect()
}

/// A low-cardinality word: the row of the fault table, else the state.
fn error_type(call: &BookedCall) -> String {
    call.end
        .fault
        .map_or_else(|| call.state.to_owned(), |fault| format!("F{fault}"))
}

pub(super) fn word(key: &str, value: &str) -> Value {
    json!({ "key": key, "value": { "stringValue": value } })
}

fn number(key: &str, value: u64) -> Value {
    json!({ "key": key, "value": { "intValue": value.to_string() } })
}

pub(super) fn resource() -> Value {
    json!({ "attributes": [word("service.name", "pw"), word("service.version", env!("CARGO_PKG_VERSION"))] })
}

pub(super) fn scope() -> Value {
    json!({ "name": "pw.ledger", "version": env!("CARGO_PKG_VERSION") })
}
