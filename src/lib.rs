//! isnad: an Arabic article in, a sourced English brief out.
//!
//! The rooms of the house, and what flows through them, are described in `ARCHITECTURE.md`:
//! an [`artifact`] is read, its [`text`] is cut into segments, an engine of [`infer`] (found by the
//! [`store`]) translates them, the [`pipeline`] summarizes and traces every claim back to its sentence,
//! and [`render`] writes the brief. [`domain`] holds the values that pass from room to room, and
//! [`ports`] what is asked of an engine.

#![deny(clippy::disallowed_methods)]
#![cfg_attr(
    test,
    allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        clippy::disallowed_methods,
        clippy::unwrap_used,
        reason = "a test may stop at the first surprise, reads its fixtures and makes small numbers"
    )
)]

pub mod align;
#[expect(clippy::disallowed_methods, reason = "this room reads and writes the user's files")]
pub mod artifact;
pub mod domain;
pub mod eval;
pub mod infer;
pub mod pipeline;
pub mod ports;
pub mod render;
#[expect(clippy::disallowed_methods, reason = "this room owns the model folders")]
pub mod store;
pub mod text;
