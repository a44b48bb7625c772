//! stub
use crate::domain::{Fact, FactCheck, Language};
pub fn facts(_: &str, _: Language) -> Vec<Fact> {
    Vec::new()
}
pub fn compare(_: &str, _: Language, _: &str, _: Language) -> Vec<FactCheck> {
    Vec::new()
}
