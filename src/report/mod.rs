//! Facts into text; returns strings and never prints.
