//! The translator behind `--bridge`.
//!
//! Owns: one translator for all documents of a run. In: a text. Out: its sentences in English.

use std::sync::{Mutex, PoisonError};

use isnad::domain::AlignedText;
use isnad::pipeline::{Bridged, TranslateOptions};
use isnad::ports::Translator;
use isnad::store::Store;

use crate::cli::CliError;
use crate::cli::commands::engines::{resolve, translator};
use crate::cli::progress::Bars;
use crate::cli::settings::Layers;

/// A translator that workers share: it uses all threads by itself.
pub(super) struct Bridge {
    translator: Mutex<Box<dyn Translator + Send>>,
    options: TranslateOptions,
    quiet: bool,
}

impl Bridge {
    pub(super) fn load(store: &Store, layers: Layers, quiet: bool) -> Result<Self, CliError> {
        let (settings, model) = resolve(store, layers)?;
        let translator = Mutex::new(translator(&model, &settings)?);
        Ok(Self { translator, options: settings.translate, quiet })
    }

    pub(super) fn of(&self, text: &AlignedText) -> Result<Bridged, CliError> {
        let mut translator = self.translator.lock().unwrap_or_else(PoisonError::into_inner);
        let mut bars = Bars::new(self.quiet);
        Ok(Bridged::new(text, translator.as_mut(), &self.options, &mut bars)?)
    }
}
