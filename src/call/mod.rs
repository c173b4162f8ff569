//! The only payer: permit, hold, send, settle.
