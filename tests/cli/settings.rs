//! Where a setting comes from: flag, environment, configuration file, catalog, built-in.

use super::machine::{Machine, SENTENCE, string};

/// Value and origin of a setting, as `config show` tells.
fn shown(machine: &Machine, arguments: &[&str], key: &str) -> (String, String) {
    let run = machine.run(&[&["config", "show", "--json"], arguments].concat()).done();
    let setting = &run.json()[key];
    (string(setting, "value").to_owned(), string(setting, "origin").to_owned())
}

#[test]
fn a_built_in_value_says_so() {
    let (value, origin) = shown(&Machine::new(), &[], "sentences");
    assert_eq!((value.as_str(), origin.as_str()), ("4", "built-in"));
}

#[test]
fn the_catalog_counts_before_what_is_built_in() {
    let (_, origin) = shown(&Machine::new(), &[], "beam");
    assert_eq!(origin, "catalog isnad-ar-en");
}

#[test]
fn the_configuration_file_counts_before_the_catalog() {
    let machine = Machine::new();
    let file = machine.file("mine.toml", "beam = 3\nsentences = \"2\"\n").display().to_string();
    let (value, origin) = shown(&machine, &["--config", &file], "beam");
    assert_eq!((value, origin), ("3".to_owned(), format!("file {file}")));
    assert_eq!(shown(&machine, &["--config", &file], "sentences").0, "2");
}

#[test]
fn the_environment_counts_before_the_configuration_file() {
    let machine = Machine::new().with("ISNAD_BEAM", "5");
    machine.file("mine.toml", "beam = 3\n");
    let (value, origin) = shown(&machine, &["--config", "mine.toml"], "beam");
    assert_eq!((value.as_str(), origin.as_str()), ("5", "environment ISNAD_BEAM"));
}

#[test]
fn a_flag_counts_before_the_environment() {
    let machine = Machine::new().with("ISNAD_THREADS", "2");
    assert_eq!(shown(&machine, &[], "threads").1, "environment ISNAD_THREADS");
    let (value, origin) = shown(&machine, &["--threads", "1"], "threads");
    assert_eq!((value.as_str(), origin.as_str()), ("1", "flag"));
}

#[test]
fn the_setting_that_won_is_the_one_that_is_used() {
    let machine = Machine::new().with("ISNAD_BEAM", "5").with("ISNAD_ATTEMPTS", "2");
    machine.file("article.txt", SENTENCE);
    let run = machine.run(&["translate", "article.txt", "--beam", "2", "--verbose"]).finished();
    run.says(&["search:beam2", "attempts:2"]);
}

#[test]
fn the_configuration_file_is_found_where_config_path_says() {
    let machine = Machine::new();
    let path = machine.run(&["config", "path"]).done().stdout;
    let path = std::path::Path::new(path.trim_end());
    assert!(path.ends_with("isnad/config.toml"), "{}", path.display());
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, "sentences = 3\n").unwrap();
    let (value, origin) = shown(&machine, &[], "sentences");
    assert_eq!((value, origin), ("3".to_owned(), format!("file {}", path.display())));
}

#[test]
fn the_plain_form_has_a_line_for_every_setting_of_the_json_form() {
    let machine = Machine::new();
    let json = machine.run(&["config", "show", "--json"]).done().json();
    let plain = machine.run(&["config", "show"]).done().stdout;
    let settings = json.as_object().unwrap();
    assert_eq!(plain.lines().count(), settings.len());
    for (key, setting) in settings {
        let line = plain.lines().find(|line| line.split_whitespace().next() == Some(key));
        assert!(line.is_some_and(|line| line.ends_with(string(setting, "origin"))), "{key}");
    }
}

#[test]
fn a_configuration_file_with_a_mistake_is_refused_and_named() {
    let machine = Machine::new();
    let show = ["config", "show", "--config", "mine.toml"];
    let hint = "hint: see all settings with `isnad config show`";
    machine.file("mine.toml", "baem = 3\n");
    machine.run(&show).refused(2, &["mine.toml", "unknown setting `baem`", "beam", hint]);
    machine.file("mine.toml", "beam = \"wide\"\n");
    machine.run(&show).refused(2, &["`wide` is no value for `beam`", "file mine.toml", hint]);
    machine.file("mine.toml", "beam = [1]\n");
    machine.run(&show).refused(2, &["mine.toml", "`beam`", hint]);
    machine.file("mine.toml", "beam = \n");
    machine.run(&show).refused(2, &["mine.toml", "line 1", hint]);
    machine.run(&["doctor", "--config", "none.toml"]).refused(2, &["none.toml", "No such file"]);
}

#[test]
fn a_value_out_of_range_is_refused_before_the_article_is_read() {
    let machine = Machine::new().with("ISNAD_MIN_LENGTH_RATIO", "-1");
    machine
        .run(&["brief", "nothing.txt"])
        .refused(2, &["`-1`", "`min_length_ratio`", "environment ISNAD_MIN_LENGTH_RATIO"]);
    let machine = Machine::new();
    for (flag, value) in [("--beam", "0"), ("--batch", "0"), ("--attempts", "x"), ("--words", "0")]
    {
        let run = machine.run(&["brief", "nothing.txt", flag, value]);
        run.refused(2, &[&format!("`{value}`"), "set by flag"]);
    }
    machine.run(&["translate", "nothing.txt", "--encoding", "klingon"]).refused(2, &["`klingon`"]);
}
