//! OpenTelemetry: tokens, durations and dollars of all calls, in the generative-AI semantic conventions.
//!
//! Source: <https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-metrics/>, sections `gen_ai.client.token.usage` and
//! `gen_ai.client.operation.duration`, with the bucket boundaries they ask for; the file's form as in `otlp.rs`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::domain::unit;
use crate::report::books::Sheet;
use crate::report::books::otlp::{resource, scope, word};
use crate::summary::BookedCall;

/// Endpoint, model asked for, and what tells one series from another of the same model.
type Key = (String, String, &'static str);

/// One `MetricsData`, written at the end: memory grows with the models, not with the calls.
///
/// Dollars are sums of picodollars, which are exact; `pw.cost` has an attribute `pw.cost.kind`, whose values are never to
/// be added to each other.
#[derive(Debug, Default)]
pub(super) struct Metrics {
    tokens: BTreeMap<Key, Histogram>,
    seconds: BTreeMap<Key, Histogram>,
    dollars: BTreeMap<Key, i128>,
    span: Option<(Timestamp, Timestamp)>,
}

#[derive(Debug, Default)]
struct Histogram {
    buckets: BTreeMap<usize, u64>,
    count: u64,
    sum: f64,
}

const TOKENS: [f64; 14] = [
    1.0,
    4.0,
    16.0,
    64.0,
    256.0,
    1024.0,
    4096.0,
    16384.0,
    65536.0,
    262_144.0,
    1_048_576.0,
    4_194_304.0,
    16_777_216.0,
    67_108_864.0,
];
const SECONDS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];

/// `AGGREGATION_TEMPORALITY_CUMULATIVE` of `metrics.proto`.
const CUMULATIVE: u8 = 2;

impl Histogram {
    fn add(&mut self, bounds: &[f64], value: f64) {
        let bucket = bounds.partition_point(|bound| *bound < value);
        *self.buckets.entry(bucket).or_default() += 1;
        self.count += 1;
        self.sum += value;
    }
}

impl Sheet<BookedCall> for Metrics {
    fn head(&mut self) -> String {
        String::new()
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a histogram's values are floats"
    )]
    fn record(&mut self, call: &BookedCall) -> String {
        let model = &call.source.model;
        let key = |what| (model.endpoint.clone(), model.model.clone(), what);
        for (what, unit) in [("input", unit::INPUT), ("output", unit::OUTPUT)] {
            if let Some(count) = call.usage.0.get(unit) {
                self.tokens
                    .entry(key(what))
                    .or_default()
                    .add(&TOKENS, *count as f64);
            }
        }
        if let Some(ms) = call.end.latency_ms {
            self.seconds
                .entry(key(""))
                .or_default()
                .add(&SECONDS, ms as f64 / 1e3);
        }
        for (what, amount) in [
            ("billed", call.billed),
            ("imputed", call.imputed),
            ("held", call.held),
            ("lost", call.lost),
        ] {
            if !amount.is_zero() {
                *self.dollars.entry(key(what)).or_default() += i128::from(amount.picos());
            }
        }
        let (first, last) = self.span.unwrap_or((call.begun, call.ended));
        self.span = Some((first.min(call.begun), last.max(call.ended)));
        String::new()
    }

    fn tail(&mut self) -> String {
        let Some(span) = self.span else {
            return String::new();
        };
        let metrics = [
            histogram(
                "gen_ai.client.token.usage",
                "{token}",
                &self.tokens,
                &TOKENS,
                span,
            ),
            histogram(
                "gen_ai.client.operation.duration",
                "s",
                &self.seconds,
                &SECONDS,
                span,
            ),
            self.sum(span),
        ];
        let line = json!({ "resourceMetrics": [{
            "resource": resource(),
            "scopeMetrics": [{ "scope": scope(), "metrics": metrics }],
        }] });
        format!("{line}\n")
    }
}

impl Metrics {
    fn sum(&self, span: (Timestamp, Timestamp)) -> Value {
        let points: Vec<_> = self
            .dollars
            .iter()
            .map(|(key, picos)| {
                point(
                    key,
                    "pw.cost.kind",
                    span,
                    json!({ "asInt": picos.to_string() }),
                )
            })
            .collect();
        // Holds are given back, so the sum is not monotonic.
        json!({ "name": "pw.cost", "unit": "p{USD}",
            "sum": { "dataPoints": points, "aggregationTemporality": CUMULATIVE, "isMonotonic": false } })
    }
}

fn histogram(
    name: &str,
    unit: &str,
    series: &BTreeMap<Key, Histogram>,
    bounds: &[f64],
    span: (Timestamp, Timestamp),
) -> Value {
    let points: Vec<_> = series
        .iter()
        .map(|(key, of)| {
            let buckets = 0..=bounds.len();
            let counts: Vec<_> = buckets
                .map(|at| of.buckets.get(&at).copied().unwrap_or(0).to_string())
                .collect();
            let values = json!({ "count": of.count.to_string(), "sum": of.sum, "bucketCounts": counts,
                "explicitBounds": bounds });
            point(key, "gen_ai.token.type", span, values)
        })
        .collect();
    json!({ "name": name, "unit": unit,
        "histogram": { "dataPoints": points, "aggregationTemporality": CUMULATIVE } })
}

fn point(key: &Key, kind: &str, span: (Timestamp, Timestamp), mut values: Value) -> Value {
    let (endpoint, model, what) = key;
    let mut attributes = vec![
        word("gen_ai.operation.name", "chat"),
        word("gen_ai.provider.name", endpoint),
        word("gen_ai.request.model", model),
    ];
    if !what.is_empty() {
        attributes.push(word(kind, what));
    }
    values["attributes"] = json!(attributes);
    values["startTimeUnixNano"] = json!(span.0.as_nanosecond().to_string());
    values["timeUnixNano"] = json!(span.1.as_nanosecond().to_string());
    values
}
