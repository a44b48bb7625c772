//! Beads as a ladder notes them: numbers of sentences, without their texts.
//!
//! Owns: the notation `[0, 1]:[0]:0.25`. In: lines. Out: rungs, a list a document. Never: whether those sentences exist.
//! Source: `read_alignments` of thompsonb/vecalign. Different: an empty line ends a document.

/// A line that is not in the notation it should be in.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct NotationError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub problem: &'static str,
}

/// One line of a ladder.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// The line, from 1.
    pub line: usize,
    /// Numbers of source sentences, from 0, in the order of the line.
    pub source: Vec<usize>,
    /// Numbers of target sentences, from 0, in the order of the line.
    pub target: Vec<usize>,
    /// What stands behind the second colon, a finite number, if there is one.
    pub cost: Option<f64>,
}

/// Reads a ladder: a line `[0, 1]:[0]` a bead, with a cost behind a second colon or without; an empty line ends a
/// document.
///
/// # Errors
/// [`NotationError`] names the first line that is none.
pub fn read_rungs(text: &str) -> Result<Vec<Vec<Rung>>, NotationError> {
    let mut documents = vec![Vec::new()];
    for (index, written) in text.lines().enumerate() {
        if written.trim().is_empty() {
            documents.push(Vec::new());
            continue;
        }
        let line = index + 1;
        let rung = rung(written, line).map_err(|problem| NotationError { line, problem })?;
        if let Some(document) = documents.last_mut() {
            document.push(rung);
        }
    }
    documents.retain(|document| !document.is_empty());
    Ok(documents)
}

fn rung(written: &str, line: usize) -> Result<Rung, &'static str> {
    let mut parts = written.splitn(3, ':');
    let (Some(source), Some(target)) = (parts.next(), parts.next()) else {
        return Err("a bead is written `[0, 1]:[0]`");
    };
    let (Some(source), Some(target)) = (sentence_numbers(source), sentence_numbers(target)) else {
        return Err("sentences are numbers from 0 in brackets, with commas between them");
    };
    let cost = match parts.next().map(str::trim).filter(|cost| !cost.is_empty()) {
        Some(cost) => {
            let cost = cost.parse().ok().filter(|cost: &f64| cost.is_finite());
            Some(cost.ok_or("what stands behind the second colon is a number")?)
        }
        None => None,
    };
    Ok(Rung { line, source, target, cost })
}

fn sentence_numbers(text: &str) -> Option<Vec<usize>> {
    let inside = text.trim().strip_prefix('[')?.strip_suffix(']')?.trim();
    if inside.is_empty() {
        return Some(Vec::new());
    }
    inside.split(',').map(|number| number.trim().parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rung_has_its_line_its_sentences_and_its_cost() {
        let documents = read_rungs("[0, 1]:[0]:0.25\n\n[]:[ 0 ]\n").unwrap();
        let rung = |line, source: &[usize], target: &[usize], cost| Rung {
            line,
            source: source.to_vec(),
            target: target.to_vec(),
            cost,
        };
        let expected = [[rung(1, &[0, 1], &[0], Some(0.25))], [rung(3, &[], &[0], None)]];
        assert_eq!(documents, expected);
    }

    #[test]
    fn a_line_of_another_kind_is_told_by_its_number() {
        for wrong in
            ["0 0 0.3", "[0]", "[0]:0", "[-1]:[0]", "[0]:[0]:near", "[0]:[0]:NaN", "[0;1]:[0]"]
        {
            assert_eq!(read_rungs(&format!("[0]:[0]\n{wrong}")).unwrap_err().line, 2, "{wrong}");
        }
    }
}
