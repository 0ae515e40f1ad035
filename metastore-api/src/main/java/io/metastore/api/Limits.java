package io.metastore.api;

/**
 * Sizes and counts a store accepts. Immutable; {@link #defaults} fits metadata, {@link #toBuilder} changes single values. What is beyond is
 * refused with {@link LimitExceededException}, which names the setting, before anything is written. Limits hold where a call is made:
 * lowering one later does not touch what is stored.
 *
 * @param keyBytesMax encoded key, 1 to 65,536; default 8 KiB
 * @param valueBytesMax encoded value, 1 to 2 MiB; default 1 MiB
 * @param transactionBytesMax all of one transaction as written to the journal, up to 3 MiB; default 2 MiB
 * @param transactionOperationsMax checks and changes of one transaction; default 20,000
 * @param queueTransactionsMax transactions that may wait at one member before {@link OverloadedException}; default 20,000
 * @param queueBytesMax the same in bytes; default 64 MiB
 * @param scanEntriesMax entries a scan without a limit may return; default 100,000
 * @param removeRangeEntriesMax entries one range removal may remove; default 100,000
 * @param diskFreeBytesMin a member with less free disk than this is {@link StoreState#READ_ONLY} until it has twice as much; up to 1 TiB, 0 for never; default 64 MiB
 */
public record Limits(
        int keyBytesMax,
        int valueBytesMax,
        int transactionBytesMax,
        int transactionOperationsMax,
        int queueTransactionsMax,
        long queueBytesMax,
        int scanEntriesMax,
        int removeRangeEntriesMax,
        long diskFreeBytesMin) {

    private static final Limits DEFAULTS =
            new Limits(8 << 10, 1 << 20, 2 << 20, 20_000, 20_000, 64L << 20, 100_000, 100_000, 64L << 20);

    public Limits {
        SettingRange.check("keyBytesMax", keyBytesMax, 1, 65_536);
        SettingRange.check("valueBytesMax", valueBytesMax, 1, 2 << 20);
        SettingRange.check("transactionBytesMax", transactionBytesMax, 1024, 3 << 20);
        SettingRange.check("transactionOperationsMax", transactionOperationsMax, 1, 1_000_000);
        SettingRange.check("queueTransactionsMax", queueTransactionsMax, 1, 10_000_000);
        SettingRange.check("queueBytesMax", queueBytesMax, 1024, 16L << 30);
        SettingRange.check("scanEntriesMax", scanEntriesMax, 1, 100_000_000);
        SettingRange.check("removeRangeEntriesMax", removeRangeEntriesMax, 1, 1_000_000);
        SettingRange.check("diskFreeBytesMin", diskFreeBytesMin, 0, 1L << 40);
        if (valueBytesMax > transactionBytesMax) {
            throw new IllegalArgumentException("valueBytesMax must not exceed transactionBytesMax: valueBytesMax="
                    + valueBytesMax + " transactionBytesMax=" + transactionBytesMax);
        }
    }

    /** The defaults named above. */
    public static Limits defaults() {
        return DEFAULTS;
    }

    /** Changes single values of a copy. */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /** Changes single values. Not thread-safe. */
    public static final class Builder {

        private int keyBytesMax;
        private int valueBytesMax;
        private int transactionBytesMax;
        private int transactionOperationsMax;
        private int queueTransactionsMax;
        private long queueBytesMax;
        private int scanEntriesMax;
        private int removeRangeEntriesMax;
        private long diskFreeBytesMin;

        private Builder(Limits from) {
            keyBytesMax = from.keyBytesMax;
            valueBytesMax = from.valueBytesMax;
            transactionBytesMax = from.transactionBytesMax;
            transactionOperationsMax = from.transactionOperationsMax;
            queueTransactionsMax = from.queueTransactionsMax;
            queueBytesMax = from.queueBytesMax;
            scanEntriesMax = from.scanEntriesMax;
            removeRangeEntriesMax = from.removeRangeEntriesMax;
            diskFreeBytesMin = from.diskFreeBytesMin;
        }

        public Builder keyBytesMax(int value) {
            keyBytesMax = value;
            return this;
        }

        public Builder valueBytesMax(int value) {
            valueBytesMax = value;
            return this;
        }

        public Builder transactionBytesMax(int value) {
            transactionBytesMax = value;
            return this;
        }

        public Builder transactionOperationsMax(int value) {
            transactionOperationsMax = value;
            return this;
        }

        public Builder queueTransactionsMax(int value) {
            queueTransactionsMax = value;
            return this;
        }

        public Builder queueBytesMax(long value) {
            queueBytesMax = value;
            return this;
        }

        public Builder scanEntriesMax(int value) {
            scanEntriesMax = value;
            return this;
        }

        public Builder removeRangeEntriesMax(int value) {
            removeRangeEntriesMax = value;
            return this;
        }

        public Builder diskFreeBytesMin(long value) {
            diskFreeBytesMin = value;
            return this;
        }

        /** The limits; rejects a bad value with {@link IllegalArgumentException} naming the setting and the value seen. */
        public Limits build() {
            return new Limits(
                    keyBytesMax,
                    valueBytesMax,
                    transactionBytesMax,
                    transactionOperationsMax,
                    queueTransactionsMax,
                    queueBytesMax,
                    scanEntriesMax,
                    removeRangeEntriesMax,
                    diskFreeBytesMin);
        }
    }
}
