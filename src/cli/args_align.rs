//! What was typed after `isnad align`.
//!
//! Owns: names, forms and help texts of its arguments.

use std::path::PathBuf;

use clap::{Args as Group, Subcommand};

const EXAMPLES: &str = "\
Examples:
  isnad align source.ar.txt target.en.txt
  isnad align a.txt b.txt -o out.html        (.tsv .json .html .tmx .xlf .ladder by their extension)
  isnad align a.txt b.txt --presplit --min-confidence 0.8 -o out.tmx
  isnad align --dir corpus --pattern '*.ar.txt=*.en.txt' -o aligned --format tsv
  isnad align convert out.json -o out.tmx    (reads .json .tmx .xlf)
  isnad align convert out.ladder --source a.txt --target b.txt -o out.tmx
  isnad align score gold.ladder out.ladder

Exit codes: 0 done · 1 done, but the texts do not translate one another, or a pair of many could not be aligned · \
2 usage or input · 3 model or machine.";

#[derive(Debug, Group)]
#[command(after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub(crate) struct Align {
    #[command(subcommand)]
    pub(crate) command: Option<AlignCommand>,
    /// The first text: plain text, Markdown, HTML or docx (- for standard input)
    #[arg(value_name = "SOURCE", required_unless_present = "dir", requires = "target")]
    pub(crate) source: Option<PathBuf>,
    /// The second text
    #[arg(value_name = "TARGET")]
    pub(crate) target: Option<PathBuf>,
    /// Sentences of both sides in the largest bead, 2 to 10
    #[arg(long, value_name = "N", default_value_t = 6)]
    pub(crate) max_bead: usize,
    /// Mark beads that are less probable as rejected, 0 to 1
    #[arg(long, value_name = "P", default_value_t = 0.0)]
    pub(crate) min_confidence: f64,
    /// The files hold a sentence a line, with an empty line between paragraphs
    #[arg(long)]
    pub(crate) presplit: bool,
    /// Link the words of each bead as well (shown in html, json, tsv; .pharaoh holds nothing else)
    #[arg(long)]
    pub(crate) words: bool,
    /// Swap the files if the English one was given first
    #[arg(long)]
    pub(crate) auto_swap: bool,
    /// Encoding of the files, if it is not recognised (utf-8, windows-1256, …)
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// Sentence encoder: a name of the catalog, or a path to its folder
    #[arg(long, value_name = "MODEL")]
    pub(crate) embedder: Option<String>,
    #[command(flatten)]
    pub(crate) bridging: Bridging,
    #[command(flatten)]
    pub(crate) report: AlignReport,
    #[command(flatten)]
    pub(crate) many: Many,
}

/// A second road through the translator.
#[derive(Debug, Group)]
#[command(next_help_heading = "Bridge")]
pub(crate) struct Bridging {
    /// Translate the Arabic side as well and compare in English, too: much slower, and of use with a good translator only
    #[arg(long)]
    pub(crate) bridge: bool,
    /// Translator of the bridge: a name of the catalog, or a path to a .gguf file
    #[arg(long, value_name = "MODEL", requires = "bridge")]
    pub(crate) translator: Option<String>,
}

/// What is written.
#[derive(Debug, Group)]
#[command(next_help_heading = "Report")]
pub(crate) struct AlignReport {
    /// table, tsv, json, html, tmx, xliff12, xliff21 or ladder [default: table on a terminal, else tsv]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// Write to a file, whose extension says the format; with --dir, to a folder
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Many pairs of files at once.
#[derive(Debug, Group)]
#[command(next_help_heading = "Many documents")]
pub(crate) struct Many {
    /// Align all pairs of files of a folder
    #[arg(long, value_name = "FOLDER", requires = "pattern", requires = "output")]
    pub(crate) dir: Option<PathBuf>,
    /// Names of sources and targets; what * stands for is the same in both
    #[arg(long, value_name = "SOURCE=TARGET", requires = "dir")]
    pub(crate) pattern: Option<String>,
    /// Pairs that are aligned at the same time
    #[arg(short = 'j', long, value_name = "N", default_value_t = 1, requires = "dir")]
    pub(crate) jobs: usize,
}

/// A finished alignment in another format.
#[derive(Debug, Group)]
pub(crate) struct Convert {
    /// An alignment: JSON of isnad, TMX or XLIFF of any tool, or a ladder with its two texts (- for standard input)
    #[arg(value_name = "ALIGNMENT")]
    pub(crate) alignment: PathBuf,
    /// The first text of a ladder
    #[arg(long, value_name = "FILE", requires = "target")]
    pub(crate) source: Option<PathBuf>,
    /// The second text of a ladder
    #[arg(long, value_name = "FILE", requires = "source")]
    pub(crate) target: Option<PathBuf>,
    /// The texts of a ladder hold a sentence a line, with an empty line between paragraphs
    #[arg(long, requires = "source")]
    pub(crate) presplit: bool,
    /// Encoding of the texts of a ladder, if it is not recognised (utf-8, windows-1256, …)
    #[arg(long, value_name = "NAME", requires = "source")]
    pub(crate) encoding: Option<String>,
    /// Mark exactly the beads that are less probable as rejected, 0 to 1 [default: as they are marked]
    #[arg(long, value_name = "P")]
    pub(crate) min_confidence: Option<f64>,
    #[command(flatten)]
    pub(crate) report: AlignReport,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AlignCommand {
    /// Write a finished alignment in another format
    Convert(Convert),
    /// Hold beads against gold: strict and lax precision, recall and F1, also for each kind of bead
    Score {
        /// Beads known to be right: a ladder, `[0, 1]:[0]` a line, an empty line between documents
        gold: PathBuf,
        /// Beads to be judged
        found: PathBuf,
        /// Bootstrap resamples over documents for 95 % intervals
        #[arg(long, value_name = "N", default_value_t = 1000)]
        confidence: usize,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}
