//! Integration tests: one binary, one file for each area.

mod simulation;
