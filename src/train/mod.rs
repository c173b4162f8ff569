//! The making of the embedded model: corpus, vocabulary, training, file, evaluation.

pub mod corpus;
