//! What an answer is worth: one file for each family of assertions.
