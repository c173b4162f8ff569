//! Suites: cases and assertions from YAML, JSON, JSONL and CSV.
