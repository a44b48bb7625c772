//! Models for evaluation, from a path to a score: the store finds them, the engines load them.
//!
//! Owns: which folders and files are taken for a quality estimator or a sentencepiece model.
//! In: the tiny models of `tests/parity/fixtures`. Never: the right numbers (parity tests have them), the network.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test may stop at the first surprise, and reads its fixtures itself"
)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use isnad::infer::{CometEstimator, SentencePieces};
use isnad::ports::{ModelFiles, PieceTokenizer, QualityEstimator};
use isnad::store::{Environment, Role, Store, StoreError, parse_catalog_file};

fn store() -> Store {
    let variables = BTreeMap::new();
    Store::open(Environment { variables, executable: None, data: None, home: None }).unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/parity/fixtures").join(name)
}

fn resolved(path: &Path) -> Result<isnad::store::Model, StoreError> {
    store().resolve(&path.display().to_string())
}

fn refusal(path: &Path) -> String {
    resolved(path).unwrap_err().to_string()
}

#[test]
fn a_folder_with_a_comet_model_gives_estimates() {
    let model = resolved(&fixture("comet")).unwrap();
    let roles: Vec<&str> = model.roles().collect();
    assert_eq!(roles, ["config", "hparams", "weights", "sentencepiece", "tokenizer"]);
    let mut estimator = CometEstimator::load(&model, model.name(), 1).unwrap();
    let scores = estimator.estimate(&[("نعم", "Yes", "Yes"), ("", "", "")]).unwrap();
    assert!(scores.len() == 2 && scores.iter().all(|score| score.is_finite()));
    let signature = estimator.signature();
    assert!(signature.name.ends_with("comet"));
    assert_eq!(signature.sha256, model.open("weights").unwrap().sha256);
}

#[test]
fn a_sentencepiece_file_gives_pieces_whatever_way_it_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let whole = fixture("spm_unigram.model");
    // As sacreBLEU keeps it, without an extension.
    let kept = folder.path().join("flores200sacrebleuspm");
    std::fs::copy(&whole, &kept).unwrap();
    for path in [whole.as_path(), &kept, folder.path()] {
        let model = resolved(path).unwrap();
        assert_eq!(model.roles().collect::<Vec<_>>(), ["pieces"], "{}", path.display());
        let pieces = SentencePieces::load(model.open("pieces").unwrap(), model.name()).unwrap();
        assert!(!pieces.pieces("نص").is_empty());
        assert_eq!(pieces.signature().sha256.len(), 64);
    }
}

#[test]
fn a_checkpoint_is_refused_with_the_way_to_convert_it() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("checkpoints")).unwrap();
    std::fs::write(folder.path().join("checkpoints/model.ckpt"), "PK").unwrap();
    std::fs::copy(fixture("comet/hparams.yaml"), folder.path().join("hparams.yaml")).unwrap();
    let told = refusal(folder.path());
    assert!(told.contains("models/training/convert_comet.py"), "{told}");
}

#[test]
fn a_folder_with_several_sentencepiece_models_and_other_files_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.model", "b.model"] {
        std::fs::copy(fixture("spm_bpe.model"), folder.path().join(name)).unwrap();
    }
    let told = refusal(folder.path());
    assert!(told.ends_with("it has several sentencepiece models; name one of them"), "{told}");
    let told = refusal(&fixture("spm_pieces.json"));
    assert!(told.ends_with("a single file must be a .gguf or a .model file"), "{told}");
}

#[test]
fn a_catalog_file_may_describe_models_that_write_no_text_without_a_prompt() {
    let entry = |role: &str| {
        format!(
            "name = \"m\"\nrole = \"{role}\"\narchitecture = \"a\"\ndescription = \"d\"\nlanguages = [\"ar\"]\n\
             [licence]\nname = \"Apache-2.0\"\n[[file]]\nrole = \"weights\"\nname = \"m.bin\"\nbytes = 1\n\
             sha256 = \"{}\"\n[source.hub]\nrepository = \"a/b\"\nrevision = \"main\"\n",
            "0".repeat(64)
        )
    };
    let parsed = |role: &str| parse_catalog_file(Path::new("m.toml"), &entry(role));
    for (role, name) in [(Role::Quality, "quality"), (Role::Pieces, "pieces")] {
        assert_eq!(parsed(name).unwrap().role, role);
        assert_eq!(role.to_string(), name);
        assert!(!role.writes_text());
    }
    assert!(parsed("general").is_err());
}
