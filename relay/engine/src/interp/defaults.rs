//! `$PSDefaultParameterValues`, and asking for what has to be given and was not.

use postern_shared::value::PsStr;

use super::{
    Args, Engine, Flow,
    bind::COMMON,
    signature::{Param, Signature},
};
use crate::{
    code::known_names as known,
    ops::pattern::Wildcard,
    value::{Hash, Type, Value},
};

impl Engine {
    /// Names of parameters and values that the session has for a command, in the order of the table. Names may have
    /// wildcards.
    fn defaults_of(&mut self, command: &str) -> Flow<Vec<(PsStr, Value)>> {
        let table = match self.scope.find(known::DEFAULTS) {
            Some(Value::Hash(table)) if !table.is_empty() && !command.is_empty() => table,
            _ => return Ok(Vec::new()),
        };
        if is_off(&table) {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for (key, value) in table.entries() {
            self.step()?;
            let key = key.text();
            let Some((of, name)) = key.split_once(':') else { continue };
            if !Wildcard::new(of.trim(), false).matches(command) {
                continue;
            }
            // A script block says the value anew at each call.
            let value = match value.base() {
                Value::Block(block) => self.call_block(block, None, Vec::new())?,
                _ => value,
            };
            found.push((PsStr::from(name.trim()), value));
        }
        Ok(found)
    }

    /// Common parameters that the session has a value for; what a call gives comes later and counts more.
    pub(crate) fn bind_common_defaults(&mut self, args: &mut Args, command: &str) -> Flow<()> {
        for (name, value) in self.defaults_of(command)? {
            if let Some((own, _)) = COMMON.iter().find(|(own, _)| own.eq_ignore_ascii_case(&name)) {
                self.bind_common(&mut args.common, own, &value, command)?;
            }
        }
        Ok(())
    }

    /// Parameters that the call left out and the session has a value for.
    pub(crate) fn bind_defaults(
        &mut self,
        signature: &Signature,
        args: &mut Args,
        command: &str,
        expects_input: bool,
    ) -> Flow<()> {
        for (name, value) in self.defaults_of(command)? {
            let pattern = Wildcard::new(&name, false);
            for (at, param) in signature.params.iter().enumerate() {
                let is_meant = param.is_named(&name) || pattern.matches(&param.name);
                let is_open = args.values[at].is_none() && args.sets & param.mask != 0;
                if is_meant && is_open {
                    self.bind_one(signature, args, at, value.clone(), command, expects_input)?;
                    args.sets &= param.mask;
                }
            }
        }
        Ok(())
    }

    /// The same for a remote command: names and values that the call does not give. `given` says whether it gives one.
    pub(crate) fn remote_defaults(
        &mut self,
        command: &str,
        given: impl Fn(&str) -> bool,
    ) -> Flow<Vec<(PsStr, Value)>> {
        let defaults = self.defaults_of(command)?;
        if defaults.is_empty() {
            return Ok(Vec::new());
        }
        let known = self.remote.parameters(command);
        let mut found = Vec::new();
        for (name, value) in defaults {
            let pattern = Wildcard::new(&name, false);
            let meant = known.iter().filter(|parameter| {
                pattern.matches(&parameter.name)
                    || parameter.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(&name))
            });
            found.extend(
                meant
                    .filter(|parameter| !given(&parameter.name))
                    .map(|parameter| (parameter.name.clone(), value.clone())),
            );
        }
        Ok(found)
    }

    /// Asks the person for a parameter that has to be given; nothing if nobody can be asked.
    pub(crate) fn ask_parameter(&mut self, param: &Param) -> Option<Value> {
        let is_list = matches!(param.ty(), Type::ArrayOf(_));
        let secret = param.ty() == Type::SecureString;
        if !is_list {
            return self.ask_line(&format!("{}: ", param.name), secret).map(Value::Str);
        }
        // Items one after the other, as PowerShell asks for them; an empty one ends the list.
        let mut items = Vec::new();
        loop {
            let line = self.ask_line(&format!("{}[{}]: ", param.name, items.len()), false)?;
            if line.is_empty() || items.len() >= MOST_ITEMS {
                return Some(Value::array(items));
            }
            items.push(Value::Str(line));
        }
    }

    /// Asks for a line; the time does not count as work.
    fn ask_line(&mut self, prompt: &str, secret: bool) -> Option<PsStr> {
        let started = std::time::Instant::now();
        let line = self.host.read_line(prompt, secret);
        self.waited += started.elapsed();
        line
    }
}

/// Items that a person is asked for.
const MOST_ITEMS: usize = 1_000;

fn is_off(table: &Hash) -> bool {
    table.get(&Value::str("Disabled")).is_some_and(|value| crate::convert::truth(&value))
}
