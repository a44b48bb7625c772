//! The user's files: what is read, what is refused and why, and that results are whole or absent.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::disallowed_methods, reason = "files are set up and inspected here")]

use std::path::Path;

use isnad::artifact::{
    ArtifactError, FileKind, Input, ReadArticle, ReadNote, ReadOptions, TextEncoding, check_output,
    read_article, read_article_from, read_briefs, write_atomic,
};

const ARTICLE: &str = include_str!("golden/render/article.txt");
const BRIEF: &str = include_str!("data/brief_sample.json");

fn read(bytes: &[u8]) -> Result<ReadArticle, ArtifactError> {
    read_article_from(bytes, &Input::Stdin, &ReadOptions::default())
}

fn read_as(bytes: &[u8], encoding: &str) -> Result<ReadArticle, ArtifactError> {
    let encoding: TextEncoding = encoding.parse()?;
    let options = ReadOptions { encoding: Some(encoding), ..ReadOptions::default() };
    read_article_from(bytes, &Input::Stdin, &options)
}

/// The article in an old code page; signs it lacks (the tanwin is there, “…” too) must not occur.
fn in_code_page(encoding: &'static encoding_rs::Encoding, text: &str) -> Vec<u8> {
    let (bytes, _, has_unmapped) = encoding.encode(text);
    assert!(!has_unmapped);
    bytes.into_owned()
}

fn utf16(text: &str, to_bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(to_bytes).collect()
}

#[test]
fn utf_8_is_kept_byte_for_byte_with_its_carriage_returns() {
    let text = ARTICLE.replace('\n', "\r\n");
    let read = read(text.as_bytes()).unwrap();
    assert_eq!(read.article.text(), text);
    assert_eq!(read.article.id(), "stdin");
    assert_eq!(read.notes, []);
}

#[test]
fn a_byte_order_mark_is_dropped_and_noted() {
    let read = read(format!("\u{feff}{ARTICLE}").as_bytes()).unwrap();
    assert_eq!(read.article.text(), ARTICLE);
    assert_eq!(read.notes, [ReadNote::ByteOrderMark]);
}

#[test]
fn utf_16_is_read_with_and_without_a_byte_order_mark() {
    for (to_bytes, name) in
        [(u16::to_le_bytes as fn(u16) -> [u8; 2], "UTF-16LE"), (u16::to_be_bytes, "UTF-16BE")]
    {
        let marked = read(&utf16(&format!("\u{feff}{ARTICLE}"), to_bytes)).unwrap();
        assert_eq!(marked.article.text(), ARTICLE);
        assert_eq!(marked.notes, [ReadNote::ByteOrderMark]);
        let bare = read(&utf16(ARTICLE, to_bytes)).unwrap();
        assert_eq!(bare.article.text(), ARTICLE);
        assert_eq!(bare.notes, [ReadNote::Encoding(name)]);
    }
}

#[test]
fn windows_1256_is_recognised_and_named() {
    let read = read(&in_code_page(encoding_rs::WINDOWS_1256, ARTICLE)).unwrap();
    assert_eq!(read.article.text(), ARTICLE);
    assert_eq!(read.notes, [ReadNote::Encoding("windows-1256")]);
}

#[test]
fn each_sentence_alone_is_recognised_as_windows_1256() {
    for line in ARTICLE.lines().filter(|line| line.chars().count() > 20) {
        let read = read(&in_code_page(encoding_rs::WINDOWS_1256, line)).unwrap();
        assert_eq!(read.article.text(), line);
    }
}

#[test]
fn iso_8859_6_is_told_from_windows_1256() {
    let text = ARTICLE.replace(['“', '”'], "\"");
    let read = read(&in_code_page(encoding_rs::ISO_8859_6, &text)).unwrap();
    assert_eq!(read.article.text(), text);
    assert_eq!(read.notes, [ReadNote::Encoding("ISO-8859-6")]);
}

#[test]
fn a_flaw_in_utf_8_is_located_and_not_taken_for_windows_1256() {
    let mut bytes = ARTICLE.as_bytes().to_vec();
    bytes.remove(501);
    let Err(ArtifactError::InvalidUtf8 { at, .. }) = read(&bytes) else { panic!("accepted") };
    assert!((499..=501).contains(&at), "{at}");
}

#[test]
fn french_and_russian_code_pages_are_not_taken_for_arabic() {
    let french = "Été comme hiver, les élèves préfèrent la forêt à la plage, où ça gèle.";
    let russian = "Путин и Байден провели телефонный разговор о кибербезопасности и Сирии.";
    for bytes in [
        in_code_page(encoding_rs::WINDOWS_1252, french),
        in_code_page(encoding_rs::WINDOWS_1251, russian),
    ] {
        assert!(matches!(read(&bytes), Err(ArtifactError::InvalidUtf8 { .. })));
    }
}

#[test]
fn a_declared_encoding_is_obeyed() {
    let bytes = in_code_page(encoding_rs::WINDOWS_1256, "سلام");
    assert_eq!(read_as(&bytes, "windows-1256").unwrap().article.text(), "سلام");
    assert_ne!(read_as(&bytes, "iso-8859-6").unwrap().article.text(), "سلام");
    assert!(matches!(read_as(&bytes, "utf-8"), Err(ArtifactError::InvalidUtf8 { at: 0, .. })));
    assert!(matches!(read_as(&bytes, "klingon"), Err(ArtifactError::UnknownEncoding { .. })));
    let odd = b"\xff\xfe\x33\x06\x44";
    assert!(matches!(read(odd), Err(ArtifactError::InvalidIn { encoding: "UTF-16LE", .. })));
}

#[test]
fn what_is_no_text_is_named() {
    let kind = |bytes: &[u8]| match read(bytes) {
        Err(ArtifactError::NotText { kind, .. }) => kind,
        other => panic!("{other:?}"),
    };
    assert_eq!(kind(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3"), FileKind::Pdf);
    assert_eq!(kind(b"PK\x03\x04\x14\0\0\0word/document.xml"), FileKind::Docx);
    assert_eq!(kind(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), FileKind::Image);
    assert_eq!(kind(b"abc\0def"), FileKind::Binary);
}

#[test]
fn nothing_to_read_is_an_error() {
    assert!(matches!(read(b""), Err(ArtifactError::Empty { .. })));
    let blank = " \r\n\t\u{200f}\u{feff}\u{a0}";
    assert!(matches!(read(blank.as_bytes()), Err(ArtifactError::OnlyWhiteSpace { .. })));
    assert!(matches!(read(b"\xef\xbb\xbf"), Err(ArtifactError::OnlyWhiteSpace { .. })));
}

#[test]
fn a_web_page_is_read_with_a_note() {
    let read = read("<!DOCTYPE html><p>سلام".as_bytes()).unwrap();
    assert_eq!(read.notes, [ReadNote::Markup]);
}

#[test]
fn an_input_without_an_end_is_refused() {
    let options = ReadOptions { max_bytes: 1000, ..ReadOptions::default() };
    let endless = std::io::repeat(b'a');
    let result = read_article_from(endless, &Input::Stdin, &options);
    assert!(matches!(result, Err(ArtifactError::TooLarge { max_bytes: 1000, .. })));
    let exact = vec![b'a'; 1000];
    assert!(read_article_from(&exact[..], &Input::Stdin, &options).is_ok());
}

#[test]
fn a_file_is_named_without_its_folders() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("خبر.txt");
    std::fs::write(&path, "سلام").unwrap();
    let read = read_article(&Input::File(path), &ReadOptions::default()).unwrap();
    assert_eq!(read.article.id(), "خبر.txt");
}

#[test]
fn an_absent_file_and_a_folder_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let read = |path: &Path| read_article(&Input::File(path.to_owned()), &ReadOptions::default());
    let absent = read(&folder.path().join("absent"));
    assert!(matches!(absent, Err(ArtifactError::NotFound { .. })));
    assert!(matches!(read(folder.path()), Err(ArtifactError::IsDirectory { .. })));
}

/// Names of the files in a folder.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_result_replaces_the_old_one_and_leaves_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.md");
    write_atomic(&path, b"old", &Input::Stdin).unwrap();
    write_atomic(&path, b"new", &Input::Stdin).unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder.path()), ["out.md"]);
}

#[test]
fn the_check_before_the_work_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    check_output(&folder.path().join("out.md"), &Input::Stdin).unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn the_input_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("in.txt");
    std::fs::write(&path, "سلام").unwrap();
    let detour = folder.path().join("..").join(folder.path().file_name().unwrap()).join("in.txt");
    let result = write_atomic(&detour, b"x", &Input::File(path.clone()));
    assert!(matches!(result, Err(ArtifactError::OutputIsInput { .. })), "{result:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "سلام");
}

#[test]
fn an_impossible_place_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &Path| write_atomic(path, b"x", &Input::Stdin).unwrap_err();
    assert!(matches!(write(folder.path()), ArtifactError::IsDirectory { .. }));
    let missing = write(&folder.path().join("no/out.md"));
    assert!(matches!(missing, ArtifactError::FolderMissing { .. }), "{missing:?}");
    assert!(matches!(write(&folder.path().join("new/")), ArtifactError::IsDirectory { .. }));
    let locked = folder.path().join("locked.md");
    std::fs::write(&locked, "old").unwrap();
    let mut permissions = std::fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&locked, permissions).unwrap();
    assert!(matches!(write(&locked), ArtifactError::ReadOnly { .. }));
    assert_eq!(names(folder.path()), ["locked.md"]);
}

#[cfg(unix)]
#[test]
fn permissions_links_and_special_files_survive() {
    use std::os::unix::fs::{FileTypeExt, PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("out.md"), folder.path().join("link.md"));
    std::fs::write(&file, "old").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    symlink(&file, &link).unwrap();
    write_atomic(&link, b"new", &Input::Stdin).unwrap();
    assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(std::fs::read(&file).unwrap(), b"new");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
    // A socket stands for every file that is none: it may refuse the bytes, but not be replaced.
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let refused = write_atomic(&socket, b"x", &Input::Stdin);
    assert!(matches!(refused, Err(ArtifactError::Unwritable { .. })), "{refused:?}");
    assert!(std::fs::metadata(&socket).unwrap().file_type().is_socket());
}

fn read_brief(text: &str) -> Result<isnad::domain::Brief, ArtifactError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("brief.json");
    std::fs::write(&path, text).unwrap();
    read_briefs(&path).map(|mut briefs| briefs.remove(0).brief)
}

#[test]
fn a_saved_brief_is_read_back() {
    let brief = read_brief(BRIEF).unwrap();
    assert_eq!(isnad::render::json(&brief).unwrap(), BRIEF);
}

#[test]
fn a_brief_that_contradicts_itself_is_refused() {
    use isnad::domain::BriefError;
    let refusal = |text: String| match read_brief(&text) {
        Err(ArtifactError::UntrustedBrief { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    let other_form = r#"{"schema_version": 99, "unknown": true}"#.to_owned();
    assert_eq!(refusal(other_form), BriefError::Schema { found: 99 });
    let misquoted = BRIEF.replacen("\"quote\": \"", "\"quote\": \"ليس ", 1);
    assert!(matches!(refusal(misquoted), BriefError::Misquoted { .. }));
    let astray = BRIEF.replacen("\"text\": \"Vladimir", "\"text\": \"Dear Vladimir", 1);
    assert!(matches!(refusal(astray), BriefError::AstrayClaim { .. }));
}

#[test]
fn what_is_no_brief_is_called_that() {
    for text in ["{}", "[2]", "سلام", "{\"schema_version\": 2}", "{\"schema_version\": -1}"] {
        assert!(matches!(read_brief(text), Err(ArtifactError::NotABrief { .. })), "{text}");
    }
}
