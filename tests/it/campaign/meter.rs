//! A server that counts the tokens it sells, and a ledger that must come to the same sum.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::campaign::bench;
use crate::campaign::books::Books;
use crate::fault_server::{Behaviour, FaultServer, Seen, header};
use crate::workbench::Workbench;

/// Tokens of every question.
const ASKED: u64 = 9;

/// What the server does with a request.
pub(crate) enum Does {
    /// Answers at this many tokens after a pause, and asks for them.
    Sells(u64, Duration),
    /// Asks for this many tokens all the same.
    Asks(u64, Behaviour),
    /// Asks for nothing.
    Refuses(Behaviour),
}

/// The server, with what it asked for by attempt: tokens of the answer.
pub(crate) struct Meter {
    pub(crate) server: FaultServer,
    sold: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Meter {
    /// Starts a server that behaves by the number of the request, from 0.
    pub(crate) fn start(plan: impl Fn(usize) -> Does + Send + Sync + 'static) -> Self {
        let sold: Arc<Mutex<BTreeMap<String, u64>>> = Arc::default();
        let meter = Arc::clone(&sold);
        let server = FaultServer::start_by(move |number, seen: &Seen| {
            let (tokens, behaviour) = match plan(number) {
                Does::Refuses(behaviour) => return behaviour,
                Does::Sells(tokens, pause) => (tokens, bench::answer(tokens, pause)),
                Does::Asks(tokens, behaviour) => (tokens, behaviour),
            };
            let attempt = header(&seen.head, "x-client-request-id").expect("an attempt's id");
            let mut meter = meter.lock().unwrap_or_else(PoisonError::into_inner);
            meter.insert(attempt, tokens);
            behaviour
        });
        Self { server, sold }
    }

    /// Starts a server that always sells, at a length that the request's number gives.
    pub(crate) fn selling(pause: Duration) -> Self {
        Self::start(move |number| Does::Sells(1 + number as u64 % 64, pause))
    }

    fn sold(&self) -> BTreeMap<String, u64> {
        self.sold
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Writes what the server asks for as a provider exports it: one line a call, US dollars.
    pub(crate) fn bill(&self) -> String {
        let line = |(attempt, tokens): (&String, &u64)| {
            format!("{attempt},m,0.{:06}\n", ASKED + 2 * tokens)
        };
        let lines: String = self.sold().iter().map(line).collect();
        format!("id,model,amount\n{lines}")
    }

    /// Demands that the tokens of the ledger are those of the server, and that what it cannot know is booked as lost.
    #[track_caller]
    pub(crate) fn demand(&self, bench: &Workbench) -> Books {
        let books = Books::of(bench);
        let (sold, lost) = (self.sold(), books.attempts("lost"));
        let known = sold.iter().filter(|(attempt, _)| !lost.contains(*attempt));
        let of_server: u64 = known.map(|(_, tokens)| ASKED + tokens).sum();
        assert_eq!(
            books.tokens(),
            of_server,
            "the ledger's tokens and the server's"
        );
        let attempts: BTreeSet<String> = sold.into_keys().collect();
        let settled = books.attempts("settle");
        let unbooked: Vec<_> = attempts
            .difference(&settled)
            .filter(|attempt| !lost.contains(*attempt))
            .collect();
        assert!(
            unbooked.is_empty(),
            "sold and neither settled nor lost: {unbooked:?}"
        );
        books
    }
}
