//! Endpoints: a request to its wire and back, every failure classified.
