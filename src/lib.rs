//! `pw`: a prompt iteration workbench that knows what prompts cost.
//!
//! # The map
//!
//! One crate, rooms ranked from pure words to commands. A room imports only from rooms of a lower rank, always by
//! `crate::` paths; `tests/it/layering.rs` parses every file and fails on an upward or sideways import.
//!
//! | room | rank | responsible for | must not know |
//! |---|---|---|---|
//! | [`domain`] | 0 | the words: money, prompt, message, usage, case, score, trial, run, event | any other room |
//! | [`stats`] | 1 | intervals, paired tests, power; formulas cited | what a trial is |
//! | [`template`] | 1 | Dotprompt: front matter, Handlebars, messages, revisions | where files lie |
//! | [`pricing`] | 1 | the dated price book, usage → cost, worst case of a request | who pays |
//! | [`summary`] | 2 | rows → rates, comparisons, verdicts, gates: the facts | how they look |
//! | [`economics`] | 2 | prompt engineering against fine-tuning: what both cost, which wins, how sure that is | what was spent |
//! | [`report`] | 3 | facts → text; returns strings | stdout |
//! | [`config`] | 3 | settings in layers with provenance; the only reader of the environment | prompts |
//! | [`workspace`] | 3 | root, TARGET → files, suite of a prompt, git state | settings |
//! | [`suite`] | 3 | YAML, CSV, JSONL → cases and assertions | models |
//! | [`provider`] | 3 | a request to its wire and back; every failure classified; retry policy | money |
//! | [`ledger`] | 3 | every attempt's money, append-only; answers; runs | the wire |
//! | [`call`] | 4 | the only payer: cached? permit → hold → send → settle, void or lost → retry | suites |
//! | [`scorer`] | 5 | what an answer is worth | how it was bought |
//! | [`engine`] | 6 | plan (pure) → execute (the one concurrent place) → events | the terminal |
//! | `train` | 7 | the embedded model's making: corpus, vocabulary, training, file; only in tests and under the feature `train` | commands |
//! | [`commands`] | 8 | one file a command; errors classified once, with hints and exit codes | – |
//!
//! # What always holds
//!
//! - Ranks 0 to 2 are pure: no file, environment, clock, print, no `async`.
//! - Nobody below [`commands`] prints. Only [`config`] reads the environment. Only `commands/clock.rs` asks for the
//!   time, and `provider/exchange.rs` for a `Retry-After` date whose answer carries no `Date`.
//! - No request leaves without a durable hold; no answer is reported before its settle is durable.
//! - Postings are only ever appended, and every amount in them is an integer.
//! - Events are for display: nothing that must not be lost depends on them.
//! - Output order is trial order, whatever order answers came in.
//!
//! To add a provider, see [`provider`]; an assertion, [`scorer`]; a report, [`report`]; a command, [`commands`].

// In reading order, from the words to the commands.
pub mod call;
pub mod commands;
pub mod config;
pub mod domain;
pub mod economics;
pub mod engine;
pub mod ledger;
pub mod pricing;
pub mod provider;
pub mod report;
pub mod scorer;
pub mod stats;
pub mod suite;
pub mod summary;
pub mod template;
#[cfg(any(test, feature = "train"))]
pub mod train;
pub mod workspace;
