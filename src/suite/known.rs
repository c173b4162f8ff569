//! Names that suites may use, and promptfoo's names that would silently change a result if they were skipped.

/// Keys of a suite.
pub(super) const SUITE: &[&str] = &[
    "description",
    "defaultTest",
    "tests",
    "models",
    "judge",
    "repeat",
    "budget",
    "pass",
];

/// Keys of a test.
pub(super) const TEST: &[&str] = &[
    "id",
    "description",
    "vars",
    "assert",
    "threshold",
    "metadata",
    "options",
    "cluster",
    "split",
    "matrix",
    "turns",
];

/// Keys of `defaultTest`.
pub(super) const DEFAULT_TEST: &[&str] = &[
    "vars",
    "assert",
    "threshold",
    "metadata",
    "options",
    "cluster",
    "split",
    "matrix",
    "turns",
];

/// Keys of `options`. Lists in vars never expand here, so that `disableVarExpansion` is already true.
pub(super) const OPTIONS: &[&str] = &["disableDefaultAsserts", "disableVarExpansion"];

/// Keys of an assertion.
pub(super) const ASSERTION: &[&str] = &["type", "value", "threshold", "weight", "metric", "assert"];

/// Keys of one turn.
pub(super) const TURN: &[&str] = &["role", "content"];

/// Gates under `pass`.
pub(super) const PASS: &[&str] = &["rate", "lower_bound", "max_cost_per_call"];

/// Columns of a CSV file that are not variables; `__expectedN` and `__metadata:KEY` come on top.
pub(super) const COLUMNS: &[&str] = &[
    "__expected",
    "__description",
    "__metric",
    "__threshold",
    "__metadata:",
    "__id",
    "__cluster",
    "__split",
];

/// Keys of promptfoo's configuration, tests, options and assertions that are not read here.
pub(super) const PROMPTFOO_KEYS: &[&str] = &[
    "tags",
    "env",
    "prompts",
    "providers",
    "targets",
    "scenarios",
    "derivedMetrics",
    "evaluateOptions",
    "commandLineOptions",
    "outputPath",
    "nunjucksFilters",
    "extensions",
    "sharing",
    "tracing",
    "redteam",
    "writeLatestResults",
    "provider",
    "providerOutput",
    "assertScoringFunction",
    "prefix",
    "suffix",
    "transform",
    "transformVars",
    "storeOutputAs",
    "runSerially",
    "rubricPrompt",
    "disableConversationVar",
    "contextTransform",
    "config",
];

/// Types of assertion that promptfoo has and that are not read here, without `not-`.
pub(super) const PROMPTFOO_TYPES: &[&str] = &[
    "word-count",
    "bleu",
    "gleu",
    "rouge-n",
    "meteor",
    "is-xml",
    "contains-xml",
    "is-html",
    "contains-html",
    "is-sql",
    "contains-sql",
    "is-valid-function-call",
    "is-valid-openai-function-call",
    "is-valid-openai-tools-call",
    "tool-call-f1",
    "perplexity",
    "perplexity-score",
    "finish-reason",
    "guardrails",
    "is-refusal",
    "javascript",
    "python",
    "ruby",
    "webhook",
    "llm-rubric",
    "g-eval",
    "factuality",
    "model-graded-factuality",
    "model-graded-closedqa",
    "answer-relevance",
    "context-faithfulness",
    "context-recall",
    "context-relevance",
    "conversation-relevance",
    "search-rubric",
    "agent-rubric",
    "pi",
    "classifier",
    "moderation",
    "similar",
    "similar:cosine",
    "similar:dot",
    "similar:euclidean",
    "skill-used",
    "trajectory:goal-success",
    "trajectory:step-count",
    "trajectory:tool-args-match",
    "trajectory:tool-sequence",
    "trajectory:tool-used",
    "trace-error-spans",
    "trace-span-count",
    "trace-span-duration",
    "select-best",
    "max-score",
    "human",
    // The prefixes of `__expected` cells.
    "fn",
    "eval",
    "grade",
];
