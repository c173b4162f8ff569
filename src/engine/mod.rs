//! Plan, then execute: the one concurrent place.
