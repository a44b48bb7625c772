//! A machine of its own for every run: an empty home, no variables of the caller, no network.
//!
//! Owns: how the program is started, and what every run must keep: no panic, no error without a message.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// One sentence of the shipped article: the shortest text that is worth translating.
pub(crate) const SENTENCE: &str = "ورحب الجانبان بتنسيق الجهود الروسية والأمريكية بشأن هذه القضية ، بما في ذلك في إطار مجلس الأمن الدولي.";

/// A file of the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The shipped article as it came from a web page.
pub(crate) fn shipped_article() -> PathBuf {
    project("examples/articles/putin-biden-call.txt")
}

/// A folder to work in, with an empty home inside.
pub(crate) struct Machine {
    root: tempfile::TempDir,
    program: PathBuf,
    variables: Vec<(String, String)>,
}

impl Machine {
    pub(crate) fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("work")).unwrap();
        let program = assert_cmd::cargo::cargo_bin!("isnad").to_path_buf();
        Self { root, program, variables: Vec::new() }
    }

    /// A machine where the program was copied away from its models.
    pub(crate) fn without_models() -> Self {
        let mut machine = Self::new();
        // Deep enough that no folder the program searches above itself has models.
        let folder = machine.root.path().join("a/b/c/d");
        std::fs::create_dir_all(&folder).unwrap();
        let program = folder.join("isnad");
        std::fs::copy(&machine.program, &program).unwrap();
        machine.program = program;
        machine
    }

    /// Sets an environment variable for the runs to come.
    pub(crate) fn with(mut self, name: &str, value: impl AsRef<Path>) -> Self {
        self.variables.push((name.to_owned(), value.as_ref().display().to_string()));
        self
    }

    /// The folder that runs start in.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.path().join("work")
    }

    /// Writes a file into the working folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.work().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path
    }

    /// Names of all that lies in the working folder, hidden files included.
    pub(crate) fn left_in_work(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.work()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        let home = self.root.path();
        command
            .args(arguments)
            .current_dir(self.work())
            .env_clear()
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home.join("config"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("HF_HUB_OFFLINE", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(arguments, output(&mut self.command(arguments)))
    }

    /// As [`run`](Self::run), with `input` on standard input.
    pub(crate) fn run_with_stdin(&self, arguments: &[&str], input: &[u8]) -> Run {
        let path = self.root.path().join("stdin");
        std::fs::write(&path, input).unwrap();
        let mut command = self.command(arguments);
        Run::of(arguments, output(command.stdin(std::fs::File::open(path).unwrap())))
    }
}

/// Runs a command. A program that was just copied counts as busy while another test, which forked during the copy, still
/// holds it open for writing.
fn output(command: &mut Command) -> Output {
    loop {
        match command.output() {
            Err(error) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
            output => return output.unwrap(),
        }
    }
}

/// What a run gave.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    arguments: String,
}

impl Run {
    fn of(arguments: &[&str], output: Output) -> Self {
        let run = Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("stdout is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
            arguments: arguments.join(" "),
        };
        assert!(!run.stderr.contains("panicked"), "{run}");
        run
    }

    /// The run went well: the result is on stdout.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }

    /// The run gave a result, in which something may have failed.
    pub(crate) fn finished(self) -> Self {
        assert!(matches!(self.code, Some(0 | 1)), "{self}");
        self
    }

    /// The run was refused with this code and a message that has all of `parts`; stdout is empty.
    pub(crate) fn refused(self, code: i32, parts: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        assert_eq!(self.stdout, "", "{self}");
        assert!(self.stderr.starts_with("error: "), "{self}");
        self.says(parts)
    }

    /// All of `parts` are on stderr.
    pub(crate) fn says(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stderr.contains(part), "no `{part}` on stderr\n{self}");
        }
        self
    }

    /// All of `parts` are on stdout.
    pub(crate) fn prints(self, parts: &[&str]) -> Self {
        for part in parts {
            assert!(self.stdout.contains(part), "no `{part}` on stdout\n{self}");
        }
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { code, stdout, stderr, arguments } = self;
        let head: String = stdout.chars().take(2000).collect();
        write!(f, "isnad {arguments}\nexit code: {code:?}\nstderr: {stderr}\nstdout: {head}")
    }
}

/// The elements of a JSON list.
pub(crate) fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().unwrap_or_else(|| panic!("`{key}` is no list in {value:#}"))
}

/// A JSON string.
pub(crate) fn string<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("`{key}` is no string in {value:#}"))
}

/// A JSON span as a range of bytes.
pub(crate) fn span(value: &Value) -> std::ops::Range<usize> {
    let end = |key: &str| usize::try_from(value["span"][key].as_u64().unwrap()).unwrap();
    end("start")..end("end")
}

/// The checksum that the catalog gives for the weights of a model.
pub(crate) fn published_sha256(model: &str) -> String {
    let text = std::fs::read_to_string(project(&format!("models/catalog/{model}.toml"))).unwrap();
    let catalog: toml::Table = text.parse().unwrap();
    let files = catalog["file"].as_array().unwrap();
    let weights = files.iter().find(|file| file["role"].as_str() == Some("weights")).unwrap();
    weights["sha256"].as_str().unwrap().to_owned()
}
