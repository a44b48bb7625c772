//! Briefs as documents that other programs open: Word and PDF.
//!
//! Owns: what `LibreOffice` and Chromium make of them. In: the sample brief. Out: nothing is left behind.
//! Without these programs the tests that need them say so and pass.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::disallowed_methods, reason = "documents are written and read here")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]

#[path = "golden/render/sample.rs"]
mod sample;

use std::io::Read as _;
use std::path::Path;
use std::process::Command;

use isnad::artifact::{self, PdfEngine, PdfError};
use isnad::domain::Brief;
use isnad::render;

fn docx(brief: &Brief) -> Vec<u8> {
    let parts = render::docx_parts(brief);
    artifact::package(parts.iter().map(|part| (part.name, part.xml.as_str()))).unwrap()
}

/// What `LibreOffice` makes of a document, as flat XML; nothing where it is not installed.
fn by_libreoffice(bytes: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("brief.docx");
    std::fs::write(&file, bytes).unwrap();
    let profile = format!("-env:UserInstallation=file://{}/profile", folder.path().display());
    let converted = Command::new("soffice")
        .args([&profile, "--headless", "--convert-to", "fodt", "--outdir"])
        .arg(folder.path())
        .arg(&file)
        .output();
    let Ok(output) = converted else {
        eprintln!("skipped: LibreOffice is not installed (Debian: libreoffice-writer-nogui)");
        return None;
    };
    let made = std::fs::read_to_string(folder.path().join("brief.fodt"));
    Some(made.unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr))))
}

#[test]
fn the_same_brief_gives_the_same_document() {
    assert_eq!(docx(&sample::sample()), docx(&sample::sample()));
}

#[test]
fn every_part_is_well_formed() {
    for part in render::docx_parts(&sample::sample()) {
        let mut reader = quick_xml::Reader::from_str(&part.xml);
        let mut depth = 0_usize;
        loop {
            match reader.read_event().unwrap_or_else(|error| panic!("{}: {error}", part.name)) {
                quick_xml::events::Event::Start(_) => depth += 1,
                quick_xml::events::Event::End(_) => depth -= 1,
                quick_xml::events::Event::Eof => break,
                _ => {}
            }
        }
        assert_eq!(depth, 0, "{}", part.name);
    }
}

#[test]
fn arabic_runs_are_right_to_left_and_latin_words_inside_them_are_not() {
    let bytes = docx(&sample::sample());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut xml = String::new();
    archive.by_name("word/document.xml").unwrap().read_to_string(&mut xml).unwrap();
    let run = |text: &str| {
        let at = xml.find(&format!(">{text}<")).unwrap_or_else(|| panic!("{text}"));
        let start = xml.get(..at).unwrap().rfind("<w:r>").unwrap();
        xml.get(start..at).unwrap().to_owned()
    };
    assert!(
        run("محادثة هاتفية بين بوتين وبايدن ركزت على الأزمة السورية والهجمات الإلكترونية")
            .contains("<w:rtl/>")
    );
    assert!(!run("REvil").contains("<w:rtl/>"), "it stands in an Arabic sentence");
}

#[test]
fn libreoffice_reads_right_to_left_paragraphs_and_one_footnote_for_each_piece_of_evidence() {
    let brief = sample::sample();
    let Some(document) = by_libreoffice(&docx(&brief)) else { return };
    let evidence: usize = brief.claims.iter().map(|claim| claim.evidence.len()).sum();
    assert_eq!(document.matches("<text:note ").count(), evidence);
    assert!(document.contains("style:writing-mode=\"rl-tb\""));
    for text in
        ["Putin–Biden phone call focuses", "محادثة هاتفية بين بوتين وبايدن", "fault of the summary"]
    {
        assert!(document.contains(text), "{text}");
    }
    assert_eq!(document.matches("<table:table-row").count(), brief.paragraphs.len());
}

#[test]
fn libreoffice_opens_a_document_of_hostile_texts() {
    let mut brief = sample::sample();
    let hostile = "</w:t></w:r></w:p><w:p/> & \u{1}\u{fffe} ]]> \u{202e}x";
    brief.report.warnings = vec![hostile.to_owned()];
    brief.claims[0].evidence[0].translation = hostile.to_owned();
    let Some(document) = by_libreoffice(&docx(&brief)) else { return };
    assert!(document.contains("&lt;/w:t&gt;&lt;/w:r&gt;&lt;/w:p&gt;&lt;w:p/&gt;"));
}

#[test]
fn a_page_is_printed_by_the_engine_that_is_found() {
    let path = std::env::var_os("PATH");
    let Ok(engine) = PdfEngine::find(path.as_deref()) else {
        eprintln!("skipped: neither chromium nor weasyprint is installed");
        return;
    };
    let bytes = artifact::pdf(&render::html(&sample::sample()).unwrap(), &engine).unwrap();
    assert!(bytes.starts_with(b"%PDF-") && bytes.len() > 20_000, "{} bytes", bytes.len());
}

#[test]
fn a_machine_without_an_engine_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    let found = PdfEngine::find(Some(folder.path().as_os_str()));
    assert!(matches!(found, Err(PdfError::NoEngine)));
    assert!(PdfEngine::find(None).is_err());
}

#[cfg(unix)]
#[test]
fn an_engine_that_fails_is_quoted() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("weasyprint");
    std::fs::write(&program, "#!/bin/sh\necho 'no fonts here' >&2\nexit 1\n").unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let engine = PdfEngine::find(Some(folder.path().as_os_str())).unwrap();
    assert_eq!(engine, PdfEngine::WeasyPrint(program.clone()));
    let failed = artifact::pdf("<p>a</p>", &engine).unwrap_err();
    assert!(failed.to_string().ends_with("made no PDF: no fonts here"), "{failed}");
    assert!(Path::new(&program).exists());
}
