//! The ZIP archives that documents come in.
//!
//! Owns: how much is ever unpacked. In: the bytes of a file. Out: the text of its members. Never: what the members mean.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;
use zip::result::ZipError;

use super::ArtifactError;

/// An archive of which at most so many bytes are unpacked, all members together and whatever it says of its sizes.
pub(super) struct Archive<'a> {
    members: ZipArchive<Cursor<&'a [u8]>>,
    name: &'a str,
    kind: &'static str,
    max_bytes: u64,
    left: u64,
}

impl<'a> Archive<'a> {
    /// Opens the archive in `bytes`; `name` and `kind` are for error messages.
    pub(super) fn open(
        bytes: &'a [u8],
        name: &'a str,
        kind: &'static str,
        max_bytes: u64,
    ) -> Result<Self, ArtifactError> {
        let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            ArtifactError::DamagedArchive { name: name.to_owned(), kind, source: error.into() }
        })?;
        Ok(Self { members: archive, name, kind, max_bytes, left: max_bytes })
    }

    /// The text of a member, or nothing if there is no such member.
    pub(super) fn member(&mut self, member: &str) -> Result<Option<String>, ArtifactError> {
        let (name, kind) = (self.name.to_owned(), self.kind);
        let place = format!("{name}, {member}");
        let damaged = |source| ArtifactError::DamagedArchive { name: name.clone(), kind, source };
        let file = match self.members.by_name(member) {
            Ok(file) => file,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(damaged(error.into())),
        };
        let mut bytes = Vec::new();
        let unpacked = file.take(self.left.saturating_add(1)).read_to_end(&mut bytes);
        unpacked.map_err(|error| damaged(error.into()))?;
        let length = bytes.len() as u64;
        if length > self.left {
            return Err(ArtifactError::TooLarge { name: place, max_bytes: self.max_bytes });
        }
        self.left -= length;
        let text = String::from_utf8(bytes).map_err(|error| ArtifactError::InvalidUtf8 {
            name: place,
            at: error.utf8_error().valid_up_to(),
        })?;
        Ok(Some(text.strip_prefix('\u{feff}').map_or(text.clone(), ToOwned::to_owned)))
    }

    /// The text of a member without which the document is none.
    pub(super) fn needed(&mut self, member: &str) -> Result<String, ArtifactError> {
        let missing = ArtifactError::DamagedArchive {
            name: self.name.to_owned(),
            kind: self.kind,
            source: format!("it has no {member}").into(),
        };
        self.member(member)?.ok_or(missing)
    }
}

/// An archive with these members, for tests.
#[cfg(test)]
pub(super) fn packed(members: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;

    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in members {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
