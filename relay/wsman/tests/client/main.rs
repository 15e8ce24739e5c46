//! The client against servers that follow a script: broken connections, redirects, proxies, certificates.

mod redirects;
mod resilience;
mod scripted;
mod tls;
mod way;
mod wire;
