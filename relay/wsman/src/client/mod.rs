//! A remote session over HTTP (in the making).
