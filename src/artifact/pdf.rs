//! A page as PDF, by a program that is on this machine.
//!
//! Owns: which programs are looked for, and that they write nowhere but into a folder that goes away. In: HTML. Out: the
//! bytes of a PDF. Never: the network; how the page looks when printed is its style sheet's.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Names of Chromium and its kin, as distributions install them.
const CHROMIUM: [&str; 6] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"];
const WEASYPRINT: &str = "weasyprint";
/// Printing an article takes seconds; a program that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(180);
const STEP: Duration = Duration::from_millis(50);

/// A program that prints pages.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PdfEngine {
    /// A browser of the Chromium family.
    Chromium(PathBuf),
    /// `WeasyPrint`.
    WeasyPrint(PathBuf),
}

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdfError {
    /// No program that prints pages was found.
    #[error("no program that prints pages is on this machine: looked for chromium and weasyprint")]
    NoEngine,
    /// The program could not be started or its folder not be used.
    #[error("cannot run {}", engine.display())]
    NotRun {
        /// The program.
        engine: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The program ended without a PDF.
    #[error("{} made no PDF: {said}", engine.display())]
    Failed {
        /// The program.
        engine: PathBuf,
        /// The end of what it said.
        said: String,
    },
    /// The program did not end.
    #[error("{} did not end within {} s", engine.display(), PATIENCE.as_secs())]
    Hung {
        /// The program.
        engine: PathBuf,
    },
}

impl PdfEngine {
    /// The first program found in the folders of `path`, the value of the variable `PATH`: Chromium, then `WeasyPrint`.
    ///
    /// # Errors
    /// [`PdfError::NoEngine`] if there is none.
    pub fn find(path: Option<&OsStr>) -> Result<Self, PdfError> {
        let folders: Vec<PathBuf> = path.map(std::env::split_paths).into_iter().flatten().collect();
        let program = |name: &str| {
            let names = [name.to_owned(), format!("{name}{}", std::env::consts::EXE_SUFFIX)];
            let files = folders.iter().flat_map(|folder| names.iter().map(|n| folder.join(n)));
            files.into_iter().find(|file| file.is_file())
        };
        CHROMIUM
            .into_iter()
            .find_map(program)
            .map(Self::Chromium)
            .or_else(|| program(WEASYPRINT).map(Self::WeasyPrint))
            .ok_or(PdfError::NoEngine)
    }

    fn program(&self) -> &Path {
        match self {
            Self::Chromium(program) | Self::WeasyPrint(program) => program,
        }
    }
}

/// `html` printed by `engine`.
///
/// # Errors
/// [`PdfError`] if the program cannot be run, fails or hangs.
pub fn pdf(html: &str, engine: &PdfEngine) -> Result<Vec<u8>, PdfError> {
    let program = engine.program();
    let not_run = |source| PdfError::NotRun { engine: program.to_owned(), source };
    let folder = tempfile::tempdir().map_err(not_run)?;
    let (page, printed) = (folder.path().join("page.html"), folder.path().join("page.pdf"));
    let said = folder.path().join("said.txt");
    std::fs::write(&page, html).map_err(not_run)?;
    let file = std::fs::File::create(&said).map_err(not_run)?;
    let mut command = command(engine, folder.path(), &page, &printed);
    // What such programs keep beside their profile (caches, crash reports) goes into the folder, too.
    for name in ["HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "TMPDIR"] {
        command.env(name, folder.path());
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
    let child = command.spawn().map_err(not_run)?;
    if !ended(child).map_err(not_run)? {
        return Err(PdfError::Hung { engine: program.to_owned() });
    }
    match std::fs::read(&printed) {
        Ok(bytes) if bytes.starts_with(b"%PDF-") => Ok(bytes),
        _ => {
            let all = std::fs::read(&said).unwrap_or_default();
            let all = String::from_utf8_lossy(&all).into_owned();
            let last = all.lines().rfind(|line| !line.trim().is_empty());
            let said = last.unwrap_or("it said nothing").trim().to_owned();
            Err(PdfError::Failed { engine: program.to_owned(), said })
        }
    }
}

fn command(engine: &PdfEngine, folder: &Path, page: &Path, printed: &Path) -> Command {
    let mut command = Command::new(engine.program());
    match engine {
        PdfEngine::Chromium(_) => {
            command.args([
                "--headless",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--no-pdf-header-footer",
            ]);
            // Its sandbox refuses to work for the administrator; the page is our own and its policy admits nothing.
            if is_administrator(folder) {
                command.arg("--no-sandbox");
            }
            let with = |flag: &str, path: &Path| {
                let mut flag = std::ffi::OsString::from(flag);
                flag.push(path);
                flag
            };
            command.arg(with("--user-data-dir=", &folder.join("profile")));
            command.arg(with("--print-to-pdf=", printed));
            command.arg(with("file://", page));
        }
        PdfEngine::WeasyPrint(_) => {
            command.arg(page).arg(printed);
        }
    }
    command
}

/// Whoever made `folder` just now is the administrator.
#[cfg(unix)]
fn is_administrator(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(folder).is_ok_and(|metadata| metadata.uid() == 0)
}

#[cfg(not(unix))]
fn is_administrator(_folder: &Path) -> bool {
    false
}

/// Whether the program ended in time; one that did not is ended.
fn ended(mut child: Child) -> io::Result<bool> {
    let start = Instant::now();
    loop {
        if child.try_wait()?.is_some() {
            return Ok(true);
        }
        if start.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(STEP);
    }
}
