//! `Get-EXO…` commands. In Exchange Online's module they ask a web service for few properties at a time; the commands of
//! a session give whole objects, so that the session's own command does the same.

use super::Given;

/// What chooses properties: without effect where objects come whole.
const CHOOSE: [&str; 2] = ["PropertySets", "Properties"];

/// The session's command that does what a `Get-EXO…` command does.
pub(super) fn plain(name: &str) -> Option<String> {
    let start = name.get(..7).filter(|start| start.eq_ignore_ascii_case("Get-EXO"))?;
    let noun = &name[start.len()..];
    (!noun.is_empty()).then(|| format!("Get-{noun}"))
}

/// What is given to a command, without what chooses properties.
pub(super) fn without_properties(given: Vec<Given>) -> Vec<Given> {
    let mut left = Vec::with_capacity(given.len());
    let mut given = given.into_iter().peekable();
    while let Some(next) = given.next() {
        match next {
            Given::Named { name, value, .. } if chooses(&name) => {
                if value.is_none() {
                    given.next_if(|next| matches!(next, Given::Value(_)));
                }
            }
            other => left.push(other),
        }
    }
    left
}

/// Whether a parameter chooses properties; its name may be cut short.
fn chooses(name: &str) -> bool {
    let is = |own: &&str| {
        name.len() > 6 && own.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    };
    CHOOSE.iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::{chooses, plain};

    #[test]
    fn exo_commands_are_those_of_the_session() {
        assert_eq!(plain("get-exomailbox").as_deref(), Some("Get-mailbox"));
        assert_eq!(
            (plain("Get-EXO"), plain("Get-Mailbox"), plain("Set-EXOMailbox"), plain("ä")),
            (None, None, None, None)
        );
        assert!(chooses("propertySets") && chooses("Properties") && chooses("PropertySet"));
        assert!(!chooses("Prop") && !chooses("Identity") && !chooses("PropertiesOf"));
    }
}
