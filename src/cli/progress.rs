//! Progress on stderr: a bar on a terminal, nothing elsewhere.

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use isnad::pipeline::{Observer, Stage};

/// Shows the stages of a run.
pub(crate) struct Bars {
    shown: bool,
    bar: ProgressBar,
}

impl Bars {
    /// Bars on stderr, unless quiet; indicatif itself draws on terminals only.
    pub(crate) fn new(quiet: bool) -> Self {
        Self { shown: !quiet, bar: ProgressBar::hidden() }
    }

    fn start(&mut self, what: &str, length: u64, template: &str) {
        if !self.shown {
            return;
        }
        let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("━╸ "));
        }
        bar.set_message(what.to_owned());
        self.bar = bar;
    }

    /// A download of `bytes` begins.
    pub(crate) fn begin_bytes(&mut self, what: &str, bytes: u64) {
        let template = "{msg} {bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}";
        self.start(what, bytes, template);
    }

    /// So many bytes of the download are here.
    pub(crate) fn set(&self, done: u64) {
        self.bar.set_position(done);
    }
}

impl Observer for Bars {
    fn begin(&mut self, stage: Stage, units: usize) {
        let what = match stage {
            Stage::Translate => "translating",
            Stage::Retry => "trying again",
            Stage::Estimate => "estimating",
            Stage::Embed => "comparing",
        };
        self.start(what, units as u64, "{msg:12} {bar:30} {pos}/{len} {eta}");
    }

    fn advance(&mut self) {
        self.bar.inc(1);
    }

    fn end(&mut self) {
        self.bar.finish_and_clear();
    }
}
