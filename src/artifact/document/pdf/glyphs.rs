//! The glyphs of a document and where they stand.
//!
//! Owns: positions and sizes. In: calls of the reader. Out: glyphs by page. Never: lines.

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

/// More glyphs than a book of two thousand pages has are not kept.
const MOST_GLYPHS: usize = 8_000_000;

/// One glyph.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Glyph {
    /// Left edge, in points.
    pub(super) x: f64,
    /// Base line, in points from the bottom of the page.
    pub(super) y: f64,
    pub(super) width: f64,
    /// Size of its font.
    pub(super) size: f64,
    /// The characters it stands for, in the order of reading.
    pub(super) text: String,
}

impl Glyph {
    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }
}

/// All glyphs, page by page.
#[derive(Default)]
pub(super) struct Glyphs {
    pub(super) pages: Vec<Vec<Glyph>>,
    count: usize,
}

impl OutputDev for Glyphs {
    fn begin_page(
        &mut self,
        _: u32,
        _: &MediaBox,
        _: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        self.pages.push(Vec::new());
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        at: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        text: &str,
    ) -> Result<(), OutputError> {
        let scale = (at.m11 * at.m22 - at.m12 * at.m21).abs().sqrt();
        let across = at.m11.hypot(at.m12);
        let (size, width) = (font_size.abs() * scale, width * font_size.abs() * across);
        let is_place = [at.m31, at.m32, size, width].iter().all(|value| value.is_finite());
        self.count += 1;
        if let Some(page) = self.pages.last_mut()
            && is_place
            && size > 0.1
            && self.count <= MOST_GLYPHS
            && !text.is_empty()
        {
            let text: String = text.chars().filter(|c| !c.is_control()).collect();
            page.push(Glyph { x: at.m31, y: at.m32, width: width.max(0.0), size, text });
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
