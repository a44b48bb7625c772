//! One Rust file as the house sees it: its code without comments, strings and tests.
//!
//! Owns: a small lexer, the modules that exist for tests only, the paths and the functions of a file.
//! In: a path below `src` and the text. Out: paths and functions with line numbers.
//! Never: what is allowed (that is `house`).

use std::ops::RangeInclusive;

/// A file, read once.
pub(crate) struct Source {
    /// Path below `src`, with `/`.
    pub(crate) path: String,
    /// As it was written.
    pub(crate) text: String,
    /// The text with comments and literals blanked out; lines are kept.
    pub(crate) code: String,
    /// The code without items under `#[cfg(test)]`.
    pub(crate) library: String,
    /// Files that belong to modules declared under `#[cfg(test)]`, below `src`, without `.rs`.
    pub(crate) test_modules: Vec<String>,
}

/// A path such as `crate::text::normalize`, cut after two segments where a group begins.
pub(crate) struct UsedPath {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

/// A function and its lines, from `fn` to the closing brace.
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: RangeInclusive<usize>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = blank_comments_and_literals(text);
        let (library, declared) = blank_tests(&code);
        let folder = module_folder(path);
        let join = |name: &String| match folder.as_str() {
            "" => name.clone(),
            folder => format!("{folder}/{name}"),
        };
        let test_modules = declared.iter().map(join).collect();
        Self { path: path.to_owned(), text: text.to_owned(), code, library, test_modules }
    }

    /// The room: the folder or file directly below `src`; empty for `lib.rs` and `main.rs`.
    pub(crate) fn room(&self) -> &str {
        match self.path.split_once('/') {
            Some((room, _)) => room,
            None if ["lib.rs", "main.rs"].contains(&self.path.as_str()) => "",
            None => self.path.trim_end_matches(".rs"),
        }
    }

    /// How many `super::` lead from this file to the root of the crate.
    fn depth(&self) -> usize {
        let names = self.path.trim_end_matches(".rs").split('/');
        names.filter(|name| !["mod", "lib", "main"].contains(name)).count()
    }

    /// Every path of two segments or more in the library's code; groups are spread out, and `super::`
    /// chains that reach the root are written as `crate::`.
    pub(crate) fn paths(&self) -> Vec<UsedPath> {
        let tokens = tokens(&self.library);
        let mut paths = Vec::new();
        let mut at = 0;
        while at < tokens.len() {
            let begins = is_name(tokens[at].0) && (at == 0 || tokens[at - 1].0 != "::");
            if begins && tokens.get(at + 1).is_some_and(|next| next.0 == "::") {
                let mut found = Vec::new();
                spread(&tokens, at, &mut Vec::new(), &mut found);
                let line = tokens[at].1;
                let shorten = |segments| UsedPath { segments: self.rooted(segments), line };
                paths.extend(found.into_iter().map(shorten));
            } else if begins && ["use", "crate"].contains(&tokens[at].0) {
                // `use serde;` has one segment, and is a use all the same.
                let name = tokens.get(at + 1).filter(|next| is_name(next.0));
                let ends = tokens.get(at + 2).is_some_and(|next| [";", "as"].contains(&next.0));
                if let Some(name) = name.filter(|_| ends && tokens[at].0 == "use") {
                    paths.push(UsedPath { segments: vec![name.0.to_owned()], line: name.1 });
                }
            }
            at += 1;
        }
        paths
    }

    fn rooted(&self, segments: Vec<String>) -> Vec<String> {
        let supers = segments.iter().take_while(|segment| *segment == "super").count();
        if supers == 0 || supers < self.depth() {
            return segments;
        }
        std::iter::once("crate".to_owned()).chain(segments.into_iter().skip(supers)).collect()
    }

    /// Functions with a body, tests included.
    pub(crate) fn functions(&self) -> Vec<Function> {
        let tokens = tokens(&self.code);
        let mut functions = Vec::new();
        for at in 0..tokens.len() {
            let named = tokens.get(at + 1).filter(|next| is_name(next.0));
            let (("fn", first), Some((name, _))) = (tokens[at], named) else { continue };
            if let Some(last) = end_of_item(&tokens, at).filter(|end| tokens[*end].0 == "}") {
                let lines = first..=tokens[last].1;
                functions.push(Function { name: (*name).to_owned(), lines });
            }
        }
        functions
    }
}

/// The folder of the modules that a file declares: its own for `mod.rs`, `lib.rs` and `main.rs`.
fn module_folder(path: &str) -> String {
    let stem = path.trim_end_matches(".rs");
    let (folder, name) = stem.rsplit_once('/').unwrap_or(("", stem));
    if ["mod", "lib", "main"].contains(&name) { folder.to_owned() } else { stem.to_owned() }
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Names, `::` and single signs, each with its line from 1. Numbers count as names; nobody minds.
fn tokens(code: &str) -> Vec<(&str, usize)> {
    let mut tokens = Vec::new();
    for (line, text) in code.lines().enumerate() {
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let in_name = |c: char| c.is_alphanumeric() || c == '_';
            let length = if in_name(first) {
                rest.find(|c| !in_name(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, behind) = rest.split_at(length);
            if !first.is_whitespace() {
                tokens.push((token, line + 1));
            }
            rest = behind;
        }
    }
    tokens
}

/// Follows a path from `at`, into groups; gives the token behind it.
fn spread(
    tokens: &[(&str, usize)],
    at: usize,
    before: &mut Vec<String>,
    found: &mut Vec<Vec<String>>,
) -> usize {
    let Some(&(token, _)) = tokens.get(at) else { return at };
    if token == "{" {
        let mut at = at + 1;
        while tokens.get(at).is_some_and(|token| token.0 != "}") {
            let next = spread(tokens, at, before, found);
            at = if next == at { at + 1 } else { next };
        }
        return at + 1;
    }
    if !is_name(token) {
        return at;
    }
    before.push(token.to_owned());
    let goes_on = tokens.get(at + 1).is_some_and(|next| next.0 == "::");
    let leads_on = |next: &&(&str, usize)| is_name(next.0) || next.0 == "{";
    let end = if goes_on && tokens.get(at + 2).as_ref().is_some_and(leads_on) {
        spread(tokens, at + 2, before, found)
    } else {
        found.push(before.clone());
        at + 1
    };
    before.pop();
    end
}

/// The `;` or the closing brace that ends the item whose first token is `at`.
fn end_of_item(tokens: &[(&str, usize)], at: usize) -> Option<usize> {
    let (mut brackets, mut braces) = (0_usize, 0_usize);
    for (index, (token, _)) in tokens.iter().enumerate().skip(at) {
        match *token {
            "(" | "[" => brackets += 1,
            ")" | "]" => brackets = brackets.saturating_sub(1),
            "{" => braces += 1,
            "}" => {
                braces = braces.checked_sub(1)?;
                if braces == 0 && brackets == 0 {
                    return Some(index);
                }
            }
            ";" if braces == 0 && brackets == 0 => return Some(index),
            _ => {}
        }
    }
    None
}

/// Blanks the item behind each `#[cfg(test)]`, and gives the modules among them that are files.
fn blank_tests(code: &str) -> (String, Vec<String>) {
    let mut library: Vec<char> = code.chars().collect();
    let mut modules = Vec::new();
    let mut from = 0;
    while let Some(start) = find(&library, "#[cfg(", from) {
        let end = find(&library, "]", start).unwrap_or(library.len());
        let condition: String = library[start..end].iter().collect();
        from = end;
        let only_in_tests =
            condition.starts_with("#[cfg(test") || condition.starts_with("#[cfg(all(test");
        if !only_in_tests {
            continue;
        }
        let (mut depth, mut at, mut item) = (0_usize, end + 1, String::new());
        while let Some(&c) = library.get(at) {
            match c {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            item.push(c);
            at += 1;
            if depth == 0 && (c == '}' || c == ';') {
                break;
            }
        }
        if let Some(("", name)) = item.trim_end_matches(';').trim().split_once("mod ") {
            modules.push(name.trim().to_owned());
        }
        library[start..at].iter_mut().filter(|c| **c != '\n').for_each(|c| *c = ' ');
    }
    (library.into_iter().collect(), modules)
}

fn find(text: &[char], wanted: &str, from: usize) -> Option<usize> {
    let wanted: Vec<char> = wanted.chars().collect();
    let behind = text.get(from..)?;
    behind.windows(wanted.len()).position(|window| window == wanted).map(|at| from + at)
}

/// The text with comments, strings and characters turned into spaces; line ends stay.
fn blank_comments_and_literals(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_blank(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// Where the comment or literal that begins at `at` ends; `at` itself if none begins there.
fn end_of_blank(chars: &[char], at: usize) -> usize {
    let sign = |index: usize| chars.get(index).copied().unwrap_or('\0');
    let to = |wanted: &str, from: usize| {
        find(chars, wanted, from).map_or(chars.len(), |found| found + wanted.chars().count())
    };
    match (sign(at), sign(at + 1)) {
        ('/', '/') => find(chars, "\n", at).unwrap_or(chars.len()),
        ('/', '*') => to("*/", at + 2),
        ('"', _) => end_of_quoted(chars, at, '"'),
        // A letter between two marks; one mark alone begins a lifetime.
        ('\'', '\\') => end_of_quoted(chars, at, '\''),
        ('\'', _) if sign(at + 2) == '\'' => at + 3,
        ('r', '"' | '#') if at == 0 || !(sign(at - 1).is_alphanumeric() && sign(at - 1) != 'b') => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            if sign(at + 1 + hashes) != '"' {
                return at;
            }
            to(&format!("\"{}", "#".repeat(hashes)), at + 2 + hashes)
        }
        _ => at,
    }
}

fn end_of_quoted(chars: &[char], at: usize, mark: char) -> usize {
    let mut at = at + 1;
    while let Some(&c) = chars.get(at) {
        at += if c == '\\' { 2 } else { 1 };
        if c == mark {
            break;
        }
    }
    at.min(chars.len())
}
