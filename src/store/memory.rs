//! How much memory this machine has free, and how much this process has used.
//!
//! Owns: where Linux tells it. In: nothing. Out: bytes, or nothing on systems that do not tell.
//! Never: what a model needs.

/// Bytes that can be asked for without anything being moved to disk.
#[must_use]
pub fn available() -> Option<u64> {
    field(&std::fs::read_to_string("/proc/meminfo").ok()?, "MemAvailable:")
}

/// The most bytes this process has held at once.
#[must_use]
pub fn peak() -> Option<u64> {
    field(&std::fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

/// A number of kibibytes behind its name, in bytes.
fn field(text: &str, name: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: u64 = rest.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn a_field_is_read_in_bytes_and_what_is_none_is_nothing() {
        let text = "MemTotal:       24 kB\nMemAvailable:   12 kB\nOdd: 5\n";
        assert_eq!(field(text, "MemAvailable:"), Some(12 * 1024));
        assert_eq!((field(text, "Odd:"), field(text, "None:")), (None, None));
    }
}
