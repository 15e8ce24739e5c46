//! The `{placeholders}` of a text.

/// The names of a text's placeholders in their order, each once.
pub(crate) fn placeholders(text: &str) -> Vec<String> {
    let mut names = Vec::<String>::new();
    for (name, _) in text.split('{').skip(1).filter_map(|rest| rest.split_once('}')) {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}
