//! Which file of a model plays which role, by its name.
//!
//! Owns: the names that published models give their files, and which of several forms of the weights counts.
//! In: names of files, with `/` between folders. Out: names with their roles.
//! Never: what is in the files, or whether they are there.

/// File names by which roles are recognised.
const ROLES_BY_NAME: [(&str, &str); 22] = [
    ("model.safetensors", WEIGHTS),
    (CHECKPOINT, WEIGHTS),
    (SHARDS, INDEX),
    (CHECKPOINT_SHARDS, INDEX),
    ("source.spm", "source_pieces"),
    ("target.spm", "target_pieces"),
    ("target_vocab.json", "target_vocabulary"),
    ("spiece.model", "sentencepiece"),
    ("tokenizer_config.json", "tokenizer_config"),
    ("special_tokens_map.json", "special_tokens"),
    ("modules.json", "modules"),
    ("config_sentence_transformers.json", "sentence_transformers"),
    ("1_Pooling/config.json", "pooling"),
    ("2_Dense/config.json", "dense_config"),
    ("2_Dense/model.safetensors", "dense"),
    ("2_Dense/pytorch_model.bin", "dense"),
    ("vocab.json", "vocabulary"),
    ("tokenizer.json", "tokenizer"),
    ("config.json", "config"),
    ("sp.model", "sentencepiece"),
    ("sentencepiece.bpe.model", "sentencepiece"),
    ("hparams.yaml", "hparams"),
];

/// The weights in one file.
pub(super) const WEIGHTS: &str = "weights";
/// The list of the files over which weights are spread.
pub(super) const INDEX: &str = "weights_index";
/// Before the name of each such file.
pub(super) const SHARD: &str = "weights:";
/// Weights as `PyTorch` writes them; where the same are there as safetensors, those count.
const CHECKPOINT: &str = "pytorch_model.bin";
const SHARDS: &str = "model.safetensors.index.json";
const CHECKPOINT_SHARDS: &str = "pytorch_model.bin.index.json";
/// Where a COMET model from the hub has its weights, in a format that can run code and is never opened.
pub(super) const COMET_CHECKPOINT: &str = "checkpoints/model.ckpt";
/// Sentencepiece models without an extension: the names under which sacreBLEU keeps what it downloads.
const PIECES_BY_NAME: [&str; 1] = ["flores200sacrebleuspm"];

/// Names of files and the role of each, by name.
pub(super) type Chosen = Vec<(String, String)>;

/// Why no model can be made of some files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NoWeights,
    OnlyComet,
    /// Weights, or sentencepiece models, that could be meant.
    Several(Vec<String>),
    SeveralPieces,
    /// No file of weights fits the pattern; those that there are.
    NoneFits(Vec<String>),
}

/// Nested files whose names are recognised.
pub(super) fn nested() -> impl Iterator<Item = &'static str> {
    let names = ROLES_BY_NAME.iter().map(|(name, _)| *name).filter(|name| name.contains('/'));
    names.chain([COMET_CHECKPOINT])
}

/// The files of `names` that make a model; of its weights those that fit `pattern`.
pub(super) fn choose(mut names: Vec<String>, pattern: Option<&str>) -> Result<Chosen, Refusal> {
    // The order of a listing differs between machines.
    names.sort();
    let mut chosen: Chosen = Vec::new();
    for name in &names {
        let Some(role) = role_of(name) else { continue };
        let is_weights = role == WEIGHTS || role == INDEX;
        // `model.safetensors` of a folder stands before `pytorch_model.bin` in the order of names.
        let taken = chosen.iter().any(|(_, known)| *known == role);
        if !is_weights && (role == "pieces" || !taken) {
            chosen.push((name.clone(), role.to_owned()));
        }
    }
    let weights = weights(&names, pattern)?;
    let pieces = chosen.iter().filter(|(_, role)| role == "pieces").count();
    if weights.is_empty() {
        match pieces {
            1 => {}
            0 if names.iter().any(|name| name == COMET_CHECKPOINT) => {
                return Err(Refusal::OnlyComet);
            }
            0 => return Err(Refusal::NoWeights),
            _ => return Err(Refusal::SeveralPieces),
        }
    } else {
        chosen.retain(|(_, role)| role != "pieces");
    }
    chosen.extend(weights);
    chosen.sort();
    Ok(chosen)
}

/// The weights that count: one file, or a list and the files it may name.
fn weights(names: &[String], pattern: Option<&str>) -> Result<Chosen, Refusal> {
    let of = |role: &'static str| names.iter().filter(move |name| role_of(name) == Some(role));
    let fits = |name: &&String| pattern.is_none_or(|pattern| is_like(pattern, name));
    let mut candidates: Vec<&String> = of(WEIGHTS).filter(fits).collect();
    let lists: Vec<&String> = of(INDEX).filter(fits).collect();
    let all: Vec<String> = of(WEIGHTS).chain(of(INDEX)).cloned().collect();
    if candidates.len() > 1 && candidates.iter().all(|name| !is_gguf(name)) {
        candidates.retain(|name| *name != CHECKPOINT);
    }
    match (candidates.as_slice(), lists.first()) {
        ([one], _) => Ok(vec![((*one).clone(), WEIGHTS.to_owned())]),
        ([], Some(list)) => {
            let (start, end) = if *list == SHARDS {
                ("model-", ".safetensors")
            } else {
                ("pytorch_model-", ".bin")
            };
            let is_shard = |name: &&String| name.starts_with(start) && name.ends_with(end);
            let shards = names.iter().filter(is_shard);
            let mut chosen: Chosen =
                shards.map(|name| (name.clone(), format!("{SHARD}{name}"))).collect();
            chosen.push(((*list).clone(), INDEX.to_owned()));
            Ok(chosen)
        }
        ([], None) if pattern.is_some() => Err(Refusal::NoneFits(all)),
        ([], None) => Ok(Vec::new()),
        _ => Err(Refusal::Several(candidates.into_iter().cloned().collect())),
    }
}

fn role_of(name: &str) -> Option<&'static str> {
    let by_name = ROLES_BY_NAME.iter().find(|(known, _)| *known == name);
    match by_name {
        Some((_, role)) => Some(role),
        // Weights that look at pictures lie beside those that read.
        None if is_gguf(name) && !name.starts_with("mmproj") => Some(WEIGHTS),
        None if is_pieces(name) && !name.contains('/') => Some("pieces"),
        None => None,
    }
}

/// Whether a file of this name is GGUF.
pub(super) fn is_gguf(name: &str) -> bool {
    has_extension(name, "gguf")
}

/// Whether a file of this name is a sentencepiece model.
pub(super) fn is_pieces(name: &str) -> bool {
    has_extension(name, "model") || PIECES_BY_NAME.contains(&name)
}

fn has_extension(name: &str, wanted: &str) -> bool {
    name.rsplit_once('.').is_some_and(|(_, extension)| extension.eq_ignore_ascii_case(wanted))
}

/// Whether `name` is like `pattern`, in which `*` stands for any characters and `?` for one; cases do not count.
pub(super) fn is_like(pattern: &str, name: &str) -> bool {
    let (pattern, name) = (pattern.to_lowercase(), name.to_lowercase());
    let (pattern, name): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), name.chars().collect());
    // How far the last star reaches so far: where it stands, and the first character behind it.
    let (mut at, mut from, mut star) = (0, 0, None);
    while at < name.len() {
        match pattern.get(from) {
            Some('*') => {
                star = Some((from, at));
                from += 1;
            }
            Some(letter) if *letter == '?' || *letter == name[at] => {
                (at, from) = (at + 1, from + 1);
            }
            _ => {
                let Some((place, reached)) = star else { return false };
                star = Some((place, reached + 1));
                (at, from) = (reached + 1, place + 1);
            }
        }
    }
    pattern.iter().skip(from).all(|letter| *letter == '*')
}

#[cfg(test)]
mod tests {
    use super::{INDEX, Refusal, WEIGHTS, choose, is_like};

    fn chosen(names: &[&str], pattern: Option<&str>) -> Result<Vec<(String, String)>, Refusal> {
        choose(names.iter().map(|name| (*name).to_owned()).collect(), pattern)
    }

    #[test]
    fn a_pattern_picks_one_of_several_weights_and_leaves_the_rest_of_the_model() {
        let names = ["m-q4_k_m.gguf", "m-Q8_0.gguf", "mmproj-f16.gguf", "config.json", "README.md"];
        let found = chosen(&names, Some("*q8_0*")).unwrap_or_default();
        let expected = [("config.json", "config"), ("m-Q8_0.gguf", WEIGHTS)];
        assert_eq!(found, expected.map(|(name, role)| (name.to_owned(), role.to_owned())));
        assert!(matches!(chosen(&names, None), Err(Refusal::Several(all)) if all.len() == 2));
        assert!(
            matches!(chosen(&names, Some("*q2*")), Err(Refusal::NoneFits(all)) if all.len() == 2)
        );
        assert_eq!(chosen(&["README.md"], None), Err(Refusal::NoWeights));
    }

    #[test]
    fn safetensors_count_before_pickles_and_pieces_only_without_weights() {
        let names = ["pytorch_model.bin", "model.safetensors", "source.spm", "odd.model"];
        let found = chosen(&names, None).unwrap_or_default();
        let names: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["model.safetensors", "source.spm"]);
        assert_eq!(chosen(&["odd.model"], None).unwrap_or_default()[0].1, "pieces");
        assert_eq!(chosen(&["a.model", "b.model"], None), Err(Refusal::SeveralPieces));
    }

    #[test]
    fn weights_in_several_files_come_with_their_list() {
        let names = [
            "model-00001-of-00002.safetensors",
            "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
            "pytorch_model-00001-of-00001.bin",
            "config.json",
        ];
        let found = chosen(&names, None).unwrap_or_default();
        let roles: Vec<&str> = found.iter().map(|(_, role)| role.as_str()).collect();
        let shard = |number| format!("weights:model-0000{number}-of-00002.safetensors");
        assert_eq!(roles, ["config", &shard(1), &shard(2), INDEX]);
    }

    #[test]
    fn stars_stand_for_any_characters_and_cases_do_not_count() {
        for (pattern, name, expected) in [
            ("*q4_k_m.gguf", "Qwen2.5-3B-Instruct-Q4_K_M.gguf", true),
            ("*q4_k_m.gguf", "a-q4_k_m.gguf.part", false),
            ("a*b*c", "axxbyybzc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("", "", true),
            ("*", "", true),
            ("abc", "ab", false),
        ] {
            assert_eq!(is_like(pattern, name), expected, "{pattern} {name}");
        }
    }
}
