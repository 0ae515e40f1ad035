package io.metastore.api;

import java.time.Duration;

/**
 * When images are made, how many are kept, and how far the journal is kept for members that are behind. Immutable; {@link #defaults} fits metadata, {@link
 * #toBuilder} changes single values. A member makes an image when any of the first three is reached and something was applied since the last one, and once
 * after an opening with a long replay, so that the next is short whatever the first three say. May differ from member to member and from start to start.
 *
 * @param entries journal entries applied since the last image, 1 to 1,000,000,000; default 50,000. Small: much I/O. Large: long replays and a long journal
 * @param journalBytes length of these entries, 1 MiB to 1 TiB; default 64 MiB. The same: a start reads all of the journal that is kept
 * @param age of the last image, when something was applied since, from 1 s to 3,650 days; default 1 hour
 * @param replayEntries journal entries replayed while the store was opened that make an image due at once, 1 to 1,000,000,000; default 10,000. Small: an image
 *     after nearly each restart. Large: a member that is restarted again and again replays the same entries each time
 * @param replayTime the same as time that the replay took, from 100 ms to 3,650 days; default 5 s
 * @param imagesKept 2 to 100; default 2. The journal is kept from the second newest on, so that there are always two ways to rebuild the state
 * @param journalFileBytes length at which a journal file is closed and the next begun, 1 MiB to 1 GiB; default 16 MiB. The journal is purged by whole files, so
 *     small: many files. Large: more journal than is needed
 * @param laggardEntries how many entries the journal is kept beyond that for a live member that is behind, or for an older image that is read or sent, from 0;
 *     default 1,000,000. Beyond it the member gets an image instead
 * @param laggardBytes the same as length of the journal files that are kept for that member alone, from 0; default 1 GiB
 * @param transferBytesPerSecond how fast this member fetches an image from another, from 64 KiB; default 64 MiB. Small: slow recovery of a member. Large:
 *     the sender's writers notice
 * @param freeBytesMin what a checkpoint or transfer must leave free on the disk, from 0; default 64 MiB
 * @param auditEvery how often a replay of the newest image is compared with the live state, zero for never, else from 1 s; default 24 hours
 */
public record CheckpointPolicy(
        long entries,
        long journalBytes,
        Duration age,
        long replayEntries,
        Duration replayTime,
        int imagesKept,
        long journalFileBytes,
        long laggardEntries,
        long laggardBytes,
        long transferBytesPerSecond,
        long freeBytesMin,
        Duration auditEvery) {

    private static final Duration AGE_MAX = Duration.ofDays(3650);

    private static final CheckpointPolicy DEFAULTS = new CheckpointPolicy(
            50_000,
            64L << 20,
            Duration.ofHours(1),
            10_000,
            Duration.ofSeconds(5),
            2,
            16L << 20,
            1_000_000,
            1L << 30,
            64L << 20,
            64L << 20,
            Duration.ofHours(24));

    public CheckpointPolicy {
        SettingRange.check("entries", entries, 1, 1_000_000_000);
        SettingRange.check("journalBytes", journalBytes, 1 << 20, 1L << 40);
        SettingRange.check("age", age, Duration.ofSeconds(1), AGE_MAX);
        SettingRange.check("replayEntries", replayEntries, 1, 1_000_000_000);
        SettingRange.check("replayTime", replayTime, Duration.ofMillis(100), AGE_MAX);
        SettingRange.check("imagesKept", imagesKept, 2, 100);
        SettingRange.check("journalFileBytes", journalFileBytes, 1 << 20, 1 << 30);
        SettingRange.check("laggardEntries", laggardEntries, 0, Long.MAX_VALUE);
        SettingRange.check("laggardBytes", laggardBytes, 0, Long.MAX_VALUE);
        SettingRange.check("transferBytesPerSecond", transferBytesPerSecond, 64 << 10, Long.MAX_VALUE);
        SettingRange.check("freeBytesMin", freeBytesMin, 0, Long.MAX_VALUE);
        if (!auditEvery.isZero()) {
            SettingRange.check("auditEvery", auditEvery, Duration.ofSeconds(1), AGE_MAX);
        }
    }

    /** The defaults named above. */
    public static CheckpointPolicy defaults() {
        return DEFAULTS;
    }

    /** Changes single values of a copy. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes single values. Not thread-safe. */
    public static final class Builder {

        private long entries;
        private long journalBytes;
        private Duration age;
        private long replayEntries;
        private Duration replayTime;
        private int imagesKept;
        private long journalFileBytes;
        private long laggardEntries;
        private long laggardBytes;
        private long transferBytesPerSecond;
        private long freeBytesMin;
        private Duration auditEvery;

        private Builder(CheckpointPolicy from) {
            entries = from.entries;
            journalBytes = from.journalBytes;
            age = from.age;
            replayEntries = from.replayEntries;
            replayTime = from.replayTime;
            imagesKept = from.imagesKept;
            journalFileBytes = from.journalFileBytes;
            laggardEntries = from.laggardEntries;
            laggardBytes = from.laggardBytes;
            transferBytesPerSecond = from.transferBytesPerSecond;
            freeBytesMin = from.freeBytesMin;
            auditEvery = from.auditEvery;
        }

        public Builder entries(long value) {
            entries = value;
            return this;
        }

        public Builder journalBytes(long value) {
            journalBytes = value;
            return this;
        }

        public Builder age(Duration value) {
            age = value;
            return this;
        }

        public Builder replayEntries(long value) {
            replayEntries = value;
            return this;
        }

        public Builder replayTime(Duration value) {
            replayTime = value;
            return this;
        }

        public Builder imagesKept(int value) {
            imagesKept = value;
            return this;
        }

        public Builder journalFileBytes(long value) {
            journalFileBytes = value;
            return this;
        }

        public Builder laggardEntries(long value) {
            laggardEntries = value;
            return this;
        }

        public Builder laggardBytes(long value) {
            laggardBytes = value;
            return this;
        }

        public Builder transferBytesPerSecond(long value) {
            transferBytesPerSecond = value;
            return this;
        }

        public Builder freeBytesMin(long value) {
            freeBytesMin = value;
            return this;
        }

        public Builder auditEvery(Duration value) {
            auditEvery = value;
            return this;
        }

        /** The policy; rejects a bad value with {@link IllegalArgumentException} naming the setting and the value seen. */
        public CheckpointPolicy build() {
            return new CheckpointPolicy(
                    entries,
                    journalBytes,
                    age,
                    replayEntries,
                    replayTime,
                    imagesKept,
                    journalFileBytes,
                    laggardEntries,
                    laggardBytes,
                    transferBytesPerSecond,
                    freeBytesMin,
                    auditEvery);
        }
    }
}
