//! Runs that end early: the reader goes away, the disk is full, the user presses Ctrl-C.
#![cfg(unix)]

use std::process::{Command, Stdio};
use std::time::Duration;

use super::machine::{Machine, SENTENCE, project};

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let machine = Machine::new();
    machine.file("article.txt", SENTENCE);
    let runs: [&[&str]; 4] = [
        &["--help"],
        &["completions", "zsh"],
        &["models", "list"],
        &["translate", "-q", "article.txt"],
    ];
    for arguments in runs {
        let mut command = machine.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {output:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_result_that_cannot_be_printed_is_an_error() {
    let machine = Machine::new();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = machine.command(&["models", "list"]).stdout(full).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(stderr.starts_with("error: cannot write to standard output"), "{stderr}");
}

/// The command with the usual answer to Ctrl-C, where the system can arrange that: a shell starts what
/// runs in its background deaf to it, and these tests may be part of that.
fn hearing_interrupts(command: Command) -> Command {
    let env = |program: &str| {
        let mut command = Command::new("env");
        command.args(["--default-signal=INT", program]);
        command
    };
    let program = command.get_program().to_string_lossy().into_owned();
    if !env("true").stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        return command;
    }
    let mut hearing = env(&program);
    hearing.args(command.get_args()).env_clear().stdin(Stdio::null());
    hearing.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    hearing.current_dir(command.get_current_dir().unwrap());
    hearing
}

#[test]
fn an_interrupted_run_leaves_the_folder_as_it_was() {
    let machine = Machine::new();
    let article = project("examples/articles/wiki-black-death.ar.txt").display().to_string();
    machine.file("old.html", "the brief of yesterday");
    for output in ["new.html", "old.html"] {
        // A wide beam, so that the run is certainly not over when the signal comes.
        let arguments = ["brief", &article, "-o", output, "--beam", "16", "--threads", "1"];
        let mut command = hearing_interrupts(machine.command(&arguments));
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(1500));
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was interrupted");
        let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
        assert!(kill.unwrap().success());
        let status = child.wait().unwrap();
        assert!(!status.success(), "{status}");
        assert_eq!(machine.left_in_work(), ["old.html"]);
    }
    let old = std::fs::read_to_string(machine.work().join("old.html")).unwrap();
    assert_eq!(old, "the brief of yesterday");
}
