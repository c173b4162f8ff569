//! One rendering: its limits, its secret, and the output that errs past the limit.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use handlebars::{Output, RenderError, RenderErrorReason};
use serde_json::{Map, Value};

use crate::template::RenderFlaw;
use crate::template::scan::MAX_DEPTH;

/// The most turns of loops.
pub(super) const MAX_TURNS: usize = 1_000_000;
/// The most calls of partials; fewer, because the engine copies all inputs for each.
pub(super) const MAX_CALLS: usize = 10_000;
/// The most bytes of rendered text.
pub(super) const MAX_OUTPUT: usize = 4 * 1024 * 1024;
/// The most bytes that are written anywhere, content kept aside for partials included.
const MAX_WRITTEN: usize = 4 * MAX_OUTPUT;

/// What the helpers of one rendering share. Atomics because the engine asks helpers to be `Sync`; one thread uses them.
#[derive(Debug)]
pub(super) struct Run<'a> {
    /// What `@name` reads.
    pub(super) context: &'a Map<String, Value>,
    /// `input.schema`: what it declares optional may be absent.
    pub(super) schema: Option<&'a Value>,
    /// Absent values print as nothing.
    pub(super) lenient: bool,
    /// The secret that makes a marker; no value can know it.
    pub(super) nonce: String,
    turns: AtomicUsize,
    calls: AtomicUsize,
    depth: AtomicUsize,
    written: AtomicUsize,
    /// Contents that are being kept aside, the innermost last.
    captures: Mutex<Vec<Capture>>,
    /// The longest content kept aside so far.
    longest: AtomicUsize,
}

/// Content that is being kept aside.
#[derive(Debug)]
struct Capture {
    /// Bytes written before it began.
    before: usize,
    /// Bytes written since into contents within it.
    elsewhere: usize,
}

impl<'a> Run<'a> {
    pub(super) fn new(
        context: &'a Map<String, Value>,
        schema: Option<&'a Value>,
        lenient: bool,
    ) -> Self {
        Self {
            context,
            schema,
            lenient,
            nonce: format!("{:032x}", rand::random::<u128>()),
            turns: AtomicUsize::new(0),
            calls: AtomicUsize::new(0),
            depth: AtomicUsize::new(0),
            written: AtomicUsize::new(0),
            captures: Mutex::new(Vec::new()),
            longest: AtomicUsize::new(0),
        }
    }

    /// Counts a turn of a loop.
    pub(super) fn turn(&self) -> Result<(), RenderError> {
        if self.turns.fetch_add(1, Relaxed) >= MAX_TURNS {
            return Err(fail(RenderFlaw::TooManyTurns { limit: MAX_TURNS }));
        }
        Ok(())
    }

    /// Counts a call of a partial, or of the content given to one.
    pub(super) fn call(&self) -> Result<(), RenderError> {
        if self.calls.fetch_add(1, Relaxed) >= MAX_CALLS {
            return Err(fail(RenderFlaw::TooManyCalls { limit: MAX_CALLS }));
        }
        Ok(())
    }

    /// Enters a block or partial.
    pub(super) fn enter(&self) -> Result<(), RenderError> {
        if self.depth.fetch_add(1, Relaxed) >= MAX_DEPTH {
            return Err(fail(RenderFlaw::TooDeep { limit: MAX_DEPTH }));
        }
        Ok(())
    }

    /// Leaves it. After an error nothing is left: the rendering ends.
    pub(super) fn leave(&self) {
        self.depth.fetch_sub(1, Relaxed);
    }

    /// Counts bytes that are about to be written.
    pub(super) fn write(&self, bytes: usize) -> Result<(), RenderError> {
        if self.written.fetch_add(bytes, Relaxed).saturating_add(bytes) > MAX_WRITTEN {
            return Err(fail(RenderFlaw::TooLong { limit: MAX_OUTPUT }));
        }
        Ok(())
    }

    /// Begins content that the engine keeps aside.
    pub(super) fn capture(&self) {
        self.captures().push(Capture {
            before: self.written.load(Relaxed),
            elsewhere: 0,
        });
    }

    /// Ends it and remembers its length.
    pub(super) fn captured(&self) {
        let mut captures = self.captures();
        let Some(capture) = captures.pop() else {
            return;
        };
        let written = self.written.load(Relaxed).saturating_sub(capture.before);
        if let Some(outer) = captures.last_mut() {
            outer.elsewhere += written;
        }
        let length = written.saturating_sub(capture.elsewhere);
        self.longest.fetch_max(length, Relaxed);
    }

    /// Counts kept content that is inserted; which one it is only the engine knows, so the longest.
    pub(super) fn replay(&self) -> Result<(), RenderError> {
        self.call()?;
        self.write(self.longest.load(Relaxed))
    }

    fn captures(&self) -> std::sync::MutexGuard<'_, Vec<Capture>> {
        self.captures.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wraps a flaw for its way through the engine.
pub(super) fn fail(flaw: RenderFlaw) -> RenderError {
    RenderErrorReason::NestedError(Box::new(flaw)).into()
}

/// Takes a flaw out of the engine's error.
pub(super) fn flaw_of(error: &RenderError) -> RenderFlaw {
    match error.reason() {
        RenderErrorReason::NestedError(inner) => inner.downcast_ref::<RenderFlaw>().cloned(),
        RenderErrorReason::IOError(inner) => inner
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<RenderFlaw>())
            .cloned(),
        RenderErrorReason::InvalidJsonIndex(member) => Some(RenderFlaw::Index {
            member: member.clone(),
        }),
        _ => None,
    }
    .unwrap_or_else(|| RenderFlaw::Engine {
        message: error.reason().to_string(),
    })
}

/// Rendered text of bounded length.
#[derive(Debug, Default)]
pub(super) struct Bounded(pub(super) String);

impl Output for Bounded {
    fn write(&mut self, text: &str) -> std::io::Result<()> {
        if self.0.len() + text.len() > MAX_OUTPUT {
            return Err(std::io::Error::other(RenderFlaw::TooLong {
                limit: MAX_OUTPUT,
            }));
        }
        self.0.push_str(text);
        Ok(())
    }
}
