//! Every door an article can come in by: what is read, what is told, what is refused.
//!
//! Owns: documents of other programs (`tests/data/doors`: printed by Chromium, written by `LibreOffice`), and hostile ones.
//! In: bytes. Out: articles or an error, soon and in bounded memory.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]
#![allow(clippy::disallowed_methods, reason = "files are set up and read here")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use isnad::artifact::{
    ArticleOptions, ArtifactError, DocumentFormat, FileKind, FoundArticle, Input, ReadOptions,
    read_articles,
};
use isnad::domain::ParagraphKind;
use isnad::text::{SegmentOptions, segment_laid_out};

/// No file may take longer, in an unoptimised build.
const LONGEST: Duration = Duration::from_secs(60);

const SENTENCE: &str = "أعلنت الوزارة أمس أن العمل في الجسر الجديد سينتهي قبل نهاية العام الجاري.";

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/doors").join(name)
}

fn read(path: &Path) -> Result<Vec<FoundArticle>, ArtifactError> {
    read_with(path, &ArticleOptions::default())
}

fn read_with(path: &Path, options: &ArticleOptions) -> Result<Vec<FoundArticle>, ArtifactError> {
    let started = Instant::now();
    let found = read_articles(&Input::File(path.to_owned()), options);
    assert!(started.elapsed() < LONGEST, "{} took {:?}", path.display(), started.elapsed());
    found
}

/// Reads `bytes` from a file of this name.
fn read_bytes(name: &str, bytes: impl AsRef<[u8]>) -> Result<Vec<FoundArticle>, ArtifactError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    read(&path)
}

fn one(found: Result<Vec<FoundArticle>, ArtifactError>) -> FoundArticle {
    let mut found = found.unwrap();
    assert_eq!(found.len(), 1);
    found.remove(0)
}

/// The paragraphs that the printed article has, whatever printed it.
const PRINTED: [&str; 5] = [
    "متحف المدينة يفتح أبوابه بعد الترميم",
    "أعاد متحف المدينة فتح أبوابه أمام الزوار يوم السبت بعد أعمال ترميم استمرت ثلاث سنوات وبلغت كلفتها 4.5 مليون دولار.",
    "وقالت مديرة المتحف سلمى حداد إن القاعات الجديدة تضم 320 قطعة (منها 45 تُعرض لأول مرة)، وإن الدخول مجاني حتى 30/11/2024.",
    "خطط مقبلة",
    "ويعتزم المتحف التعاون مع مختبر Digital Heritage Lab لتصوير مجموعته بالأبعاد الثلاثة، بحسب ما أعلنته الإدارة في بيان نقلته وكالة «الأفق».",
];

#[test]
fn a_printed_page_is_read_as_it_was_written() {
    use ParagraphKind::{Body, Heading, Title};

    for name in ["chromium.pdf", "libreoffice.pdf", "nopassword.pdf"] {
        let found = one(read(&document(name)));
        let paragraphs: Vec<&str> = found.article.text().split("\n\n").collect();
        assert_eq!(paragraphs, PRINTED, "{name}");
        let cut =
            segment_laid_out(found.article, &found.layout, &SegmentOptions::default()).unwrap();
        let kinds: Vec<ParagraphKind> = cut.paragraphs().iter().map(|p| p.kind).collect();
        assert_eq!(kinds, [Title, Body, Body, Heading, Body], "{name}");
    }
}

#[test]
fn a_word_document_is_read_with_its_headings() {
    let found = one(read(&document("article.docx")));
    let paragraphs: Vec<&str> = found.article.text().split("\n\n").collect();
    assert_eq!(paragraphs, PRINTED);
}

#[test]
fn a_pdf_without_text_and_one_with_a_password_are_refused_by_name() {
    let told = read(&document("scanned.pdf")).unwrap_err();
    assert!(matches!(told, ArtifactError::NeedsOcr { .. }), "{told}");
    assert!(told.to_string().starts_with("no text in this file; it needs OCR"));
    let told = read(&document("encrypted.pdf")).unwrap_err();
    assert!(matches!(told, ArtifactError::Encrypted { .. }), "{told}");
}

#[test]
fn a_broken_pdf_is_refused_and_never_a_panic() {
    let whole = std::fs::read(document("chromium.pdf")).unwrap();
    for length in (5..whole.len()).step_by(whole.len() / 12) {
        let found = read_bytes("cut.pdf", &whole[..length]);
        assert!(found.is_err() || !found.unwrap()[0].article.text().is_empty());
    }
    let told = read_bytes("a.pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n").unwrap_err();
    assert!(matches!(told, ArtifactError::DamagedPdf { .. }), "{told}");
    let told = read(&document("selfdrawn.pdf")).unwrap_err();
    assert!(told.to_string().contains("draw themselves"), "{told}");
}

/// One page whose content is `unpacked` spaces.
fn pdf_bomb(unpacked: usize) -> Vec<u8> {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; unpacked]).unwrap();
    let content = packer.finish().unwrap();
    let stream = format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", content.len());
    let objects: [Vec<u8>; 4] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R >>".to_vec(),
        [stream.as_bytes(), &content, b"\nendstream"].concat(),
    ];
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(objects) {
        places.push(format!("{:010} 00000 n \n", file.len()));
        file.extend(format!("{number} 0 obj\n").bytes().chain(object).chain(*b"\nendobj\n"));
    }
    let start = file.len();
    let table = format!("xref\n0 5\n0000000000 65535 f \n{}", places.concat());
    let trailer = format!("trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n");
    file.extend(table.bytes().chain(trailer.bytes()));
    file
}

#[test]
fn bombs_are_refused_before_they_are_unpacked() {
    let told = read_bytes("bomb.pdf", pdf_bomb(200_000_000)).unwrap_err();
    assert!(matches!(told, ArtifactError::TooLarge { .. }), "{told}");
    for (name, member) in
        [("bomb.docx", "word/document.xml"), ("bomb.epub", "META-INF/container.xml")]
    {
        let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file(member, options).unwrap();
        writer.write_all(&vec![b' '; 200_000_000]).unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        assert!(bytes.len() < 1_000_000);
        let told = read_bytes(name, bytes).unwrap_err();
        assert!(matches!(told, ArtifactError::TooLarge { .. }), "{told}");
    }
}

#[test]
fn the_content_decides_and_the_name_is_told_of() {
    let docx = std::fs::read(document("article.docx")).unwrap();
    let pdf = std::fs::read(document("chromium.pdf")).unwrap();
    for (name, bytes) in [("a.txt", &docx), ("a.pdf", &docx), ("a.html", &pdf), ("a.docx", &pdf)] {
        assert!(one(read_bytes(name, bytes)).article.text().starts_with(PRINTED[0]), "{name}");
    }
    let found = one(read_bytes("a.docx", SENTENCE));
    assert_eq!(found.notes, ["it is named .docx, but it is plain text"]);
    let page = format!("<!doctype html><html><body><p>{SENTENCE}</p></body></html>");
    let found = one(read_bytes("a.txt", page));
    assert_eq!(found.article.text(), SENTENCE);
    let told = read_bytes("a.html", b"\x89PNG\r\n\x1a\n\0\0").unwrap_err();
    assert!(matches!(told, ArtifactError::NotText { kind: FileKind::Image, .. }), "{told}");
    let told = read_bytes("a.docx", b"PK\x03\x04nothing").unwrap_err();
    assert!(matches!(told, ArtifactError::NotText { kind: FileKind::Zip, .. }), "{told}");
    assert!(matches!(read_bytes("a.epub", b"").unwrap_err(), ArtifactError::Empty { .. }));
}

#[test]
fn a_format_may_be_forced() {
    let options =
        ArticleOptions { format: Some(DocumentFormat::Text), ..ArticleOptions::default() };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.html");
    let page = format!("<p>{SENTENCE}</p>");
    std::fs::write(&path, &page).unwrap();
    assert_eq!(one(read_with(&path, &options)).article.text(), page);
}

#[test]
fn pages_in_old_and_mixed_encodings_are_read_or_refused() {
    let page = format!("<html><head><title>x</title></head><body><p>{SENTENCE}</p></body></html>");
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(&page);
    let found = one(read_bytes("a.html", &old));
    assert_eq!(found.article.text(), SENTENCE);
    assert_eq!(found.notes, ["the file is not UTF-8; it was read as windows-1256"]);
    let named = page.replace("<title>", "<meta charset=windows-1256><title>");
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(&named);
    assert_eq!(one(read_bytes("a.html", &old)).article.text(), SENTENCE);
    // Named wrongly: the bytes are UTF-8.
    assert_eq!(one(read_bytes("a.html", &named)).article.text(), SENTENCE);
    let wide: Vec<u8> =
        format!("\u{feff}{page}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(one(read_bytes("a.html", wide)).article.text(), SENTENCE);
    // One bad byte in a long page is mended, half a page in another encoding is not.
    let long = page.replace(SENTENCE, &format!("{SENTENCE} ").repeat(20));
    let spoilt = [long.as_bytes(), b"<p>\xff</p>"].concat();
    let found = one(read_bytes("a.html", spoilt));
    assert!(found.notes[0].contains("1 bytes of the page are not UTF-8"), "{:?}", found.notes);
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(SENTENCE);
    let mixed = [page.as_bytes(), &old].concat();
    let told = read_bytes("a.html", mixed).unwrap_err();
    assert!(matches!(told, ArtifactError::InvalidUtf8 { .. }), "{told}");
}

#[test]
fn broken_and_deep_pages_are_read_to_their_end() {
    let broken = format!(
        "<html><body><div><p><b>{SENTENCE}</i></p><table><tr><p>{SENTENCE}</div><script>if (a<b"
    );
    assert_eq!(one(read_bytes("a.html", broken)).article.text(), [SENTENCE; 2].join("\n\n"));
    for depth in [50, 100_000] {
        for tag in ["<div>", "<b>", "<table><tr><td>", "<font size=1><p>", "<ul><li>"] {
            let page = format!("<html><body>{}{SENTENCE}", tag.repeat(depth));
            assert_eq!(one(read_bytes("a.html", page)).article.text(), SENTENCE, "{depth} {tag}");
        }
    }
    let many = format!(
        "<html><body>{}",
        format!("<p class=more><span>{SENTENCE}</span> و<a>x</a></p>").repeat(3000)
    );
    assert!(one(read_bytes("a.html", many)).article.text().len() > 100_000);
}

#[test]
fn what_a_page_says_of_itself_stays_text() {
    let injected = "<script>alert(1)</script>";
    let page = format!(
        "<html><head><meta name=author content='{injected}'><meta property=og:url content='javascript:alert(1)'>\
         <meta property=og:title content='عنوان \"طويل\" <img src=x>'></head><body><p>{SENTENCE}</p></body></html>"
    );
    let found = one(read_bytes("a.html", page));
    assert_eq!(found.article.metadata.url, None);
    assert_eq!(found.article.metadata.byline, None, "nothing is shown of it");
    assert!(found.article.text().starts_with("عنوان \"طويل\" <img src=x>\n\n"));
}

#[test]
fn each_item_of_a_feed_and_of_json_is_an_article() {
    let feed = format!(
        "<?xml version='1.0'?><rss version='2.0'><channel><title>وكالة</title>\
         <item><title>أول</title><description>&lt;p&gt;{SENTENCE}&lt;/p&gt;</description></item>\
         <item><title>ثان</title><description>{SENTENCE}</description></item></channel></rss>"
    );
    let found = read_bytes("feed.xml", &feed).unwrap();
    let ids: Vec<&str> = found.iter().map(|found| found.article.id()).collect();
    assert_eq!(ids, ["feed.xml#1", "feed.xml#2"]);
    assert_eq!(found[0].article.text(), format!("أول\n\n{SENTENCE}"));
    let (old, _, _) = encoding_rs::WINDOWS_1256.encode(&feed);
    let old = [b"<?xml version='1.0' encoding='windows-1256'?>", &old[21..]].concat();
    assert_eq!(
        read_bytes("feed.xml", old).unwrap()[1].article.metadata.source.as_deref(),
        Some("وكالة")
    );
    let json = format!(
        "{{\"text\": \"{SENTENCE}\", \"author\": \"سلمى\"}}\n{{\"text\": \"{SENTENCE}\"}}\n"
    );
    let found = read_bytes("a.jsonl", &json).unwrap();
    assert_eq!(found[0].article.metadata.byline.as_deref(), Some("سلمى"));
    assert_eq!(found.len(), 2);
    let told = read_bytes("a.json", "{\"text\": ").unwrap_err();
    assert!(matches!(told, ArtifactError::NotJson { .. }), "{told}");
    let bomb =
        "<!DOCTYPE rss [<!ENTITY a \"aaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><rss><channel/></rss>";
    let told = read_bytes("a.xml", bomb).unwrap_err();
    assert!(matches!(told, ArtifactError::Xml { .. }), "{told}");
}

#[test]
fn a_file_beyond_the_limit_is_refused() {
    let options = ArticleOptions {
        read: ReadOptions { max_bytes: 1000, ..ReadOptions::default() },
        ..ArticleOptions::default()
    };
    let told = read_with(&document("chromium.pdf"), &options).unwrap_err();
    assert!(matches!(told, ArtifactError::TooLarge { .. }), "{told}");
}
