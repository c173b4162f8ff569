//! The ledger: every attempt's money, append-only.
