//! `isnad align convert`: a finished alignment in, the same in another format out.
//!
//! Owns: whether a file is a ladder, and what of an alignment is marked anew. Reading, joining and writing are the
//! library's.

use isnad::artifact::{Input, read_alignment, read_lines};
use isnad::domain::{Alignment, Language};
use isnad::pipeline::{JoinedLadder, join_ladder, reject_below};
use isnad::render::AlignmentFormat;

use super::{Aligned, check_probability, check_report, format, input, text, told};
use crate::cli::args::Global;
use crate::cli::args_align::Convert;
use crate::cli::settings::{Layers, Settings};
use crate::cli::{CliError, Outcome};

pub(super) fn run(
    asked: &Convert,
    global: &Global,
    mut layers: Layers,
) -> Result<Outcome, CliError> {
    layers.flag("encoding", asked.encoding.as_ref());
    let settings = layers.resolve()?;
    asked.min_confidence.map_or(Ok(()), check_probability)?;
    let read = input(&asked.alignment);
    let mut inputs = vec![read.clone()];
    inputs.extend(asked.source.iter().chain(&asked.target).map(|path| input(path)));
    if inputs.iter().filter(|input| **input == Input::Stdin).count() > 1 {
        return Err(CliError::StdinTwice);
    }
    check_report(&asked.report, &inputs)?;
    let format = format(&asked.report, false)?;
    let mut aligned = match inputs.as_slice() {
        [ladder, source, target] => joined(ladder, [source, target], asked.presplit, &settings)?,
        _ => Aligned { alignment: read_alignment(&read, settings.max_bytes)?, notes: Vec::new() },
    };
    if let Some(min_confidence) = asked.min_confidence {
        aligned.alignment = reject_below(aligned.alignment, min_confidence)?;
    }
    if format == AlignmentFormat::Pharaoh && !has_links(&aligned.alignment) {
        return Err(CliError::NoLinks(read.name()));
    }
    told(&aligned, &asked.report, format, &read, global)
}

fn has_links(alignment: &Alignment) -> bool {
    alignment.beads().iter().any(|bead| bead.words.is_some())
}

/// A ladder and its texts; its numbers say which is which, so the two are never swapped.
fn joined(
    ladder: &Input,
    texts: [&Input; 2],
    presplit: bool,
    settings: &Settings,
) -> Result<Aligned, CliError> {
    let mut notes = Vec::new();
    let mut read = |input: &Input| text(input, presplit, settings, &mut notes);
    let [(mut source, first), (mut target, second)] = [read(texts[0])?, read(texts[1])?];
    (source.language, target.language) = match (first, second) {
        (Some(first), Some(second)) if first == second => return Err(CliError::OneLanguage),
        (Some(Language::English), _) | (_, Some(Language::Arabic)) => {
            (Language::English, Language::Arabic)
        }
        _ => (Language::Arabic, Language::English),
    };
    let rungs = read_lines(ladder, settings.max_bytes)?;
    let refused = |source| CliError::Ladder { name: ladder.name(), source };
    let JoinedLadder { alignment, left_out } =
        join_ladder(&rungs.lines.join("\n"), source, target).map_err(refused)?;
    match left_out {
        0 => {}
        1 => notes.push("note: 1 sentence is in no bead of the ladder; it stands alone".to_owned()),
        _ => notes.push(format!(
            "note: {left_out} sentences are in no bead of the ladder; they stand alone"
        )),
    }
    Ok(Aligned { alignment, notes })
}
