//! Choosing a token.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};
use sha2::{Digest as _, Sha256};

use crate::provider::embedded::Sampling;

/// Chooses token after token of one answer.
#[derive(Debug)]
pub(super) struct Sampler {
    sampling: Sampling,
    random: ChaCha8Rng,
}

impl Sampler {
    /// Makes the sampler of an answer to a prompt. A seed is mixed with the prompt: the same draws for every prompt would
    /// make the answers of a suite err together.
    pub(super) fn new(sampling: Sampling, prompt: &[u32]) -> Self {
        let random = match sampling.seed {
            Some(seed) => {
                let mut hash = Sha256::new_with_prefix(seed.to_le_bytes());
                for token in prompt {
                    hash.update(token.to_le_bytes());
                }
                ChaCha8Rng::from_seed(hash.finalize().into())
            }
            None => ChaCha8Rng::from_seed(rand::random()),
        };
        Self { sampling, random }
    }

    /// Chooses a token by its logits; `None` where they are no numbers.
    pub(super) fn choose(&mut self, logits: &[f32]) -> Option<u32> {
        if self.sampling.temperature == 0.0 || self.sampling.top_k == 1 {
            return likeliest(logits);
        }
        let candidates = self.candidates(logits);
        let most = candidates.first().filter(|(_, logit)| logit.is_finite())?.1;
        let temperature = self.sampling.temperature;
        let mut weights = candidates
            .iter()
            .map(|(token, logit)| (token, ((logit - most) / temperature).exp()));
        let total: f32 = weights.clone().map(|(_, weight)| weight).sum();
        let mut left = self.random.random::<f32>() * total;
        let chosen = weights.clone().find(|(_, weight)| {
            left -= weight;
            left < 0.0
        });
        // Rounding may leave a little at the end: the last one then.
        chosen
            .or_else(|| weights.next_back())
            .map(|(token, _)| *token)
    }

    /// Returns the tokens to draw from with their logits, likeliest first: `top_k`, then `top_p`, both before the
    /// temperature, as llama.cpp has it.
    fn candidates(&self, logits: &[f32]) -> Vec<(u32, f32)> {
        let mut candidates: Vec<(u32, f32)> = (0..).zip(logits.iter().copied()).collect();
        candidates.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        if self.sampling.top_k > 0 {
            candidates.truncate(self.sampling.top_k);
        }
        let most = candidates.first().map_or(0.0, |(_, logit)| *logit);
        let weight = |logit: f32| (logit - most).exp();
        let total: f32 = candidates.iter().map(|(_, logit)| weight(*logit)).sum();
        let mut sum = 0.0;
        let enough = candidates.iter().position(|(_, logit)| {
            sum += weight(*logit);
            sum >= self.sampling.top_p * total
        });
        candidates.truncate(enough.map_or(candidates.len(), |last| last + 1));
        candidates
    }
}

/// Returns the token with the largest logit, the first of equals.
fn likeliest(logits: &[f32]) -> Option<u32> {
    let mut best: Option<(u32, f32)> = None;
    for (token, logit) in (0..).zip(logits) {
        if logit.is_finite() && best.is_none_or(|(_, most)| *logit > most) {
            best = Some((token, *logit));
        }
    }
    best.map(|(token, _)| token)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 5] = [0.0, 3.0, 1.0, 3.0, f32::NEG_INFINITY];

    fn drawn(sampling: Sampling, prompt: &[u32]) -> Vec<u32> {
        let mut sampler = Sampler::new(sampling, prompt);
        (0..400).filter_map(|_| sampler.choose(&LOGITS)).collect()
    }

    fn warm(seed: u64) -> Sampling {
        Sampling {
            temperature: 1.0,
            seed: Some(seed),
            ..Sampling::default()
        }
    }

    #[test]
    fn without_temperature_the_first_of_the_likeliest_is_chosen() {
        assert!(
            drawn(Sampling::default(), &[])
                .iter()
                .all(|token| *token == 1)
        );
        let mut sampler = Sampler::new(Sampling::default(), &[]);
        assert_eq!(sampler.choose(&[f32::NAN, f32::NAN]), None);
        assert_eq!(sampler.choose(&[]), None);
    }

    #[test]
    fn draws_follow_the_softmax_and_repeat_by_seed_and_prompt() {
        let draws = drawn(warm(1), &[7]);
        let share = |token| draws.iter().filter(|t| **t == token).count();
        // e^3 : e^3 : e^1 : e^0 of 400 are 183, 183, 25 and 9; five standard deviations are 50 of 183.
        assert!((133..=233).contains(&share(1)) && (133..=233).contains(&share(3)));
        assert!((1..=50).contains(&share(2)) && share(4) == 0);
        assert_eq!(draws, drawn(warm(1), &[7]));
        assert_ne!(draws, drawn(warm(2), &[7]));
        assert_ne!(draws, drawn(warm(1), &[8]));
    }

    #[test]
    fn top_k_and_top_p_leave_only_the_likeliest() {
        let only = |sampling| {
            let mut found = drawn(sampling, &[]);
            found.sort_unstable();
            found.dedup();
            found
        };
        let top_k = |top_k| only(Sampling { top_k, ..warm(1) });
        assert_eq!(
            (top_k(1), top_k(2), top_k(3)),
            (vec![1], vec![1, 3], vec![1, 2, 3])
        );
        let top_p = |top_p| only(Sampling { top_p, ..warm(1) });
        assert_eq!(
            (top_p(0.0), top_p(0.4), top_p(0.8)),
            (vec![1], vec![1], vec![1, 3])
        );
    }
}
