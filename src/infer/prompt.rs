//! What stands around the source in a prompt.
//!
//! Owns: plain templates and the chat templates of GGUF files (Jinja, through minijinja).
//! In: a format. Out: tokens before and behind the source. The source itself is always encoded as data,
//! so nothing an article says can become a control token.

use minijinja::{Environment, context};

use super::engine::Engine;
use super::error::InferError;

/// How a model wants to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PromptFormat {
    /// A template with `{source}` in it; `bos` says whether the begin mark comes first.
    Plain {
        /// The template.
        template: String,
        /// Whether the begin mark comes first.
        bos: bool,
    },
    /// The chat template of the model's file, with one user message: the instruction, then the source.
    Chat {
        /// What the model is told to do.
        instruction: String,
    },
}

/// Stands for the source while a template is rendered; no template contains it.
const PLACE: &str = "\u{e000}source\u{e000}";

/// Tokens before and behind the source.
#[derive(Clone, Debug, Default)]
pub(crate) struct Frame {
    pub(crate) before: Vec<u32>,
    pub(crate) behind: Vec<u32>,
}

impl PromptFormat {
    /// # Errors
    /// [`InferError::Prompt`] if the template has no place for the source or does not render.
    pub(crate) fn frame(&self, engine: &Engine) -> Result<Frame, InferError> {
        let (text, bos) = match self {
            Self::Plain { template, bos } => (template.replace("{source}", PLACE), *bos),
            Self::Chat { instruction } => (chat(engine, instruction)?, engine.adds_bos),
        };
        let Some((before, behind)) = text.split_once(PLACE) else {
            return Err(prompt_error("the template has no place for the source"));
        };
        let encode = |text: &str| engine.tokenizer.encode_with_special(text);
        let mut tokens = encode(before);
        // Some chat templates write the begin mark themselves.
        if let Some(mark) = engine.tokenizer.bos().filter(|_| bos)
            && tokens.first() != Some(&mark)
        {
            tokens.insert(0, mark);
        }
        Ok(Frame { before: tokens, behind: encode(behind) })
    }
}

fn chat(engine: &Engine, instruction: &str) -> Result<String, InferError> {
    let Some(template) = &engine.chat_template else {
        return Err(prompt_error("the model file has no chat template"));
    };
    let mut environment = Environment::new();
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.add_function("raise_exception", |message: String| -> Result<String, _> {
        Err(minijinja::Error::new(minijinja::ErrorKind::InvalidOperation, message))
    });
    let failed = |error: minijinja::Error| InferError::Prompt { source: Box::new(error) };
    environment
        .render_str(
            template,
            context! {
                messages => [context! { role => "user", content => format!("{instruction}{PLACE}") }],
                add_generation_prompt => true,
                // Models that would think aloud first (Qwen 3) answer at once.
                enable_thinking => false,
                bos_token => engine.marks.0.clone(),
                eos_token => engine.marks.1.clone(),
            },
        )
        .map_err(failed)
}

fn prompt_error(message: &str) -> InferError {
    InferError::Prompt { source: message.into() }
}
