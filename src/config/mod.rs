//! Settings in layers that know where each value came from; the only reader of the environment.
