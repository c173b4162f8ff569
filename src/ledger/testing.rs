//! What the tests of this room share: a clock that stands, and orders with everything filled in.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use rusqlite::Connection;
use serde_json::json;
use uuid::Uuid;

use crate::domain::{
    Answer, Case, CaseId, Clock, Cost, FinishReason, ModelRef, Place, PromptName, Purpose,
    Revision, Score, TrialKey, Usage, Usd, Variant,
};
use crate::ledger::{
    Caps, Hold, HoldOutcome, Keep, Ledger, NewCall, NewRun, OpenOptions, Price, Recorded, Refused,
    Settle, Taken, TrialRecord,
};
use crate::summary::Git;

/// 2026-11-18 12:26:40 UTC.
pub(super) const BEGIN_MS: i64 = 1_795_004_800_000;

/// A clock that stands until it is set.
#[derive(Debug)]
pub(super) struct TestClock(pub(super) AtomicI64);

impl TestClock {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(BEGIN_MS)))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millisecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

pub(super) fn open(folder: &Path) -> Ledger {
    open_at(folder, TestClock::new())
}

pub(super) fn open_at(folder: &Path, clock: Arc<TestClock>) -> Ledger {
    Ledger::open(options(folder, clock)).unwrap()
}

pub(super) fn options(folder: &Path, clock: Arc<TestClock>) -> OpenOptions {
    OpenOptions {
        path: folder.join("ledger.db"),
        clock,
        keep: Keep::default(),
        fail: Arc::new(|_| ()),
    }
}

/// A plain connection that may do anything, as a person with `sqlite3` could.
pub(super) fn raw(folder: &Path) -> Connection {
    Connection::open(folder.join("ledger.db")).unwrap()
}

pub(super) fn number(conn: &Connection, sql: &str) -> i64 {
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

static NEXT: AtomicU64 = AtomicU64::new(1);

/// An id that no other has; ordered, as those of version 7 are.
pub(super) fn id() -> Uuid {
    Uuid::from_u128((0x0190 << 112) | u128::from(NEXT.fetch_add(1, Ordering::Relaxed)))
}

pub(super) fn model() -> ModelRef {
    "openai/gpt-5-mini".parse().unwrap()
}

pub(super) fn call(run: Option<&str>) -> NewCall {
    NewCall {
        id: id(),
        purpose: Purpose::Eval,
        workspace: "w".to_owned(),
        prompt: Some(PromptName("weather".to_owned())),
        variant: Variant::UNSUFFIXED,
        revision: Some(Revision("ab".repeat(32))),
        run: run.map(str::to_owned),
        case: Some(CaseId("beijing-02".to_owned())),
        repeat: Some(1),
        model: model(),
        request_key: Some("key".to_owned()),
        request: json!({"messages": [{"role": "user", "content": [{"text": "北京天气？"}]}], "max_tokens": 9})
            .to_string(),
    }
}

pub(super) fn price() -> Price {
    Price {
        source: "openai".to_owned(),
        from: Some("2026-10-01".to_owned()),
        rates: Some("{\"input_mtok\":\"0.25\"}".to_owned()),
    }
}

pub(super) fn hold_for(call: NewCall, picos: i64, caps: Caps) -> Hold {
    Hold {
        attempt: id(),
        number: 1,
        amount: Usd::from_picos(picos),
        call: Arc::new(call),
        price: Some(price()),
        caps,
    }
}

/// A hold of a call without a run, under a cap of the day.
pub(super) fn hold(picos: i64, day_cap: Option<i64>) -> Hold {
    let caps = Caps {
        day: day_cap.map(Usd::from_picos),
        ..Caps::default()
    };
    hold_for(call(None), picos, caps)
}

/// Holds and demands that it is granted; returns the attempt.
pub(super) async fn held(ledger: &Ledger, hold: Hold) -> Uuid {
    let attempt = hold.attempt;
    assert_eq!(ledger.hold(hold).await.unwrap(), HoldOutcome::Held);
    attempt
}

/// Holds and demands that it is refused.
pub(super) async fn refused(ledger: &Ledger, hold: Hold) -> Refused {
    match ledger.hold(hold).await.unwrap() {
        HoldOutcome::Refused(refused) => refused,
        HoldOutcome::Held => panic!("held, expected a refusal"),
    }
}

pub(super) fn answer(text: &str) -> Answer {
    Answer {
        text: Some(text.to_owned()),
        refusal: None,
        reasoning: None,
        tool_calls: Vec::new(),
        finish_reason: Some(FinishReason::Stop),
        model_returned: Some("gpt-5-mini-2026-08-07".to_owned()),
        tier_returned: Some("default".to_owned()),
        usage: Some(Usage::of(12, 7)),
        usage_raw: Some(json!({"prompt_tokens": 12, "completion_tokens": 7, "cost": 0.1})),
        response_id: Some("chatcmpl-1".to_owned()),
        request_id: Some("req-1".to_owned()),
        logprobs: None,
        timings: None,
        warnings: Vec::new(),
    }
}

pub(super) fn settle(attempt: Uuid, picos: i64) -> Settle {
    Settle {
        attempt,
        cost: Some(Cost {
            billed: Usd::from_picos(picos),
            imputed: Usd::ZERO,
        }),
        price: Some(price()),
        answer: answer("晴，最低气温17°C"),
        latency_ms: Some(812),
        accepted: true,
    }
}

pub(super) fn run(id: &str) -> NewRun {
    NewRun {
        id: id.to_owned(),
        command: "pw eval weather".to_owned(),
        workspace: "w".to_owned(),
        prompt: PromptName("weather".to_owned()),
        suite: "evals/weather.yaml".to_owned(),
        suite_hash: "cd".repeat(32),
        seed: u64::MAX,
        version: "0.1.0".to_owned(),
        git: Some(Git {
            commit: "0123abcd".to_owned(),
            dirty: true,
        }),
        tags: [("team".to_owned(), "北".to_owned())].into(),
        note: Some("first".to_owned()),
        settings: json!({"budget": "1.00"}),
        resumed_from: None,
        filtered: false,
        revisions: vec![(
            Variant::UNSUFFIXED,
            Revision("ab".repeat(32)),
            "{\"body\":\"天气\"}".to_owned(),
        )],
        models: vec![model()],
        cases: vec![case("beijing-02"), case("shanghai-01")],
    }
}

pub(super) fn case(id: &str) -> Case {
    Case {
        id: CaseId(id.to_owned()),
        named: true,
        label: id.to_owned(),
        place: Place {
            file: "evals/weather.yaml".to_owned(),
            line: 3,
        },
        description: None,
        vars: [("city".to_owned(), json!(id))].into_iter().collect(),
        turns: Vec::new(),
        asserts: Vec::new(),
        threshold: None,
        cluster: None,
        holdout: false,
        metadata: serde_json::Map::new(),
    }
}

pub(super) fn score(pass: bool) -> Score {
    Score {
        kind: "contains".to_owned(),
        metric: Some("low".to_owned()),
        weight: 1.0,
        pass: Some(pass),
        score: Some(f64::from(u8::from(pass))),
        reason: "contains `最低`".to_owned(),
    }
}

pub(super) fn trial(position: u32, case: &str, call: Uuid, pass: bool) -> TrialRecord {
    TrialRecord {
        position,
        key: TrialKey {
            variant: Variant::UNSUFFIXED,
            model: model(),
            case: CaseId(case.to_owned()),
            repeat: 1,
        },
        outcome: Recorded::Answered,
        call: Some(call),
        cached_from: None,
        taken: Taken::Cached,
        attempts: 1,
        latency_ms: Some(812),
        pass: Some(pass),
        score: Some(f64::from(u8::from(pass))),
        scores: vec![(score(pass), None), (score(true), None)],
    }
}
