//! Texts of JSON files.
//!
//! Owns: where an object keeps its text, and the names under which it tells of it. In: text. Out: a text for each object.
//! Never: objects deeper than a list.

use serde_json::Value;

use super::super::ArtifactError;
use super::Blocks;
use super::feed::text_or_page;

/// Where a text is looked for unless a field is named.
const TEXT: &str = "text";

/// The texts of a file that is an object or a list of objects.
pub(super) fn texts(
    text: &str,
    name: &str,
    field: Option<&str>,
) -> Result<Vec<Blocks>, ArtifactError> {
    let value: Value = serde_json::from_str(text)
        .map_err(|source| ArtifactError::NotJson { name: name.to_owned(), source })?;
    match value {
        Value::Array(values) => {
            let named = values.iter().enumerate();
            named
                .map(|(at, value)| of(value, &format!("{name}, object {}", at + 1), field))
                .collect()
        }
        value => Ok(vec![of(&value, name, field)?]),
    }
}

/// The texts of a file with an object a line.
pub(super) fn lines(
    text: &str,
    name: &str,
    field: Option<&str>,
) -> Result<Vec<Blocks>, ArtifactError> {
    let numbered = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let line = |(at, line): (usize, &str)| {
        let name = format!("{name}, line {}", at + 1);
        let value: Value = serde_json::from_str(line)
            .map_err(|source| ArtifactError::NotJson { name: name.clone(), source })?;
        of(&value, &name, field)
    };
    numbered.map(line).collect()
}

fn of(value: &Value, name: &str, field: Option<&str>) -> Result<Blocks, ArtifactError> {
    let field = field.unwrap_or(TEXT);
    let Some(text) = at(value, field).and_then(Value::as_str) else {
        let (name, field) = (name.to_owned(), field.to_owned());
        return Err(ArtifactError::NoField { name, field, found: fields(value) });
    };
    let said = |names: &[&str]| {
        let said = names.iter().find_map(|name| value.get(name).and_then(words));
        said.filter(|said| !said.trim().is_empty() && said != text)
    };
    let mut blocks = text_or_page(text);
    blocks.title = said(&["title", "headline"]);
    blocks.metadata.source = said(&["source", "publisher", "agency", "site"]);
    blocks.metadata.byline = said(&["byline", "author", "authors", "creator"]);
    blocks.metadata.date = said(&["date", "datePublished", "published", "published_at", "pubDate"]);
    blocks.metadata.url = said(&["url", "link"]);
    Ok(blocks)
}

/// The value of a field; dots lead into objects, unless the field itself is named so.
fn at<'a>(value: &'a Value, field: &str) -> Option<&'a Value> {
    value.get(field).or_else(|| {
        let (outer, inner) = field.split_once('.')?;
        at(value.get(outer)?, inner)
    })
}

/// A name, or several, or the name of an object.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Array(values) => {
            let names: Vec<String> = values.iter().filter_map(words).collect();
            (!names.is_empty()).then(|| names.join("، "))
        }
        Value::Object(object) => object.get("name").and_then(words),
        _ => None,
    }
}

/// The fields that hold text, one level deep and two.
fn fields(value: &Value) -> Vec<String> {
    let Value::Object(object) = value else { return Vec::new() };
    let mut found = Vec::new();
    for (key, value) in object {
        match value {
            Value::String(_) => found.push(key.clone()),
            Value::Object(inner) => {
                let texts = inner.iter().filter(|(_, value)| value.is_string());
                found.extend(texts.map(|(inner, _)| format!("{key}.{inner}")));
            }
            _ => {}
        }
    }
    found.truncate(20);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_object_is_a_text_with_what_it_tells() {
        let text = r#"[{"title": "خبر", "text": "نص.", "author": [{"name": "سلمى"}, "عمر"], "url": "u"},
                      {"text": "<p>أول</p><p>ثان</p>", "author": 5}]"#;
        let found = texts(text, "t", None).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].title.as_deref(), Some("خبر"));
        assert_eq!(found[0].metadata.byline.as_deref(), Some("سلمى، عمر"));
        assert_eq!(found[1].blocks.len(), 2);
        assert_eq!(found[1].metadata.byline, None);
    }

    #[test]
    fn a_field_may_lie_deeper_and_is_named_where_it_is_missing() {
        let text = "{\"body\": {\"ar\": \"نص.\"}, \"n\": 1}\n\n";
        let found = lines(text, "t", Some("body.ar")).unwrap();
        assert_eq!(found[0].blocks[0].text, "نص.");
        let told = lines(text, "t", None).err();
        let Some(ArtifactError::NoField { name, field, found }) = told else { panic!("{told:?}") };
        assert_eq!(
            (name.as_str(), field.as_str(), found),
            ("t, line 1", "text", vec!["body.ar".to_owned()])
        );
        assert!(matches!(lines("{\n", "t", None).err(), Some(ArtifactError::NotJson { .. })));
        assert!(matches!(texts("[1]", "t", None).err(), Some(ArtifactError::NoField { .. })));
    }
}
