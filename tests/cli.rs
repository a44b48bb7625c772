//! The program as a user meets it: what is typed, what is printed, and what the exit code says.
//!
//! Owns: the promises of the command line. In: the built binary and the shipped models, each run with an
//! environment of its own. Out: nothing is left behind. Never: the network, the functions of the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::disallowed_methods, reason = "files are set up and inspected here")]

#[path = "cli/machine.rs"]
mod machine;

#[path = "cli/align.rs"]
mod align;
#[path = "cli/align_bad_input.rs"]
mod align_bad_input;
#[path = "cli/align_convert.rs"]
mod align_convert;
#[path = "cli/articles.rs"]
mod articles;
#[path = "cli/briefs.rs"]
mod briefs;
#[path = "cli/checks.rs"]
mod checks;
#[path = "cli/doors.rs"]
mod doors;
#[path = "cli/entailment.rs"]
mod entailment;
#[path = "cli/evaluate.rs"]
mod evaluate;
#[path = "cli/interruptions.rs"]
mod interruptions;
#[path = "cli/models.rs"]
mod models;
#[path = "cli/settings.rs"]
mod settings;
#[path = "cli/translations.rs"]
mod translations;
#[path = "cli/unusual.rs"]
mod unusual;
#[path = "cli/usage.rs"]
mod usage;
