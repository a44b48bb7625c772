//! What was typed.
//!
//! Owns: names, forms and help texts of arguments. A value that was not typed is absent here; defaults
//! are the business of `settings`.

use std::path::PathBuf;

use clap::{Args as Group, Parser, Subcommand};

use super::args_align::Align;
use super::args_evaluate::Evaluate;
use super::args_models::Models;

/// Translate an Arabic article on this machine, summarize it in English, and name the Arabic sentence
/// behind every claim.
#[derive(Debug, Parser)]
#[command(name = "isnad", version, max_term_width = 100, arg_required_else_help = true)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done · 1 done, but a translation failed or a claim is unsupported (see the report) · \
2 usage, configuration or input · 3 model or machine.";

#[derive(Debug, Group)]
pub(crate) struct Global {
    /// Say nothing but the result and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more on stderr about what is done
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub(crate) verbose: bool,
    /// quick: a file of a pulled model is known by its length and time of change; full: every file is read and its checksum
    /// computed [default: quick]
    #[arg(long, global = true, value_name = "HOW")]
    pub(crate) verify: Option<String>,
    /// Threads to use [default: all cores]
    #[arg(long, global = true, value_name = "N")]
    pub(crate) threads: Option<String>,
    /// Configuration file [default: isnad/config.toml in the user's configuration folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Translate and summarize an article; every claim names its Arabic sentence
    Brief(Brief),
    /// Summarize an article; every sentence names the paragraphs it rests on
    Summarize(Summarize),
    /// Hold a summary that somebody else wrote against its article, claim by claim
    Check(Box<Check>),
    /// Translate an article
    Translate(Translate),
    /// Align the sentences of an Arabic text with those of its English translation
    Align(Box<Align>),
    /// Score outputs against references: BLEU, chrF, TER, ROUGE and more, with significance
    Evaluate(Box<Evaluate>),
    /// List, fetch, check and remove models
    Models {
        #[command(subcommand)]
        command: Models,
    },
    /// Check this machine: threads, folders, models, and a probe translation
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Show the settings in force and where each comes from
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What article to read, and how.
#[derive(Debug, Group)]
pub(crate) struct Reading {
    /// The articles: files (text, Markdown, HTML, docx, epub, pdf, RSS or Atom, JSON), folders, patterns such as '*.html',
    /// or - for standard input
    #[arg(value_name = "ARTICLE", required = true)]
    pub(crate) inputs: Vec<PathBuf>,
    /// Format of the articles, if it is not recognised: text, lines, markdown, html, docx, epub, pdf, feed, json or jsonl
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<String>,
    /// Field of JSON objects that holds the text; dots lead into objects [default: text]
    #[arg(long, value_name = "FIELD")]
    pub(crate) text_field: Option<String>,
    /// Encoding of the article, if it is not recognised (utf-8, windows-1256, utf-16le, …)
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// Go on even if the text does not look Arabic
    #[arg(long)]
    pub(crate) force: bool,
    /// End segments at ؛ and ; too
    #[arg(long)]
    pub(crate) split_at_semicolon: bool,
}

/// How to translate.
#[derive(Debug, Group)]
pub(crate) struct Translating {
    /// Translator: a name of the catalog, hf:OWNER/NAME[@REVISION][:PATTERN] of a pulled model, or a path to a .gguf file or to
    /// the folder of a Marian, NLLB, M2M-100 or T5 model
    #[arg(long, value_name = "MODEL")]
    pub(crate) translator: Option<String>,
    /// Hypotheses kept alive in search; 1 is greedy [default: as the catalog says]
    #[arg(long, value_name = "N")]
    pub(crate) beam: Option<String>,
    /// Segments decoded together [default: as the catalog says]
    #[arg(long, value_name = "N")]
    pub(crate) batch: Option<String>,
    /// Tries for a segment whose translation fails a check [default: 3]
    #[arg(long, value_name = "N")]
    pub(crate) attempts: Option<String>,
    /// Terms and their translations, a line each: Arabic, a tab, English. Where a sentence has the Arabic, its translation
    /// must contain the English
    #[arg(long, value_name = "FILE.tsv")]
    pub(crate) glossary: Option<PathBuf>,
    /// A word that no translation may contain, nor a word that begins with it; may be given several times
    #[arg(long, value_name = "WORD")]
    pub(crate) forbid: Vec<String>,
    /// How the weights of a checkpoint are kept: float32, or int8 for a quarter of the memory [default: float32]
    #[arg(long, value_name = "FORM")]
    pub(crate) weights: Option<String>,
    /// Translate text of the web page (comment forms, menus, …) as well
    #[arg(long)]
    pub(crate) keep_boilerplate: bool,
}

#[derive(Debug, Group)]
pub(crate) struct Brief {
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Write to a file, or for several articles to a folder with a file for each; the format comes from its extension (.md,
    /// .html, .json, .txt, .docx, .pdf)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// markdown, html, json, text, docx or pdf [default: columns on a terminal, else markdown]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// One column of plain text; the same as --format text
    #[arg(long, conflicts_with_all = ["format", "json"])]
    pub(crate) plain: bool,
    #[command(flatten)]
    pub(crate) summarizing: Summarizing,
    #[command(flatten)]
    pub(crate) translating: Translating,
}

/// How to summarize.
#[derive(Debug, Group)]
pub(crate) struct Summarizing {
    /// Sentences in the summary, at most [default: 4]
    #[arg(long, value_name = "N", conflicts_with = "words")]
    pub(crate) sentences: Option<String>,
    /// Words in the summary, at most
    #[arg(long, value_name = "N")]
    pub(crate) words: Option<String>,
    /// extractive (sentences of the translation), compress (the same, shortened), or abstractive[:MODEL] (a model writes); the
    /// name or hf:… of a model alone means abstractive, too
    /// [default: extractive]
    #[arg(long, value_name = "KIND")]
    pub(crate) summarizer: Option<String>,
    /// Take out of the summary what is not verified, and say so
    #[arg(long)]
    pub(crate) strict: bool,
    /// Sentence encoder: a name of the catalog, hf:OWNER/NAME of a pulled model, or a path to its folder
    #[arg(long, value_name = "MODEL")]
    pub(crate) embedder: Option<String>,
    /// Entailment model that reads each claim against its evidence: a name of the catalog, or a path to the folder of an XLM-R or
    /// BERT classifier such as xlm-roberta-large-xnli [default: none, likeness alone]
    #[arg(long, value_name = "MODEL")]
    pub(crate) nli: Option<String>,
}

/// Print the summary alone, each sentence with the paragraphs it rests on.
#[derive(Debug, Group)]
pub(crate) struct Summarize {
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Write to a file, or for several articles to a folder with a file for each
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The headline in English above it
    #[arg(long)]
    pub(crate) headline: bool,
    /// A list with a sentence a line
    #[arg(long)]
    pub(crate) bullets: bool,
    /// Print the whole brief as JSON
    #[arg(long, conflicts_with_all = ["headline", "bullets"])]
    pub(crate) json: bool,
    #[command(flatten)]
    pub(crate) summarizing: Summarizing,
    #[command(flatten)]
    pub(crate) translating: Translating,
}

/// Hold somebody else's summary against an article.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[derive(Debug, Group)]
pub(crate) struct Check {
    /// The summary, a text file in English or Arabic; or a brief that isnad saved as JSON
    #[arg(value_name = "SUMMARY")]
    pub(crate) summary: PathBuf,
    /// The article, a file of any kind that brief reads, or - for standard input; not needed with --bitext or a saved brief
    #[arg(value_name = "ARTICLE")]
    pub(crate) article: Option<PathBuf>,
    /// The article with a translation by people: Arabic TAB English a line, an empty line between paragraphs
    #[arg(long, value_name = "FILE")]
    pub(crate) bitext: Option<PathBuf>,
    /// Each line of the summary is a claim
    #[arg(long)]
    pub(crate) claims: bool,
    /// Write to a file; the format comes from its extension (.md, .html, .json, .txt, .docx, .pdf)
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// markdown, html, json, text, docx or pdf [default: columns on a terminal, else markdown]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// The same as --format json
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,
    /// One column of plain text; the same as --format text
    #[arg(long, conflicts_with_all = ["format", "json"])]
    pub(crate) plain: bool,
    /// Encoding of the article, if it is not recognised (utf-8, windows-1256, utf-16le, …)
    #[arg(long, value_name = "NAME")]
    pub(crate) encoding: Option<String>,
    /// Format of the article, if it is not recognised: text, markdown, html, docx, epub, pdf, feed, json or jsonl
    #[arg(long, value_name = "FORMAT")]
    pub(crate) from: Option<String>,
    /// Field of a JSON object that holds the text [default: text]
    #[arg(long, value_name = "FIELD")]
    pub(crate) text_field: Option<String>,
    /// Go on even if the article does not look Arabic
    #[arg(long)]
    pub(crate) force: bool,
    /// Sentence encoder: a name of the catalog, hf:OWNER/NAME of a pulled model, or a path to its folder
    #[arg(long, value_name = "MODEL")]
    pub(crate) embedder: Option<String>,
    /// Entailment model that reads each claim against its evidence: a name of the catalog, or a path to the folder of an XLM-R or
    /// BERT classifier such as xlm-roberta-large-xnli [default: none, likeness alone]
    #[arg(long, value_name = "MODEL")]
    pub(crate) nli: Option<String>,
    #[command(flatten)]
    pub(crate) translating: Translating,
}

#[derive(Debug, Group)]
pub(crate) struct Translate {
    #[command(flatten)]
    pub(crate) reading: Reading,
    /// Write to a file, or for several articles to a folder with a file for each
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// English and Arabic side by side
    #[arg(long, conflicts_with = "json")]
    pub(crate) bitext: bool,
    /// text, markdown, html or json [default: the extension of -o, else text]; markdown and html keep headings and lists
    #[arg(long, value_name = "FORMAT", conflicts_with_all = ["json", "bitext"])]
    pub(crate) format: Option<String>,
    /// Print JSON, one object a segment with scores and reasons
    #[arg(long)]
    pub(crate) json: bool,
    /// The N best translations of each segment with their scores, as the search left them: unchecked, never tried again
    #[arg(long, value_name = "N", conflicts_with = "bitext")]
    pub(crate) n_best: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub(crate) translating: Translating,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Print every setting with its value and origin
    Show {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Print where the configuration file is looked for
    Path,
}
