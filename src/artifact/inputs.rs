//! Which files were meant.
//!
//! Owns: folders, patterns, and the refusal of addresses. In: what was typed. Out: inputs, each once, in a fixed order.
//! Never: reading a file; the network.

use std::path::{Path, PathBuf};

use super::{ArtifactError, DocumentFormat, Input};

/// Folders inside one another that are looked through; a link that leads back must end.
const DEEPEST_FOLDER: usize = 32;

/// The inputs behind what was typed: `-` is standard input, a folder all of its files that could be articles, and a name
/// that no file has may be a pattern (`*`, `?`, `[…]`, `**`).
///
/// # Errors
/// [`ArtifactError::IsUrl`] for an address, [`ArtifactError::NoFiles`] for a pattern or folder without a file. A plain
/// name is given back even if there is no such file: reading it tells.
pub fn inputs_of(typed: &[PathBuf]) -> Result<Vec<Input>, ArtifactError> {
    let mut inputs: Vec<Input> = Vec::new();
    for path in typed {
        let found = if path.as_os_str() == "-" {
            vec![Input::Stdin]
        } else if let Some(url) = address(path) {
            return Err(ArtifactError::IsUrl { url });
        } else if is_folder(path) {
            files_below(path)?.into_iter().map(Input::File).collect()
        } else if is_pattern(path) {
            fitting(path)?.into_iter().map(Input::File).collect()
        } else {
            vec![Input::File(path.clone())]
        };
        for input in found {
            if !inputs.contains(&input) {
                inputs.push(input);
            }
        }
    }
    Ok(inputs)
}

/// The address that was typed in place of a file.
pub(super) fn address(path: &Path) -> Option<String> {
    let typed = path.to_str()?;
    let lower = typed.to_ascii_lowercase();
    let is_address =
        ["http://", "https://", "ftp://", "www."].iter().any(|start| lower.starts_with(start));
    (is_address && std::fs::metadata(path).is_err()).then(|| typed.to_owned())
}

fn is_folder(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

fn is_pattern(path: &Path) -> bool {
    path.to_string_lossy().contains(['*', '?', '[']) && std::fs::metadata(path).is_err()
}

/// The files below a folder whose extension is one of an article, by name; hidden ones are left out.
fn files_below(folder: &Path) -> Result<Vec<PathBuf>, ArtifactError> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), 0)];
    while let Some((folder, depth)) = folders.pop() {
        let entries = std::fs::read_dir(&folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let entries = entries.map_err(|source| ArtifactError::Unreadable {
            name: folder.display().to_string(),
            source,
        })?;
        for entry in entries {
            let path = entry.path();
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if is_folder(&path) {
                if depth < DEEPEST_FOLDER {
                    folders.push((path, depth + 1));
                }
            } else if DocumentFormat::from_extension(&path).is_some() {
                files.push(path);
            }
        }
    }
    files.sort();
    if files.is_empty() {
        return Err(ArtifactError::NoFiles { pattern: folder.display().to_string() });
    }
    Ok(files)
}

/// The files that fit a pattern, by name; folders are left out.
fn fitting(pattern: &Path) -> Result<Vec<PathBuf>, ArtifactError> {
    let pattern = pattern.to_string_lossy();
    let none = || ArtifactError::NoFiles { pattern: pattern.clone().into_owned() };
    let found = glob::glob(&pattern).map_err(|_| none())?;
    let mut files: Vec<PathBuf> = found.flatten().filter(|path| !is_folder(path)).collect();
    files.sort();
    if files.is_empty() { Err(none()) } else { Ok(files) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(typed: &[PathBuf], folder: &Path) -> Vec<String> {
        let inputs = inputs_of(typed).unwrap();
        let name = |input: &Input| match input {
            Input::Stdin => "-".to_owned(),
            Input::File(path) => {
                path.strip_prefix(folder).unwrap_or(path).to_string_lossy().replace('\\', "/")
            }
        };
        inputs.iter().map(name).collect()
    }

    #[test]
    fn folders_and_patterns_are_looked_through_in_order_and_nothing_comes_twice() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        std::fs::create_dir_all(at.join("b/.git")).unwrap();
        for name in ["z.txt", "a.html", "b/c.docx", "b/.git/d.txt", "b/e.png", ".f.txt"] {
            std::fs::write(at.join(name), "x").unwrap();
        }
        assert_eq!(names(&[at.to_owned()], at), ["a.html", "b/c.docx", "z.txt"]);
        let typed = [at.join("*.txt"), at.join("**/*.docx"), at.join("z.txt"), "-".into()];
        assert_eq!(names(&typed, at), [".f.txt", "z.txt", "b/c.docx", "-"]);
        let told = inputs_of(&[at.join("*.pdf")]).unwrap_err();
        assert!(matches!(told, ArtifactError::NoFiles { .. }), "{told}");
        let told = inputs_of(&[at.join("b/.git")]).unwrap();
        assert_eq!(told.len(), 1);
        assert_eq!(names(&[at.join("none.txt")], at), ["none.txt"]);
    }

    #[test]
    fn an_address_is_refused() {
        for url in ["https://example.org/a?b=1", "HTTP://example.org", "www.example.org/x"] {
            let told = inputs_of(&[url.into()]).unwrap_err();
            assert!(matches!(&told, ArtifactError::IsUrl { url: found } if found == url), "{told}");
        }
        assert!(inputs_of(&["https.txt".into()]).is_ok());
    }
}
