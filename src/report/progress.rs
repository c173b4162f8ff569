//! The line that shows a run going on: trials, dollars, failures, time left.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use crate::domain::{Event, Usd};
use crate::report::layout::cut;
use crate::report::money::dollars;
use crate::report::number::{count, duration};
use crate::report::safe;
use crate::report::text::Lang;

/// Consumes events and shows them on standard error; shares its state when cloned.
///
/// [`Progress::on`] only counts. A thread of the bar draws ten times a second, so that a terminal that does not take what is
/// written to it never stops a call.
#[derive(Debug, Clone)]
pub struct Progress {
    bar: ProgressBar,
    seen: Arc<Seen>,
    lang: Lang,
}

/// What has happened so far.
#[derive(Debug, Default)]
struct Seen {
    failed: AtomicU64,
    errors: AtomicU64,
    cached: AtomicU64,
    billed: AtomicI64,
    imputed: AtomicI64,
    note: Mutex<String>,
}

impl Progress {
    /// Makes a progress line; one that is not enabled, or whose standard error is no terminal, shows nothing.
    pub fn new(enabled: bool, lang: Lang) -> Self {
        let target = if enabled {
            ProgressDrawTarget::stderr()
        } else {
            ProgressDrawTarget::hidden()
        };
        let progress = Self {
            bar: ProgressBar::with_draw_target(Some(0), target),
            seen: Arc::default(),
            lang,
        };
        progress.bar.set_style(style(&progress.seen, lang));
        progress
    }

    /// Takes notice of an event; touches the terminal only at the start and at the end of a run.
    pub fn on(&self, event: &Event) {
        match event {
            Event::RunStarted { trials, .. } => self.start(*trials),
            Event::TrialEnded {
                pass,
                error,
                cached,
                cost,
                ..
            } => {
                let seen = &self.seen;
                seen.failed
                    .fetch_add(u64::from(*pass == Some(false)), Ordering::Relaxed);
                seen.errors.fetch_add(u64::from(*error), Ordering::Relaxed);
                seen.cached.fetch_add(u64::from(*cached), Ordering::Relaxed);
                seen.billed
                    .fetch_add(cost.billed.picos(), Ordering::Relaxed);
                seen.imputed
                    .fetch_add(cost.imputed.picos(), Ordering::Relaxed);
                seen.note(String::new());
                self.bar.inc(1);
            }
            Event::Waiting { reason } => self.seen.note(self.lang.waiting(&safe::line(reason))),
            Event::Draining { reason } => self.seen.note(self.lang.draining(&safe::line(reason))),
            Event::RunEnded => self.bar.finish_and_clear(),
        }
    }

    /// Returns what stands beside the bar, at this moment.
    pub fn line(&self) -> String {
        self.seen.line(self.lang, None)
    }

    fn start(&self, trials: usize) {
        self.bar
            .set_length(u64::try_from(trials).unwrap_or(u64::MAX));
        self.bar.reset();
        if !self.bar.is_hidden() {
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
    }
}

impl Seen {
    fn note(&self, text: String) {
        *self.note.lock().unwrap_or_else(PoisonError::into_inner) = text;
    }

    fn line(&self, lang: Lang, left: Option<Duration>) -> String {
        let usd = |picos: &AtomicI64| Usd::from_picos(picos.load(Ordering::Relaxed));
        let (billed, imputed) = (usd(&self.billed), usd(&self.imputed));
        let mut parts = vec![dollars(billed)];
        if !imputed.is_zero() {
            parts.push(lang.imputed(&dollars(imputed)));
        }
        let things = [
            (&self.failed, Lang::failed as fn(Lang, usize) -> String),
            (&self.errors, Lang::errors),
        ];
        for (number, message) in things {
            let number = number.load(Ordering::Relaxed);
            if number > 0 {
                parts.push(message(lang, usize::try_from(number).unwrap_or(usize::MAX)));
            }
        }
        let cached = self.cached.load(Ordering::Relaxed);
        if cached > 0 {
            parts.push(lang.cache_hits(&count(cached)));
        }
        parts.extend(left.map(|left| lang.time_left(&duration(left, lang))));
        let note = self
            .note
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        if !note.is_empty() {
            parts.push(cut(&note, 48));
        }
        parts.join(" · ")
    }
}

fn style(seen: &Arc<Seen>, lang: Lang) -> ProgressStyle {
    let seen = Arc::clone(seen);
    let draw = move |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let under_way = state.pos() > 0 && state.len().is_some_and(|all| state.pos() < all);
        let left = under_way.then(|| state.eta());
        // A line that cannot be written is not worth more than itself.
        write!(out, "{}", seen.line(lang, left)).ok();
    };
    ProgressStyle::with_template(" {bar:20} {human_pos}/{human_len} · {seen}")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
        .with_key("seen", draw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{CaseId, Cost, ModelRef, TrialKey, Variant};

    fn ended(pass: Option<bool>, error: bool, cached: bool, picos: i64) -> Event {
        Event::TrialEnded {
            key: TrialKey {
                variant: Variant::UNSUFFIXED,
                model: ModelRef {
                    endpoint: "e".to_owned(),
                    model: "m".to_owned(),
                },
                case: CaseId("c".to_owned()),
                repeat: 1,
            },
            pass,
            error,
            cached,
            cost: Cost {
                billed: Usd::from_picos(picos),
                imputed: Usd::ZERO,
            },
        }
    }

    #[test]
    fn events_become_a_line_in_either_language() {
        let progress = Progress::new(false, Lang::Zh);
        let english = Progress {
            lang: Lang::En,
            ..progress.clone()
        };
        progress.on(&Event::RunStarted {
            run: "r".to_owned(),
            trials: 4,
        });
        assert_eq!(english.line(), "$0");
        progress.on(&ended(Some(true), false, true, 0));
        progress.on(&ended(Some(false), false, false, 24_400_000));
        progress.on(&ended(None, true, false, 0));
        assert_eq!(progress.bar.position(), 3);
        assert_eq!(progress.bar.length(), Some(4));
        assert_eq!(
            english.line(),
            "$0.0000244 · 1 failed · 1 error · 1 from the cache"
        );
        assert_eq!(
            progress.line(),
            "$0.0000244 · 1 个失败 · 1 个错误 · 1 次来自缓存"
        );
        progress.on(&Event::Waiting {
            reason: "rate\u{1b}[2J limit".to_owned(),
        });
        assert!(
            progress.line().ends_with("等待：rate limit"),
            "{}",
            progress.line()
        );
        progress.on(&ended(Some(true), false, false, 0));
        assert!(!progress.line().contains("等待"));
        progress.on(&Event::RunEnded);
        assert!(progress.bar.is_finished());
    }

    #[test]
    fn the_time_left_is_said_in_words() {
        let left = Some(Duration::from_secs(95));
        assert_eq!(Seen::default().line(Lang::En, left), "$0 · 1 min left");
        assert_eq!(Seen::default().line(Lang::Zh, left), "$0 · 剩余 1 分钟");
    }

    #[test]
    fn it_can_be_told_from_many_threads() {
        let progress = Progress::new(false, Lang::En);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..250 {
                        progress.on(&ended(Some(false), false, false, 1_000_000_000));
                    }
                });
            }
        });
        assert_eq!(progress.line(), "$1.00 · 1,000 failed");
    }
}
