package io.metastore.benchmarks.workload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;

/** The keys and values of all workloads. Stateless to its users and safe for any thread. */
public final class Records {
    /** Bytes of a value. */
    public static final int VALUE_BYTES = 256;

    private static final int PARTITIONS_PER_TABLE = 100;
    private static final int TABLES_PER_DATABASE = 100;
    private static final int POOL_BYTES = 1 << 20;
    /** Random, so that no system gains from compressing what its peers write in full. */
    private static final byte[] POOL = randomBytes();

    private Records() {}

    /** The key of the record with this number, such as {@code db/0042/table/000917/partition/0311}. */
    public static String key(int number) {
        int table = number / PARTITIONS_PER_TABLE;
        char[] key = "db/0000/table/000000/partition/0000".toCharArray();
        digits(key, 7, table / TABLES_PER_DATABASE);
        digits(key, 20, table);
        digits(key, 35, number % PARTITIONS_PER_TABLE);
        return new String(key);
    }

    /** A fresh value that does not compress. */
    public static byte[] value(SplittableRandom random) {
        byte[] value = new byte[VALUE_BYTES];
        System.arraycopy(POOL, random.nextInt(POOL_BYTES - VALUE_BYTES), value, 0, VALUE_BYTES);
        return value;
    }

    /** A fresh value that says in words what metadata says, filled up to the same length: most of it is there in every value. */
    public static byte[] description(SplittableRandom random) {
        String text = String.format(
                Locale.ROOT,
                "{\"partition\":%d,\"state\":\"NORMAL\",\"storageMedium\":\"HDD\",\"visibleVersion\":%d,\"visibleVersionTime\":\"2024-%02d-%02dT%02d:%02d:%02dZ\","
                        + "\"rowCount\":%d,\"replicas\":[{\"backend\":%d,\"path\":\"/data%d/storage/tablet\",\"bytes\":%d}],\"inMemory\":false}",
                random.nextInt(1_000_000),
                random.nextInt(10_000),
                random.nextInt(1, 13),
                random.nextInt(1, 29),
                random.nextInt(24),
                random.nextInt(60),
                random.nextInt(60),
                random.nextInt(10_000_000),
                random.nextInt(10_001, 10_100),
                random.nextInt(12),
                random.nextLong(1L << 33));
        return Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), VALUE_BYTES);
    }

    /** Bytes of a key and its value. */
    static int bytes() {
        return key(0).length() + VALUE_BYTES;
    }

    /** Writes the number so that its last digit is just before {@code endExclusive}. */
    private static void digits(char[] key, int endExclusive, int number) {
        int at = endExclusive;
        for (int rest = number; rest > 0; rest /= 10) {
            at--;
            key[at] = (char) ('0' + rest % 10);
        }
    }

    private static byte[] randomBytes() {
        byte[] bytes = new byte[POOL_BYTES];
        new SplittableRandom(1).nextBytes(bytes);
        return bytes;
    }
}
