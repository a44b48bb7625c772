//! isnad: an Arabic article in, a sourced English brief out.
pub mod domain;
pub mod ports;
