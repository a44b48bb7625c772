//! Help, version, completions, and what is said to someone who mistypes.

use super::machine::Machine;

#[test]
fn help_names_every_command_and_the_exit_codes() {
    let run = Machine::new().run(&["--help"]).done();
    let commands = ["brief", "translate", "models", "doctor", "config", "completions"];
    run.prints(&commands).prints(&["Exit codes", "--quiet", "--threads"]);
}

#[test]
fn every_command_explains_itself() {
    let machine = Machine::new();
    let commands: [(&[&str], &str); 11] = [
        (&["brief"], "--sentences"),
        (&["translate"], "--bitext"),
        (&["models"], "verify"),
        (&["models", "list"], "--json"),
        (&["models", "pull"], "--offline"),
        (&["models", "path"], "<NAME>"),
        (&["models", "verify"], "[NAME]"),
        (&["models", "remove"], "<NAME>"),
        (&["doctor"], "--json"),
        (&["config", "show"], "--json"),
        (&["completions"], "zsh"),
    ];
    for (command, part) in commands {
        let run = machine.run(&[command, &["--help"]].concat()).done();
        assert!(run.stderr.is_empty(), "{run}");
        run.prints(&["Usage: isnad", part]);
    }
}

#[test]
fn the_version_is_the_one_of_the_package() {
    let run = Machine::new().run(&["--version"]).done();
    assert_eq!(run.stdout, format!("isnad {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn completions_are_made_for_each_shell() {
    let machine = Machine::new();
    for (shell, opening) in
        [("bash", "_isnad()"), ("zsh", "#compdef isnad"), ("fish", "complete -c isnad")]
    {
        let run = machine.run(&["completions", shell]).done();
        run.prints(&[opening, "brief", "translate", "keep-boilerplate"]);
    }
    let run = machine.run(&["completions", "tcsh"]).refused(2, &["tcsh"]);
    assert!(run.stderr.contains("fish"), "the shells there are must be named: {run}");
}

#[test]
fn what_cannot_be_understood_is_a_usage_error() {
    let machine = Machine::new();
    machine.run(&["summarise"]).refused(2, &["summarise", "--help"]);
    machine.run(&["brief"]).refused(2, &["<ARTICLE>"]);
    machine.run(&["brief", "a.txt", "--colour"]).refused(2, &["--colour"]);
    machine.run(&["brief", "a.txt", "--sentences", "3", "--words", "9"]).refused(2, &["--words"]);
    machine.run(&["translate", "a.txt", "--json", "--bitext"]).refused(2, &["--bitext"]);
    machine.run(&["doctor", "--quiet", "--verbose"]).refused(2, &["--verbose"]);
}

#[test]
fn no_command_at_all_shows_the_help_and_is_a_usage_error() {
    let run = Machine::new().run(&[]).says(&["Usage: isnad", "brief"]);
    assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{run}");
}
