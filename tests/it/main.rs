//! The integration tests, in one binary.
#![expect(clippy::expect_used, reason = "a test that cannot go on fails")]

mod prices;
