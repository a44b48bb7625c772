//! What all pages look like, and the hashes that let a browser accept a style sheet or script and nothing else.
//!
//! Owns: the common sheet, and the Content-Security-Policy source of a sheet or script.
//! In: a sheet or script. Out: it with line feeds only, and `sha256-…` of it. Never: markup.

use sha2::{Digest, Sha256};

/// The sheet that all pages share.
pub(super) fn sheet() -> String {
    unix_lines(include_str!("base.css"))
}

/// The common sheet, then a page's own.
pub(super) fn with_base(own: &str) -> String {
    sheet() + &unix_lines(own)
}

/// `text` with line feeds only: a browser hashes a sheet or script after turning CR LF into LF.
pub(super) fn unix_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The policy source that admits exactly `text`.
pub(super) fn policy_source(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// RFC 4648 base64 with padding; 32 bytes do not justify a dependency.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for position in 0..4 {
            let sextet = (group >> (18 - 6 * position)) & 63;
            let letter = ALPHABET.get(sextet as usize).copied().unwrap_or(b'=');
            text.push(if position <= chunk.len() { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
#[expect(clippy::expect_used, reason = "a test may stop at the first surprise")]
mod tests {
    use super::*;

    /// Witness: the test vectors of RFC 4648, section 10.
    #[test]
    fn base64_matches_the_standard() {
        for (bytes, expected) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), expected);
        }
    }

    /// Witness: `printf abc | openssl dgst -sha256 -binary | base64`.
    #[test]
    fn the_policy_source_is_the_hash_of_the_sheet() {
        assert_eq!(policy_source("abc"), "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
    }

    /// WCAG 2.2: relative luminance and contrast; AA asks 4.5 for text.
    #[test]
    fn every_text_colour_has_aa_contrast_on_its_background() {
        let sheet = sheet();
        let (light, dark) = sheet.split_once("prefers-color-scheme: dark").expect("two themes");
        for (theme, css) in [("light", light), ("dark", dark)] {
            let colour = |name: &str| luminance(css, name);
            for (text, grounds) in [
                ("ink", vec!["page", "card", "target"]),
                ("muted", vec!["page", "card", "target"]),
                ("link", vec!["page", "card", "target"]),
                ("ok-ink", vec!["ok"]),
                ("warn-ink", vec!["warn", "card", "page"]),
                ("bad-ink", vec!["bad", "card", "page"]),
            ] {
                for ground in grounds {
                    let (a, b) = (colour(text), colour(ground));
                    let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
                    assert!(contrast >= 4.5, "{theme}: {text} on {ground} is {contrast:.2}");
                }
            }
        }
    }

    /// The words of a brief stay readable where they are lit, and its strip can be told from the page (3, as AA asks of
    /// graphics).
    #[test]
    fn what_is_lit_on_the_page_of_a_brief_has_aa_contrast() {
        let own = unix_lines(include_str!("brief/page.css"));
        let base = sheet();
        let split = |css: &str| {
            let (light, dark) = css.split_once("prefers-color-scheme: dark").expect("two themes");
            (light.to_owned(), dark.to_owned())
        };
        let ((light, dark), (own_light, own_dark)) = (split(&base), split(&own));
        for (css, own) in [(light, own_light), (dark, own_dark)] {
            let contrast = |a: f64, b: f64| (a.max(b) + 0.05) / (a.min(b) + 0.05);
            for (text, ground) in [
                ("ink", "lit"),
                ("ink", "word"),
                ("muted", "lit"),
                ("link", "lit"),
                ("bad-ink", "lit"),
            ] {
                let contrast = contrast(luminance(&css, text), luminance(&own, ground));
                assert!(contrast >= 4.5, "{text} on {ground} is {contrast:.2}");
            }
            let strip = contrast(luminance(&own, "used"), luminance(&css, "page"));
            assert!(strip >= 3.0, "used on page is {strip:.2}");
        }
    }

    fn luminance(css: &str, name: &str) -> f64 {
        let (_, rest) = css.split_once(&format!("--{name}: #")).expect(name);
        let hex: String = rest.chars().take(6).collect();
        let value = u32::from_str_radix(&hex, 16).expect(name);
        let part = |shift: u32| {
            let c = f64::from((value >> shift) & 255) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)
    }
}
