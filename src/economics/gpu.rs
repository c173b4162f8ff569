//! Hours and memory of one's own GPUs.

/// How weights are changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Method {
    /// All of them, optimiser in 32 bits.
    Full,
    /// All of them, everything in 16 bits.
    FullBf16,
    /// Small matrices beside them.
    #[default]
    Lora,
    /// The same, over weights of 8 bits.
    Qlora8,
    /// Over weights of 4 bits.
    Qlora4,
    /// Over weights of 2 bits.
    Qlora2,
}

impl Method {
    /// Words for them.
    pub(crate) const WORDS: [(&str, Self); 7] = [
        ("lora", Self::Lora),
        ("qlora", Self::Qlora4),
        ("qlora-4", Self::Qlora4),
        ("qlora-8", Self::Qlora8),
        ("qlora-2", Self::Qlora2),
        ("full", Self::Full),
        ("full-bf16", Self::FullBf16),
    ];

    /// Returns floating-point operations for a parameter and a token: 2 forward, 4 backward; beside frozen weights only the
    /// half of the backward pass that reaches through them (Thinking Machines, "LoRA without regret", 2025-09-29).
    pub(crate) fn flops(self) -> f64 {
        match self {
            Self::Full | Self::FullBf16 => 6.0,
            Self::Lora | Self::Qlora8 | Self::Qlora4 | Self::Qlora2 => 4.0,
        }
    }

    /// Returns gigabytes for a billion parameters (the table of LLaMA-Factory's README).
    pub(crate) fn gigabytes(self) -> f64 {
        match self {
            Self::Full => 18.0,
            Self::FullBf16 => 8.0,
            Self::Lora => 2.0,
            Self::Qlora8 => 1.0,
            Self::Qlora4 => 0.5,
            Self::Qlora2 => 0.25,
        }
    }

    /// Returns by how much unpacking weights slows a run (torchtune's README, 8B on an RTX 4090: 3083 against 2413 tokens
    /// a second).
    fn slowdown(self) -> f64 {
        match self {
            Self::Qlora8 | Self::Qlora4 | Self::Qlora2 => 1.28,
            _ => 1.0,
        }
    }
}

/// Training on machines of one's own, or rented by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct OwnTraining {
    pub(crate) params: f64,
    pub(crate) method: Method,
    /// Whether activations are computed twice to save memory: one more forward pass.
    pub(crate) checkpointing: bool,
    /// Whether a frozen reference reads everything too (DPO): one more forward pass.
    pub(crate) reference: bool,
    /// Share of the peak that a run reaches.
    pub(crate) mfu: f64,
    pub(crate) peak_flops: f64,
    pub(crate) usd_per_hour: f64,
    /// ω: hours beside the run itself, as a share of it.
    pub(crate) overhead: f64,
    pub(crate) gpu_gb: f64,
    /// GPUs that can be had.
    pub(crate) gpus: Option<f64>,
}

impl OwnTraining {
    /// Returns hours of one GPU for one run: `κ·params·tokens / (MFU·peak) / 3600`.
    pub(crate) fn gpu_hours(&self, tokens: f64) -> f64 {
        let twice = |on: bool| if on { 2.0 } else { 0.0 };
        let flops = self.method.flops() + twice(self.checkpointing) + twice(self.reference);
        flops * self.params * tokens / (self.mfu * self.peak_flops) / 3600.0
            * self.method.slowdown()
    }

    /// Returns US dollars of one run.
    pub(crate) fn usd(&self, tokens: f64) -> f64 {
        self.gpu_hours(tokens) * self.usd_per_hour * (1.0 + self.overhead)
    }

    /// Returns the gigabytes that it takes.
    pub(crate) fn memory_gb(&self) -> f64 {
        self.method.gigabytes() * self.params / 1e9
    }

    /// Returns the GPUs that hold them; a tenth of each is left to everything else.
    pub(crate) fn gpus_needed(&self) -> f64 {
        (self.memory_gb() / (0.9 * self.gpu_gb)).ceil().max(1.0)
    }
}
