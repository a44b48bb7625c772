//! A set of byte strings that finds every member that begins a text.
//!
//! Owns: the layout. The children of a node lie side by side, in byte order.
//! In: strings with a number each. Out: (length, number) of those that begin a text, shortest first.
//! Never: scores.

/// No number ends at this node.
const NOTHING: u32 = u32::MAX;

/// A trie built once from sorted strings, level by level; 9 bytes a node.
pub(super) struct Trie {
    /// The byte that leads to each node.
    labels: Vec<u8>,
    numbers: Vec<u32>,
    /// Where the children of node `n` begin; they end where those of `n + 1` begin.
    children: Vec<u32>,
    /// The child of the root by its byte, as the root is by far the widest node.
    root: Vec<Option<u32>>,
}

impl Trie {
    /// Of two equal strings the later counts.
    pub(super) fn new<'t>(strings: impl Iterator<Item = (&'t str, u32)>) -> Self {
        let mut sorted: Vec<(&[u8], u32)> =
            strings.map(|(text, number)| (text.as_bytes(), number)).collect();
        sorted.sort_unstable();
        let mut trie = Self {
            labels: vec![0],
            numbers: vec![NOTHING],
            children: Vec::new(),
            root: vec![None; 256],
        };
        // The strings below each node, in the order of the nodes.
        let mut level = vec![sorted.as_slice()];
        let mut depth = 0;
        let mut next_child = 1_u32;
        while !level.is_empty() {
            let mut below = Vec::new();
            for mut strings in level {
                while let Some((&(text, number), rest)) = strings.split_first()
                    && text.len() == depth
                {
                    let node = trie.children.len();
                    trie.numbers[node] = number;
                    strings = rest;
                }
                trie.children.push(next_child);
                for child in strings.chunk_by(|(a, _), (b, _)| a[depth] == b[depth]) {
                    trie.labels.push(child[0].0[depth]);
                    trie.numbers.push(NOTHING);
                    below.push(child);
                    next_child += 1;
                }
            }
            level = below;
            depth += 1;
        }
        trie.children.push(next_child);
        for child in 1..trie.children[1] {
            trie.root[usize::from(trie.labels[child as usize])] = Some(child);
        }
        trie
    }

    /// Calls `found(length in bytes, number)` for each string that begins `text`, the shortest first.
    pub(super) fn prefixes(&self, text: &[u8], mut found: impl FnMut(usize, u32)) {
        let Some((first, rest)) = text.split_first() else { return };
        let mut child = self.root[usize::from(*first)].map(|node| node as usize);
        let mut rest = rest.iter();
        let mut length = 0;
        while let Some(node) = child {
            length += 1;
            if self.numbers[node] != NOTHING {
                found(length, self.numbers[node]);
            }
            let Some(byte) = rest.next() else { return };
            let (from, to) = (self.children[node] as usize, self.children[node + 1] as usize);
            let labels = &self.labels[from..to];
            child = labels.binary_search(byte).ok().map(|at| from + at);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(strings: &[&str], text: &str) -> Vec<(usize, u32)> {
        let trie = Trie::new(strings.iter().copied().zip(0..));
        let mut all = Vec::new();
        trie.prefixes(text.as_bytes(), |length, number| all.push((length, number)));
        all
    }

    #[test]
    fn every_string_that_begins_the_text_is_found_shortest_first() {
        let strings = ["كتاب", "ك", "abc", "كت", "b", "كتب"];
        assert_eq!(found(&strings, "كتاب جديد"), [(2, 1), (4, 3), (8, 0)]);
        assert_eq!(found(&strings, "ab"), []);
        assert_eq!(found(&strings, ""), []);
    }

    #[test]
    fn a_trie_of_nothing_finds_nothing() {
        assert_eq!(found(&[], "a"), []);
    }
}
