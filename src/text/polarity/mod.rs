//! stub
use crate::domain::{Fact, FactCheck, Language};
pub fn markers(_: &str, _: Language) -> Vec<Fact> {
    Vec::new()
}
pub fn compare(_: &str, _: Language, _: &str, _: Language) -> Vec<FactCheck> {
    Vec::new()
}
pub fn compare_roles(_: &str, _: &str) -> Vec<FactCheck> {
    Vec::new()
}
