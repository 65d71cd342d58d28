//! A map with a limit in bytes that forgets what was used longest ago.

use std::{collections::HashMap, hash::Hash};

/// Never holds more than its limit; a value larger than the limit is not kept at all.
#[derive(Debug)]
pub(super) struct ByteLru<K, V> {
    entries: HashMap<K, Entry<V>>,
    limit_bytes: usize,
    used_bytes: usize,
    clock: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    bytes: usize,
    last_use: u64,
}

impl<K: Hash + Eq + Clone, V> ByteLru<K, V> {
    pub(super) fn new(limit_bytes: usize) -> Self {
        Self { entries: HashMap::new(), limit_bytes, used_bytes: 0, clock: 0 }
    }

    pub(super) const fn used_bytes(&self) -> usize {
        self.used_bytes
    }

    pub(super) fn contains(&self, key: &K) -> bool {
        self.entries.contains_key(key)
    }

    pub(super) fn peek(&self, key: &K) -> Option<&V> {
        self.entries.get(key).map(|entry| &entry.value)
    }

    pub(super) fn get(&mut self, key: &K) -> Option<&V> {
        self.clock += 1;
        let entry = self.entries.get_mut(key)?;
        entry.last_use = self.clock;
        Some(&entry.value)
    }

    pub(super) fn insert(&mut self, key: K, value: V, bytes: usize) {
        self.remove(&key);
        if bytes > self.limit_bytes {
            return;
        }
        while self.used_bytes + bytes > self.limit_bytes {
            let Some(oldest) = self.entries.iter().min_by_key(|(_, entry)| entry.last_use) else { break };
            let oldest = oldest.0.clone();
            self.remove(&oldest);
        }
        self.clock += 1;
        self.used_bytes += bytes;
        self.entries.insert(key, Entry { value, bytes, last_use: self.clock });
    }

    fn remove(&mut self, key: &K) {
        if let Some(entry) = self.entries.remove(key) {
            self.used_bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_holds_and_the_oldest_use_goes_first() {
        let mut lru = ByteLru::new(100);
        lru.insert("a", 1, 40);
        lru.insert("b", 2, 40);
        assert_eq!(lru.get(&"a"), Some(&1));
        lru.insert("c", 3, 40);
        assert_eq!((lru.peek(&"a"), lru.peek(&"b"), lru.peek(&"c")), (Some(&1), None, Some(&3)));
        lru.insert("a", 4, 60);
        assert_eq!((lru.peek(&"a"), lru.used_bytes()), (Some(&4), 100));
        lru.insert("d", 5, 101);
        assert!(!lru.contains(&"d"));
        assert_eq!(lru.used_bytes(), 100);
    }
}
