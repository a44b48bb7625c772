//! Shipped weights compiled into the program, so that one file is the whole tool.
//!
//! Owns: which files those are. A list, because `include_bytes!` takes no variables; a test holds it
//! against the catalog.
//! In: a model's and a file's name. Out: bytes, or nothing without the feature `embedded-models`.
//! Never: checks.

#[cfg(feature = "embedded-models")]
macro_rules! file {
    ($model:literal, $file:literal) => {
        (
            $model,
            $file,
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/", $model, "/", $file))
                .as_slice(),
        )
    };
}

#[cfg(feature = "embedded-models")]
const FILES: &[(&str, &str, &[u8])] = &[
    file!("isnad-ar-en", "isnad-ar-en.gguf"),
    file!("isnad-ar-en", "adapter.gguf"),
    file!("isnad-ar-en", "lexicon.tsv"),
    file!("usem3-ar-en", "model.safetensors"),
    file!("usem3-ar-en", "vocab.json"),
];
#[cfg(not(feature = "embedded-models"))]
const FILES: &[(&str, &str, &[u8])] = &[];

/// The bytes of one file of a model.
pub(super) fn bytes(model: &str, file: &str) -> Option<&'static [u8]> {
    FILES.iter().find(|(m, f, _)| *m == model && *f == file).map(|(_, _, bytes)| *bytes)
}

#[cfg(all(test, feature = "embedded-models"))]
mod tests {
    use crate::store::{Environment, Origin, Store, StoreError};

    #[test]
    fn shipped_models_are_found_and_sound_without_any_folder() -> Result<(), StoreError> {
        let store = Store::open(Environment::default())?;
        for known in store.catalog().iter().filter(|known| known.entry.source.shipped) {
            let model = store.resolve(&known.entry.name)?;
            assert_eq!(model.origin(), Origin::Embedded);
            for check in model.check() {
                assert!(check.result.is_ok(), "{:?}", check.result);
            }
        }
        Ok(())
    }
}
