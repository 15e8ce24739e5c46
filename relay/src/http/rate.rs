//! How often someone may sign in: token buckets for each address and for all together, in bounded memory.
//!
//! A relay that passes on every guess is a tool for guessing passwords, and for locking accounts out.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::config::Limits;

/// Addresses remembered at a time. When there are more, those that may sign in as often as a new one are forgotten;
/// if none can be, everybody waits for the bucket that all share.
const ADDRESSES: usize = 10_000;
/// How often addresses that can be forgotten are looked for at most.
const PRUNE: Duration = Duration::from_secs(1);

/// The limit on sign-ins.
pub(crate) struct RateLimit {
    per_address: Rule,
    all: Rule,
    state: Mutex<State>,
}

struct State {
    /// When forgettable addresses were last looked for; `None` for never.
    pruned: Option<Instant>,
    addresses: HashMap<IpAddr, Bucket>,
    all: Bucket,
}

#[derive(Clone, Copy)]
struct Rule {
    burst: f64,
    refill: Duration,
}

#[derive(Clone, Copy)]
struct Bucket {
    tokens: f64,
    at: Instant,
}

impl RateLimit {
    pub(crate) fn new(limits: &Limits, now: Instant) -> Self {
        let refill = Duration::from_secs(limits.sign_in_seconds.max(1).into());
        let per_address = Rule { burst: limits.sign_ins_per_address.max(1).into(), refill };
        let all = Rule { burst: limits.sign_ins.max(1).into(), refill: refill / 10 };
        let state =
            State { pruned: None, addresses: HashMap::new(), all: Bucket { tokens: all.burst, at: now } };
        Self { per_address, all, state: Mutex::new(state) }
    }

    /// Takes one sign-in for an address.
    ///
    /// # Errors
    /// How long to wait, if it has had too many.
    pub(crate) fn take(&self, address: IpAddr, now: Instant) -> Result<(), Duration> {
        let address = network(address);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.addresses.len() >= ADDRESSES && !state.addresses.contains_key(&address) {
            let rule = self.per_address;
            // Looking through all of them for every request would itself be what an attacker wants.
            if state.pruned.is_some_and(|pruned| now.saturating_duration_since(pruned) < PRUNE) {
                return Err(PRUNE);
            }
            state.pruned = Some(now);
            state.addresses.retain(|_, bucket| bucket.refilled(rule, now) < rule.burst);
            if state.addresses.len() >= ADDRESSES {
                return Err(rule.refill);
            }
        }
        let fresh = Bucket { tokens: self.per_address.burst, at: now };
        // An address that has had too many takes nothing from the others.
        state.addresses.entry(address).or_insert(fresh).take(self.per_address, now)?;
        state.all.take(self.all, now)
    }
}

impl Bucket {
    fn refilled(&self, rule: Rule, now: Instant) -> f64 {
        let since = now.saturating_duration_since(self.at).as_secs_f64();
        (self.tokens + since / rule.refill.as_secs_f64()).min(rule.burst)
    }

    fn take(&mut self, rule: Rule, now: Instant) -> Result<(), Duration> {
        let tokens = self.refilled(rule, now);
        if tokens < 1.0 {
            return Err(rule.refill.mul_f64(1.0 - tokens));
        }
        *self = Self { tokens: tokens - 1.0, at: now };
        Ok(())
    }
}

/// One user has a whole /64 of IPv6.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_sign_in_so_often_and_again_after_a_while() {
        let now = Instant::now();
        let limit = RateLimit::new(
            &Limits { sign_ins_per_address: 2, sign_in_seconds: 10, ..Limits::default() },
            now,
        );
        let (one, other) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        assert!(limit.take(one, now).is_ok());
        assert!(limit.take(one, now).is_ok());
        assert_eq!(limit.take(one, now), Err(Duration::from_secs(10)));
        assert!(limit.take(other, now).is_ok());
        assert!(limit.take(one, now + Duration::from_secs(10)).is_ok());
        assert!(limit.take(one, now + Duration::from_secs(10)).is_err());
    }

    #[test]
    fn all_together_are_limited_and_memory_is_bounded() {
        let now = Instant::now();
        let limits = Limits { sign_ins: 3, sign_in_seconds: 10, ..Limits::default() };
        let limit = RateLimit::new(&limits, now);
        let address = |n: u32| IpAddr::V4((0x0a00_0000 + n).into());
        let allowed = (0..20_000).filter(|n| limit.take(address(*n), now).is_ok()).count();
        assert_eq!(allowed, 3);
        assert!(limit.state.lock().unwrap().addresses.len() <= ADDRESSES);
        let later = now + Duration::from_secs(1000);
        assert!(limit.take(address(30_000), later).is_ok());
        assert!(limit.state.lock().unwrap().addresses.len() < 10);
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let one: IpAddr = "2001:db8::1".parse().unwrap();
        assert_eq!(network(one), network("2001:db8::ffff:2".parse().unwrap()));
        assert_ne!(network(one), network("2001:db8:0:1::1".parse().unwrap()));
        assert_eq!(network("::ffff:10.0.0.1".parse().unwrap()), IpAddr::from([10, 0, 0, 1]));
    }
}
