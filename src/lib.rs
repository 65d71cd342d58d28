//! Kinora
