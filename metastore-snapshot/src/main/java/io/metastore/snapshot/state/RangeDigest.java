package io.metastore.snapshot.state;

import com.dynatrace.hash4j.hashing.HashStream64;
import com.dynatrace.hash4j.hashing.Hashing;

/**
 * Says in 64 bits which keys a range holds and which revision wrote each: equal digests mean that nothing in the range was written, added or
 * removed in between. A closure computes it when it scans, applying computes it again.
 *
 * <p>Add records in ascending key order, also after a reversed scan. Not for several threads.
 */
public final class RangeDigest {

    private final HashStream64 stream = Hashing.xxh3_64().hashStream();
    private long records;

    /** Adds the next record in ascending key order. */
    public RangeDigest add(byte[] key, long modRevision) {
        stream.putInt(key.length).putBytes(key).putLong(modRevision);
        records++;
        return this;
    }

    /** The digest of what was added so far; more may follow. */
    public long value() {
        return records == 0 ? 0 : stream.getAsLong();
    }
}
