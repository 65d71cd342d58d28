//! Files that are whole or not there: atomic saves, the project lock, the content-addressed cache.
