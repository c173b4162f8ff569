//! The promises of the ledger, each tried.
