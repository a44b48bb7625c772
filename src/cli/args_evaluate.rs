//! What was typed after `isnad evaluate`.
//!
//! Owns: names, forms and help texts of its arguments.

use std::path::PathBuf;

use clap::Args as Group;

const EXAMPLES: &str = "\
Metrics: bleu, chrf, chrf++, ter · rouge1, rouge2, rougeL, rougeLsum (rouge: all four) · semantic, bertscore, \
semantic-src, comet · numbers, names, length, arabic, failures (kept: all five) · beads, aer (alignments).

Examples:
  isnad evaluate hyp.txt ref.txt --confidence
  isnad evaluate --systems a=a.txt b=b.txt --ref ref.txt --paired-bootstrap
  isnad evaluate hyp.txt ref.txt --segments --worst 20 --source source.txt
  isnad evaluate brief.json --ref-translation ref.txt --ref-summary summary.txt
  isnad evaluate --test-set FOLDER --translator isnad-ar-en
  isnad evaluate out.ladder gold.ladder --metrics beads";

#[derive(Debug, Group)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Evaluate {
    /// Hypotheses and references, a segment a line (- for standard input); or briefs: .json, .jsonl, folders
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Several systems to compare, the first of which is the baseline
    #[arg(long, value_name = "NAME=FILE", num_args = 1.., conflicts_with = "files")]
    pub(crate) systems: Vec<String>,
    /// References; may be given several times
    #[arg(long = "ref", value_name = "FILE")]
    pub(crate) references: Vec<PathBuf>,
    /// What was translated, a segment a line; with a brief, the article itself
    #[arg(long, value_name = "FILE")]
    pub(crate) source: Option<PathBuf>,
    /// The document of each segment, a name a line
    #[arg(long, value_name = "FILE")]
    pub(crate) documents: Option<PathBuf>,
    /// Metrics, with commas between them [default: bleu,chrf]
    #[arg(short, long, value_name = "LIST", value_delimiter = ',')]
    pub(crate) metrics: Vec<String>,

    #[command(flatten)]
    pub(crate) scoring: Scoring,
    #[command(flatten)]
    pub(crate) statistics: Statistics,
    #[command(flatten)]
    pub(crate) report: Report,
    #[command(flatten)]
    pub(crate) brief: BriefReferences,
    #[command(flatten)]
    pub(crate) test_set: TestSet,
}

/// How texts are compared.
#[derive(Debug, Group)]
#[command(next_help_heading = "Scoring")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
pub(crate) struct Scoring {
    /// Tokenizer of BLEU: 13a, intl, char, none, or a sentencepiece .model file such as flores200's
    #[arg(long, value_name = "NAME", default_value = "13a")]
    pub(crate) tokenize: String,
    /// Smoothing of BLEU: exp, none, floor[=VALUE], add-k[=VALUE]
    #[arg(long, value_name = "NAME", default_value = "exp")]
    pub(crate) smooth: String,
    /// Ignore case in BLEU and chrF
    #[arg(long)]
    pub(crate) lowercase: bool,
    /// Count spaces as characters in chrF
    #[arg(long)]
    pub(crate) chrf_whitespace: bool,
    /// Smooth chrF as chrF++.py, Moses and NLTK do
    #[arg(long)]
    pub(crate) chrf_eps: bool,
    /// Mind case in TER
    #[arg(long)]
    pub(crate) ter_case_sensitive: bool,
    /// Tokenise and normalise in TER
    #[arg(long)]
    pub(crate) ter_normalized: bool,
    /// Leave punctuation out of TER
    #[arg(long)]
    pub(crate) ter_no_punct: bool,
    /// Treat East Asian characters specially in TER
    #[arg(long)]
    pub(crate) ter_asian_support: bool,
    /// Stem English words in ROUGE
    #[arg(long)]
    pub(crate) stem: bool,
    /// Tokenizer of ROUGE: rouge-score or unicode [default: unicode where references are not in Latin letters]
    #[arg(long, value_name = "NAME")]
    pub(crate) rouge_tokenizer: Option<String>,
    /// Encoder of semantic and bertscore: a name of the catalog, or a path to its folder
    #[arg(long, value_name = "MODEL")]
    pub(crate) embedder: Option<String>,
    /// COMET estimator: a name of the catalog, or a path to its folder
    #[arg(long, value_name = "MODEL", default_value = "wmt22-comet-da")]
    pub(crate) comet: String,
}

/// How sure the scores are.
#[derive(Debug, Group)]
#[command(next_help_heading = "Statistics")]
pub(crate) struct Statistics {
    /// 95 % intervals from N bootstrap resamples [default: 1000]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "1000")]
    pub(crate) confidence: Option<usize>,
    /// Compare systems with the first by paired bootstrap of N resamples [default: 1000]
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1000",
        conflicts_with = "paired_ar"
    )]
    pub(crate) paired_bootstrap: Option<usize>,
    /// Compare systems with the first by approximate randomization of N trials [default: 10000]
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "10000")]
    pub(crate) paired_ar: Option<usize>,
    /// Seed of the random numbers
    #[arg(long, value_name = "N", default_value_t = isnad::eval::DEFAULT_SEED)]
    pub(crate) seed: u64,
}

/// What is written.
#[derive(Debug, Group)]
#[command(next_help_heading = "Report")]
pub(crate) struct Report {
    /// Scores of all segments as well
    #[arg(long)]
    pub(crate) segments: bool,
    /// Scores of the N worst segments by the first metric, worst first
    #[arg(long, value_name = "N")]
    pub(crate) worst: Option<usize>,
    /// table, json, tsv, latex or html [default: table]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The same as --format json
    #[arg(long, conflicts_with_all = ["format", "tsv"])]
    pub(crate) json: bool,
    /// The same as --format tsv
    #[arg(long, conflicts_with = "format")]
    pub(crate) tsv: bool,
    /// Write a report with all segments as a web page as well
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
    /// Write to a file; the format comes from its extension (.txt, .json, .tsv, .tex, .html)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// What briefs are compared with.
#[derive(Debug, Group)]
#[command(next_help_heading = "Briefs")]
pub(crate) struct BriefReferences {
    /// A translation by people; for several briefs, a folder with one .txt of the same name each
    #[arg(long, value_name = "FILE")]
    pub(crate) ref_translation: Option<PathBuf>,
    /// A summary by people; for several briefs, a folder with one .txt of the same name each
    #[arg(long, value_name = "FILE")]
    pub(crate) ref_summary: Option<PathBuf>,
}

/// A test set to be translated first.
#[derive(Debug, Group)]
#[command(next_help_heading = "Test sets")]
pub(crate) struct TestSet {
    /// Translate the source.txt of a folder and score it against its reference*.txt
    #[arg(
        id = "test_set",
        long = "test-set",
        value_name = "FOLDER",
        conflicts_with_all = ["files", "systems", "references", "source"]
    )]
    pub(crate) folder: Option<PathBuf>,
    /// Translators to compare: names of the catalog, or paths to .gguf files
    #[arg(long = "translator", value_name = "MODEL", value_delimiter = ',', requires = "test_set")]
    pub(crate) translators: Vec<String>,
    /// Folder for the translations and their signatures [default: outputs, in the folder of the test set]
    #[arg(long, value_name = "FOLDER", requires = "test_set")]
    pub(crate) keep: Option<PathBuf>,
}
