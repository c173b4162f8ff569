//! The loop: batches in, weights out; a checkpoint now and then, so that a cut run loses nothing.
//!
//! Each step computes the gradients of [`WORKERS`] batches side by side and adds them in order, so that the weights are the
//! same bytes on one machine whatever the threads' timing, as long as candle itself computes on one thread
//! (`RAYON_NUM_THREADS=1`).

mod checkpoint;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::{io, thread};

use crate::provider::embedded::tokenizer::{Tokenizer, TokenizerError, Vocabulary};
use crate::train::Shape;
use crate::train::corpus::Corpus;
use crate::train::feed::Feed;
use crate::train::network::{Batch, Network};
use crate::train::optimiser::{AdamW, Gradients};

/// Batches of a step, each on a thread of its own.
pub const WORKERS: usize = 2;

/// What a run is told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Sizes.
    pub shape: Shape,
    /// Of the weights and the rows.
    pub seed: u64,
    /// A GGUF of the same sizes whose weights are the first ones; else they come by chance.
    pub from: Option<PathBuf>,
    /// Steps in all.
    pub steps: usize,
    /// Where to stop before the end, with a checkpoint to carry on from.
    pub stop: Option<usize>,
    /// Tokens of one batch, about.
    pub batch: usize,
    /// The highest rate; it rises over the first steps and falls like a cosine.
    pub rate: f32,
    /// Where the weights go; the loss curve goes beside them.
    pub out: PathBuf,
    /// Where checkpoints go; one that is there is carried on.
    pub checkpoint: PathBuf,
    /// Steps between two checkpoints.
    pub every: usize,
}

/// Why a run ended early.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A tensor went wrong.
    #[error(transparent)]
    Candle(#[from] candle_core::Error),
    /// The vocabulary went wrong.
    #[error(transparent)]
    Tokenizer(#[from] TokenizerError),
    /// A file.
    #[error("cannot write or read `{}`", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Weights to begin with that are no GGUF, or of other sizes.
    #[error("cannot begin from `{}`: {reason}", path.display())]
    From {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// A checkpoint of another run.
    #[error("the checkpoint `{}` does not say its step", path.display())]
    Checkpoint {
        /// Which.
        path: PathBuf,
    },
    /// A thread that broke off.
    #[error("a worker stopped without an answer")]
    Worker,
}

/// A run under way.
pub struct Run<'c> {
    settings: Settings,
    vocabulary: Vocabulary,
    network: Network,
    optimiser: AdamW,
    feed: Feed<'c>,
    /// Trained so far.
    tokens: usize,
    curve: String,
}

/// What one batch gave.
struct Share {
    /// Sum over the answers, and of their weights.
    loss: f64,
    answers: f64,
    /// Sum of all weights.
    weight: f64,
    gradients: Gradients,
}

impl<'c> Run<'c> {
    /// Begins a run, or carries on the one whose checkpoint is there.
    ///
    /// Errors: a checkpoint that cannot be read.
    pub fn new(
        settings: Settings,
        corpus: &'c Corpus,
        tokenizer: &'c Tokenizer,
    ) -> Result<Self, RunError> {
        let mut run = Self {
            vocabulary: tokenizer.vocabulary().clone(),
            network: Network::new(settings.shape, settings.seed)?,
            optimiser: AdamW::default(),
            feed: Feed::new(corpus, tokenizer, settings.seed, settings.batch),
            tokens: 0,
            curve: String::from("step\tloss\ttokens\n"),
            settings,
        };
        if run.settings.checkpoint.exists() {
            run.restore()?;
        } else if let Some(path) = run.settings.from.clone() {
            run.begin_from(&path)?;
        }
        Ok(run)
    }

    /// Trains to the end and writes the weights; `tell` hears a line of the curve now and then.
    ///
    /// Errors: as they come; the last checkpoint remains.
    pub fn train(mut self, mut tell: impl FnMut(&str)) -> Result<(), RunError> {
        let (mut loss, mut weight) = (0.0, 0.0);
        while self.step_number() < self.settings.steps {
            let batches: Vec<Batch> = self.feed.by_ref().take(WORKERS).collect();
            self.tokens += batches
                .iter()
                .map(|batch| batch.tokens.len())
                .sum::<usize>();
            let (step_loss, step_weight) = self.step(&batches)?;
            loss += step_loss;
            weight += step_weight;
            let step = self.step_number();
            if step.is_multiple_of(50) || step == self.settings.steps {
                let line = format!("{step}\t{:.4}\t{}", loss / weight, self.tokens);
                tell(&line);
                let _infallible = writeln!(self.curve, "{line}");
                (loss, weight) = (0.0, 0.0);
            }
            if step.is_multiple_of(self.settings.every) || step == self.settings.steps {
                self.save()?;
            }
            if self.settings.stop == Some(step) {
                return self.save();
            }
        }
        Ok(())
    }

    fn step_number(&self) -> usize {
        usize::try_from(self.optimiser.steps).unwrap_or(0)
    }

    /// Takes one step; returns the sums over the answers of losses and of weights.
    fn step(&mut self, batches: &[Batch]) -> Result<(f64, f64), RunError> {
        let network = &self.network;
        let shares: Vec<Share> = thread::scope(|scope| {
            let workers: Vec<_> = batches
                .iter()
                .map(|batch| scope.spawn(move || share(network, batch)))
                .collect();
            workers
                .into_iter()
                .map(|worker| worker.join().map_err(|_| RunError::Worker)?)
                .collect::<Result<_, _>>()
        })?;
        let weight: f64 = shares.iter().map(|share| share.weight).sum();
        let loss = shares.iter().map(|share| share.loss).sum();
        let answers = shares.iter().map(|share| share.answers).sum();
        let mean = mean(shares, weight);
        let rate = self.rate();
        self.optimiser.step(&self.network.weights, &mean, rate)?;
        Ok((loss, answers))
    }

    /// Rises over the first fiftieth of the steps, then falls to a fiftieth of the highest.
    #[expect(clippy::cast_precision_loss, reason = "steps are few")]
    fn rate(&self) -> f32 {
        let (step, steps) = (self.step_number() as f32, self.settings.steps as f32);
        let rise = (steps / 50.0).max(1.0);
        let fall = ((step - rise) / (steps - rise).max(1.0)).clamp(0.0, 1.0);
        let cosine = 0.5 + 0.5 * (std::f32::consts::PI * fall).cos();
        self.settings.rate * ((step + 1.0) / rise).min(1.0) * (0.02 + 0.98 * cosine)
    }
}

/// Adds the gradients of all batches, in their order, and divides by the weight.
fn mean(shares: Vec<Share>, weight: f64) -> Gradients {
    let mut shares = shares.into_iter().map(|share| share.gradients);
    let mut total = shares.next().unwrap_or_default();
    for (name, numbers) in shares.flatten() {
        let sums = total
            .entry(name)
            .or_insert_with(|| vec![0.0; numbers.len()]);
        for (sum, number) in sums.iter_mut().zip(numbers) {
            *sum += number;
        }
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "gradients are single floats"
    )]
    let over = (1.0 / weight.max(f64::MIN_POSITIVE)) as f32;
    for number in total.values_mut().flatten() {
        *number *= over;
    }
    total
}

/// Computes the gradients of one batch.
fn share(network: &Network, batch: &Batch) -> Result<Share, RunError> {
    let [answers, prompts] = network.losses(batch)?;
    let store = (&answers + &prompts)?.backward()?;
    let total = |weights: &[f32]| weights.iter().copied().map(f64::from).sum::<f64>();
    let mut gradients = Gradients::new();
    for (name, weight) in &network.weights {
        if let Some(gradient) = store.get(weight) {
            gradients.insert(name.clone(), gradient.flatten_all()?.to_vec1()?);
        }
    }
    Ok(Share {
        loss: f64::from(answers.to_scalar::<f32>()?),
        answers: total(&batch.answers.weights),
        weight: total(&batch.answers.weights) + total(&batch.prompts.weights),
        gradients,
    })
}

#[cfg(test)]
mod tests;
