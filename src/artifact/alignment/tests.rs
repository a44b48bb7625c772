//! What alignments survive, and what they are refused for: files of ours, of other tools, and of nobody.

use proptest::prelude::*;

use super::*;
use crate::domain::exchange::is_xml_char;
use crate::domain::{
    AlignedSentence, AlignedText, Bead, BeadWords, ByteSpan, Finding, Language, Side, Signature,
    Word,
};
use crate::render::{self, AlignmentFormat};

/// Every form that can be read back.
fn written(alignment: &Alignment) -> [String; 3] {
    [AlignmentFormat::Tmx, AlignmentFormat::Xliff12, AlignmentFormat::Xliff21]
        .map(|format| render::alignment(alignment, format).unwrap())
}

fn read(text: &str) -> Result<Alignment, ArtifactError> {
    alignment_of(text.as_bytes(), "t")
}

fn texts(alignment: &Alignment, side: Side) -> Vec<&str> {
    alignment.side(side).sentences.iter().map(|sentence| sentence.text.as_str()).collect()
}

/// A number with four digits, as it is written.
fn rounded(value: f64) -> f64 {
    format!("{value:.4}").parse().unwrap()
}

fn sentences() -> impl Strategy<Value = AlignedSentence> {
    let text = prop_oneof![
        "[ -~]{0,12}",
        "[\\u{620}-\\u{64a} .،؟]{1,12}",
        proptest::collection::vec(any::<char>().prop_filter("XML", |c| is_xml_char(*c)), 1..6)
            .prop_map(|chars| chars.into_iter().collect::<String>()),
    ];
    (text, 0usize..9, any::<bool>()).prop_map(|(text, paragraph, heading)| AlignedSentence {
        text,
        paragraph,
        heading,
    })
}

/// Beads of any sizes over both texts, some of them exchanged on the target side.
fn alignments() -> impl Strategy<Value = Alignment> {
    let bead = (
        proptest::collection::vec(sentences(), 0..4),
        proptest::collection::vec(sentences(), 0..4),
        0.0f64..=1.0,
        any::<u32>(),
    );
    proptest::collection::vec(bead, 1..8).prop_filter_map("something is there", |drawn| {
        // The order of the target: by the number drawn, so that blocks cross.
        let mut order: Vec<usize> = (0..drawn.len()).collect();
        order.sort_by_key(|index| drawn[*index].3 % 3);
        let mut target = Vec::new();
        let mut starts = vec![0; drawn.len()];
        for index in order {
            starts[index] = target.len();
            target.extend(drawn[index].1.clone());
        }
        let (mut source, mut beads) = (Vec::new(), Vec::new());
        for (index, (left, right, probability, bits)) in drawn.into_iter().enumerate() {
            if left.is_empty() && right.is_empty() {
                continue;
            }
            let (from, to) = (source.len(), starts[index]);
            source.extend(left);
            let word = |sentence: usize, text: &str| Word { sentence, span: ByteSpan::whole(text) };
            let gap = source.len() == from || right.is_empty();
            let words = (bits & 8 > 0 && !gap).then(|| BeadWords {
                source: vec![word(from, &source[from].text)],
                target: vec![word(to, &right[0].text)],
                links: vec![(0, 0)],
            });
            beads.push(Bead {
                source: from..source.len(),
                target: to..to + right.len(),
                probability: rounded(probability),
                similarity: (!gap).then(|| rounded(1.0 - 2.0 * probability)),
                moved: bits & 16 > 0,
                rejected: bits & 32 > 0,
                words,
            });
        }
        let text = |language, sentences| {
            let (name, sha256) = ("a \"b\".txt".to_owned(), "0f".to_owned());
            AlignedText { name, sha256, language, sentences }
        };
        let (source, target) = (text(Language::English, source), text(Language::Arabic, target));
        let findings = vec![Finding::Swapped, Finding::Moved { source: 0..1, target: 0..1 }];
        let settings = vec![("max-bead".to_owned(), "6".to_owned())];
        let signature = Signature { settings, version: "0.1.0".into(), ..Signature::default() };
        let empty = |text: &AlignedText| {
            text.sentences.iter().all(|s| s.text.chars().all(crate::domain::is_blank))
        };
        let alignment = Alignment::new(source, target, beads, findings, signature).ok()?;
        (!empty(&alignment.source) && !empty(&alignment.target)).then_some(alignment)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read_again(alignment in alignments()) {
        for file in written(&alignment) {
            prop_assert_eq!(&read(&file).unwrap(), &alignment, "{}", file);
        }
        let json = serde_json::to_string(&alignment).unwrap();
        prop_assert_eq!(read(&json).unwrap(), alignment);
    }

    #[test]
    fn no_file_is_worth_a_panic(alignment in alignments(), at in 0usize..1000, garbage in "[<>&;a\"\\[=]{0,3}") {
        for file in written(&alignment) {
            let chars = file.chars().count() * at / 1000;
            let cut: String = file.chars().take(chars).collect();
            let rest: String = file.chars().skip(chars).collect();
            prop_assert!(read(&cut).is_err(), "{}", cut);
            // Whatever comes of it, it is a value.
            let _ = read(&format!("{cut}{garbage}{rest}"));
        }
    }
}

const FOREIGN_TMX: &str = "<?xml version='1.0'?><!DOCTYPE tmx SYSTEM 'tmx14.dtd'><tmx version='1.4'>\
    <header srclang='EN-us'/><body>\
    <tu><tuv xml:lang='fr'><seg>non</seg></tuv><tuv xml:lang='AR-eg'><seg> نص\n <bpt i='1'>{b}</bpt>عريض<ept i='1'/>\
    <ph>&lt;x></ph> <hi>هنا</hi></seg></tuv><tuv xml:lang='en-US'><seg>Text</seg></tuv>\
    <tuv xml:lang='en-GB'><seg>Other</seg></tuv></tu>\
    <tu><tuv xml:lang='en-US'><seg>Alone</seg></tuv></tu><tu><tuv xml:lang='ar'><seg> </seg></tuv></tu></body></tmx>";

#[test]
fn a_memory_of_another_tool_gives_a_bead_a_unit() {
    let alignment = read(FOREIGN_TMX).unwrap();
    assert_eq!(alignment.source.language, Language::English);
    assert_eq!(texts(&alignment, Side::Source), ["Text", "Alone"]);
    assert_eq!(texts(&alignment, Side::Target), ["نص عريض هنا"]);
    let kinds: Vec<String> = alignment.beads().iter().map(Bead::kind).collect();
    assert_eq!(kinds, ["1-1", "1-0"]);
}

#[test]
fn xliff_of_another_tool_is_read_without_its_proposals_and_codes() {
    let old = "<xliff version='1.2' xmlns='urn:oasis:names:tc:xliff:document:1.2'>\
        <file source-language='en' target-language='ar' original='x' datatype='html'><body><group>\
        <trans-unit id='1'><source>One <g id='1'>two</g><x id='2'/><ph id='3'>{0}</ph></source>\
        <seg-source><mrk mtype='seg'>no</mrk></seg-source><target>واحد <mrk mtype='term'>اثنان</mrk></target>\
        <alt-trans><source>no</source><target>لا</target></alt-trans><note>no</note></trans-unit>\
        </group></body></file></xliff>";
    let new = "<x:xliff version='2.0' xmlns:x='urn:oasis:names:tc:xliff:document:2.0' srcLang='en' trgLang='ar'>\
        <x:file id='f'><x:unit id='u'><x:originalData><x:data id='d'>no</x:data></x:originalData>\
        <x:segment><x:source>One <x:pc id='1'>two</x:pc><x:ph id='2'/></x:source>\
        <x:target>واحد اثنان</x:target></x:segment></x:unit></x:file></x:xliff>";
    for file in [old, new] {
        let alignment = read(file).unwrap();
        assert_eq!(texts(&alignment, Side::Source), ["One two"]);
        assert_eq!(texts(&alignment, Side::Target), ["واحد اثنان"]);
    }
}

#[test]
fn a_file_of_ours_that_was_edited_gives_a_bead_a_unit() {
    let sentence = |text: &str| AlignedSentence { text: text.into(), paragraph: 0, heading: false };
    let text = |language, sentences: Vec<AlignedSentence>| AlignedText {
        name: "t".into(),
        sha256: String::new(),
        language,
        sentences,
    };
    let bead = Bead {
        source: 0..1,
        target: 0..2,
        probability: 0.75,
        similarity: None,
        moved: false,
        rejected: true,
        words: None,
    };
    let alignment = Alignment::new(
        text(Language::Arabic, vec![sentence("نص")]),
        text(Language::English, vec![sentence("One."), sentence("Two.")]),
        vec![bead],
        Vec::new(),
        Signature::default(),
    );
    for file in written(&alignment.unwrap()) {
        let edited = read(&file.replace("One. Two.", "One and two.")).unwrap();
        assert_eq!(texts(&edited, Side::Target), ["One and two."]);
        let bead = &edited.beads()[0];
        assert!(bead.rejected && (bead.probability - 0.75).abs() < 1e-12);
    }
}

#[test]
fn utf16_and_declared_encodings_are_read() {
    let utf16: Vec<u8> =
        format!("\u{feff}{FOREIGN_TMX}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(alignment_of(&utf16, "t").unwrap(), read(FOREIGN_TMX).unwrap());
    let declared = FOREIGN_TMX.replace("version='1.0'", "version='1.0' encoding='windows-1256'");
    let (bytes, _, _) = encoding_rs::WINDOWS_1256.encode(&declared);
    assert_eq!(alignment_of(&bytes, "t").unwrap(), read(FOREIGN_TMX).unwrap());
}

#[test]
fn what_is_no_alignment_is_told_as_what_it_is() {
    let said = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(said(""), "t is empty");
    assert_eq!(said(" \n"), "t holds only white space and invisible characters");
    assert_eq!(
        said("<html><p>x</html>"),
        "t holds no alignment: it is neither JSON nor TMX nor XLIFF"
    );
    assert_eq!(said("plain"), "t holds no alignment: it is neither JSON nor TMX nor XLIFF");
    assert_eq!(said("{}"), "t is not a saved alignment");
    assert_eq!(said("<tmx><body/></tmx>"), "t holds no translation unit");
    assert_eq!(said("<xliff/>"), "t holds no translation unit");
    let french = "<tmx><tu><tuv xml:lang='fr'><seg>x</seg></tuv><tuv xml:lang='ar'><seg>x</seg></tuv></tu></tmx>";
    assert_eq!(said(french), "t has no pair of Arabic and English: it is in fr, ar");
    let unnamed = "<xliff><file><trans-unit id='1'><source>x</source></trans-unit></file></xliff>";
    assert_eq!(said(unnamed), "t has no pair of Arabic and English: it is in no language");
    let blank =
        "<tmx><tu><tuv xml:lang='en'><seg/></tuv><tuv xml:lang='ar'><seg> </seg></tuv></tu></tmx>";
    assert_eq!(said(blank), "t holds no translation unit");
}

#[test]
fn broken_xml_is_told_with_its_place() {
    let said = |text: &str| read(text).unwrap_err().to_string();
    assert_eq!(
        said("<tmx>\n <tu>\n  <seg>x</seg></tu></tmx>"),
        "t, line 3, column 9: `<seg>` stands in no `<tuv>`"
    );
    assert!(said("<tmx>\n<tu></body></tmx>").starts_with("t, line 2, column 5: "));
    assert!(said("<tmx>\n<tu>").starts_with("t, line 2, column 5: the file ends inside `<tu>`"));
    assert!(said("<tmx><tu><tuv>").starts_with("t, line 1, column 10: `<tuv>` names no language"));
    assert!(said("<tmx>\n\u{1b}</tmx>").starts_with("t, line 2, column 1: XML cannot hold"));
    let deep = format!("<tmx>{}", "<tu>".repeat(9999));
    assert!(said(&deep).contains("nested more than 256 deep"));
}

#[test]
fn entities_are_never_expanded() {
    let bomb = "<?xml version='1.0'?>\n<!DOCTYPE tmx [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]>\n<tmx>&b;</tmx>";
    let said = read(bomb).unwrap_err().to_string();
    assert_eq!(
        said,
        "t, line 2, column 1: a document type with declarations inside the file is refused"
    );
    let file = FOREIGN_TMX.replace("Alone", "&secret;");
    assert!(read(&file).unwrap_err().to_string().ends_with("unknown entity `&secret;`"));
}
