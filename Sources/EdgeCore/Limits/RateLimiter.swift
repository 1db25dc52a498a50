import Synchronization

/// The token buckets of everybody who is limited, in memory that does not grow with their number. All event loops share
/// one; who was not seen before begins with a full bucket.
package final class RateLimiter: Sendable {
    /// Who is limited.
    package enum Key: Hashable, Sendable {
        /// A client by its address, whichever of its addresses that is.
        case client(IPAddress)
        case key(KeyDigest)

        fileprivate var ofBucket: Key {
            switch self {
            case .client(let address): .client(address.ofClient)
            case .key: self
            }
        }
    }

    /// A part of the keys with a lock of its own, so that event loops seldom wait for each other.
    private final class Shard: Sendable {
        let buckets: Mutex<BoundedTable<Key, TokenBucket>>

        init(capacity: Int) { buckets = Mutex(BoundedTable(capacity: capacity)) }
    }

    private let shards: [Shard]

    /// - Parameters:
    ///   - capacity: about how many buckets there may be. Beyond it the least recently used one of the same shard is
    ///     forgotten, which gives its owner a full bucket again.
    ///   - shardCount: a locked part for each; 1 makes the order of forgetting exact.
    package init(capacity: Int, shardCount: Int = 16) {
        let count = max(1, shardCount)
        shards = (0..<count).map { _ in Shard(capacity: capacity / count) }
    }

    /// How many buckets there are.
    package var count: Int { shards.reduce(0) { $0 + $1.buckets.withLock { $0.count } } }

    /// Takes a token from the bucket of `key`. Callable from any thread.
    package func take(_ key: Key, limit: RateLimit, now: Instant) -> RateLimitDecision {
        let key = key.ofBucket
        // The hash is seeded: nobody can aim at one shard.
        let shard = shards[Int(UInt(bitPattern: key.hashValue) % UInt(shards.count))]
        return shard.buckets.withLock { buckets in
            buckets.update(key, default: TokenBucket(fullAt: now)) { $0.take(limit: limit, now: now) }
        }
    }
}
