//! One call from question to answer: cached, or paid for in one attempt or several.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use uuid::Uuid;

use crate::call::counter::RetryAllowance;
use crate::call::lane::Lane;
use crate::call::limiter::Limits;
use crate::call::stop::{Brake, StopReason};
use crate::domain::{
    Answer, CaseId, Clock, Cost, Endpoint, FailPoint, Fault, ModelRef, MoneyClass, PromptName,
    Purpose, Request, Revision, RunId, Variant, sha256_hex,
};
use crate::ledger::{CachedAnswer, Caps, Ledger, NewCall, Reader};
use crate::pricing::{Price, Prices};
use crate::provider::{Decision, Policy, Prepared, Provider, ProviderError, TextSink, decide};

/// What a payer is made of.
pub struct PayerOptions {
    /// Where everything is booked.
    pub ledger: Ledger,
    /// Where recorded answers are found.
    pub reader: Reader,
    /// Caps of run, day and month.
    pub caps: Caps,
    /// The prices in force.
    pub prices: Prices,
    /// The workspace that pays.
    pub workspace: String,
    /// The clock of labels and periods.
    pub clock: Arc<dyn Clock>,
    /// Where tests end the process.
    pub fail: FailPoint,
    /// The run's brake.
    pub brake: Arc<Brake>,
    /// Calls in flight at most, for each endpoint that sets no limit of its own.
    pub concurrency: u32,
    /// True when the user set `concurrency`; then it holds for llama.cpp servers too, beyond their slots.
    pub concurrency_given: bool,
    /// How long a hold waits for money that other processes hold.
    pub patience: Duration,
    /// What the waits between two attempts are multiplied by; 1 but in tests.
    pub wait_scale: f64,
}

/// Pays for calls and books them.
pub struct Payer {
    pub(crate) options: PayerOptions,
    pub(crate) allowance: RetryAllowance,
    lanes: BTreeMap<String, Lane>,
}

/// An endpoint that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PayerError {
    /// Its settings do not fit.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// It does not answer.
    #[error("endpoint `{endpoint}` does not answer: {}", fault.message)]
    Unreachable {
        /// The endpoint.
        endpoint: String,
        /// What happened.
        fault: Box<Fault>,
    },
}

/// One request that wants an answer.
pub struct Ask<'a> {
    /// Why it is paid.
    pub purpose: Purpose,
    /// The prompt it comes from.
    pub prompt: Option<&'a PromptName>,
    /// The prompt's variant.
    pub variant: &'a Variant,
    /// The prompt's revision.
    pub revision: Option<&'a Revision>,
    /// The run it belongs to.
    pub run: Option<&'a RunId>,
    /// The case it answers.
    pub case: Option<&'a CaseId>,
    /// The repeat, from 1.
    pub repeat: u32,
    /// Who is asked.
    pub model: &'a ModelRef,
    /// What is asked.
    pub request: &'a Request,
    /// At which price.
    pub price: &'a Price,
    /// Whether a recorded answer will do.
    pub use_cache: bool,
    /// Where text goes as it arrives.
    pub on_text: Option<TextSink>,
}

/// What came of a call.
#[derive(Debug)]
pub enum Reply {
    /// An answer, paid for or recorded.
    Answered(Box<Answered>),
    /// No usable answer after this many attempts.
    Failed {
        /// The last attempt's fault.
        fault: Box<Fault>,
        /// Attempts on the wire.
        attempts: u32,
    },
    /// Never sent, or given up between attempts: the run is ending.
    Stopped {
        /// Attempts on the wire.
        attempts: u32,
    },
}

/// An answer and what it cost.
#[derive(Debug)]
pub struct Answered {
    /// The answer.
    pub answer: Answer,
    /// The call that bought it.
    pub call: Uuid,
    /// True when it was recorded before.
    pub cached: bool,
    /// What this call paid.
    pub cost: Cost,
    /// What the answer cost when it was bought; `None` when the provider did not say what it used.
    pub answer_cost: Option<Cost>,
    /// Source of its price, and the date from which that holds.
    pub price: Option<(String, Option<String>)>,
    /// Milliseconds from first byte sent to last byte read.
    pub latency_ms: u64,
    /// Attempts on the wire.
    pub attempts: u32,
}

impl From<CachedAnswer> for Answered {
    /// An answer that was paid before costs nothing now, and keeps its cost and its latency of then.
    fn from(found: CachedAnswer) -> Self {
        Self {
            answer: found.answer,
            call: found.call,
            cached: true,
            cost: Cost::default(),
            answer_cost: found.cost,
            price: found.price,
            latency_ms: found.latency_ms.unwrap_or(0),
            attempts: 0,
        }
    }
}

impl Payer {
    /// Reaches the endpoints: reads certificates, waits for local servers, learns their slots. Sends nothing that costs money.
    pub async fn connect(
        options: PayerOptions,
        endpoints: impl IntoIterator<Item = Endpoint>,
    ) -> Result<Self, PayerError> {
        let mut lanes = BTreeMap::new();
        for endpoint in endpoints {
            let name = endpoint.name.clone();
            let provider = Provider::new(endpoint)?;
            let server = provider
                .ready()
                .await
                .map_err(|fault| PayerError::Unreachable {
                    endpoint: name.clone(),
                    fault: Box::new(fault),
                })?;
            let slots = server
                .slots
                .filter(|_| !options.concurrency_given)
                .unwrap_or(options.concurrency);
            let endpoint = provider.endpoint();
            let limits = Limits {
                concurrency: endpoint.concurrency.unwrap_or(slots),
                rpm: endpoint.rpm,
                tpm: endpoint.tpm,
            };
            lanes.insert(name, Lane::new(provider, limits));
        }
        Ok(Self {
            options,
            allowance: RetryAllowance::default(),
            lanes,
        })
    }

    /// Returns an endpoint's lane.
    pub(crate) fn lane(&self, endpoint: &str) -> Option<&Lane> {
        self.lanes.get(endpoint)
    }

    /// Returns the run's brake.
    pub fn brake(&self) -> &Arc<Brake> {
        &self.options.brake
    }

    /// Answers one request from the ledger, or pays for it.
    pub async fn ask(&self, ask: &Ask<'_>) -> Reply {
        let Some(lane) = self.lane(&ask.model.endpoint) else {
            return failed(Fault::new(
                0,
                MoneyClass::NotSent,
                format!("endpoint `{}` is not connected", ask.model.endpoint),
            ));
        };
        let prepared = match lane.provider.prepare(ask.request) {
            Ok(prepared) => prepared,
            Err(error) => {
                return failed(Fault {
                    caused_by_request: true,
                    ..Fault::new(0, MoneyClass::NotSent, error.to_string())
                });
            }
        };
        let key = request_key(&prepared, ask.repeat);
        if ask.use_cache
            && let Some(key) = &key
            && let Some(recorded) = self.recorded(key)
        {
            return recorded;
        }
        self.allowance.count_call();
        let call = Arc::new(self.new_call(ask, key));
        self.buy(lane, ask, &prepared, &call).await
    }

    fn recorded(&self, key: &str) -> Option<Reply> {
        // A ledger that cannot be read for a recorded answer can still be written: the answer is bought again.
        let found = self.options.reader.cached(key).ok().flatten()?;
        Some(Reply::Answered(Box::new(found.into())))
    }

    fn new_call(&self, ask: &Ask<'_>, request_key: Option<String>) -> NewCall {
        NewCall {
            id: self.new_id(),
            purpose: ask.purpose,
            workspace: self.options.workspace.clone(),
            prompt: ask.prompt.cloned(),
            variant: ask.variant.clone(),
            revision: ask.revision.cloned(),
            run: ask.run.cloned(),
            case: ask.case.cloned(),
            repeat: Some(ask.repeat),
            model: ask.model.clone(),
            request_key,
            request: serde_json::to_string(ask.request).unwrap_or_default(),
        }
    }

    /// Makes a time-ordered id.
    pub(crate) fn new_id(&self) -> Uuid {
        let now = self.options.clock.now();
        let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &rand::random()).into_uuid()
    }

    /// Buys an answer: attempts, each with its own hold, until one is accepted or the policy gives up.
    async fn buy(
        &self,
        lane: &Lane,
        ask: &Ask<'_>,
        prepared: &Prepared,
        call: &Arc<NewCall>,
    ) -> Reply {
        let mut attempts = 0;
        let mut waited = Duration::ZERO;
        loop {
            if self.brake().reason().is_some() || lane.is_stopped() {
                return Reply::Stopped { attempts };
            }
            let number = attempts + 1;
            let fault = match self.attempt(lane, ask, prepared, call, number).await {
                Tried::Answered(answered) => {
                    return Reply::Answered(Box::new(Answered {
                        attempts: number,
                        ..*answered
                    }));
                }
                Tried::NotStarted => return Reply::Stopped { attempts },
                Tried::Faulted(fault) => *fault,
            };
            attempts = number;
            let Some(wait) = self.again(lane, &fault, attempts, waited) else {
                // A fault that may pass (no name server, a captive portal) stops its endpoint only once its attempts are used up.
                if fault.stops_endpoint {
                    self.stop_lane(lane, &fault);
                }
                return Reply::Failed {
                    fault: Box::new(fault),
                    attempts,
                };
            };
            waited += wait;
            tokio::select! {
                () = tokio::time::sleep(wait.mul_f64(self.options.wait_scale)) => {}
                () = self.brake().draining() => return Reply::Failed { fault: Box::new(fault), attempts },
            }
        }
    }

    /// Decides whether, and after how long, a call is tried again.
    fn again(
        &self,
        lane: &Lane,
        fault: &Fault,
        attempts: u32,
        waited: Duration,
    ) -> Option<Duration> {
        let policy = Policy::of(lane.provider.endpoint());
        let Decision::Again { after } = decide(fault, attempts, waited, rand::random(), &policy)
        else {
            return None;
        };
        if fault.money == MoneyClass::Refused && matches!(fault.status, Some(429 | 503 | 529)) {
            lane.limiter.refused(after.mul_f64(self.options.wait_scale));
        }
        (fault.money != MoneyClass::Ambiguous || self.allowance.take()).then_some(after)
    }

    /// Stops an endpoint; when it was the last one, the whole run.
    pub(crate) fn stop_lane(&self, lane: &Lane, fault: &Fault) {
        lane.stop(fault.clone());
        if self.lanes.values().all(Lane::is_stopped) {
            self.brake().drain(StopReason::Endpoint(format!(
                "endpoint `{}`: {}",
                lane.provider.endpoint().name,
                fault.message
            )));
        }
    }
}

/// What came of one attempt.
pub(crate) enum Tried {
    /// An accepted answer; `attempts` is not filled in yet.
    Answered(Box<Answered>),
    /// No answer.
    Faulted(Box<Fault>),
    /// Nothing was held and nothing left.
    NotStarted,
}

fn failed(fault: Fault) -> Reply {
    Reply::Failed {
        fault: Box::new(fault),
        attempts: 0,
    }
}

/// Returns the cache key of a request: everything that decides the answer, repeat number included.
fn request_key(prepared: &Prepared, repeat: u32) -> Option<String> {
    let basis = prepared.cache_basis.as_ref()?;
    Some(sha256_hex(format!("{basis}\n{repeat}").as_bytes()))
}
