package io.metastore.snapshot.internal.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;

/** RocksDB reads what we wrote in its format. */
class WriteBufferTest {

    private static final List<Family> FAMILIES = List.of(Family.values());

    static {
        RocksDB.loadLibrary();
    }

    /** Notes what a batch holds. */
    private static final class Reader extends WriteBatch.Handler {
        final List<String> seen = new ArrayList<>();

        @Override
        public void put(int family, byte[] key, byte[] value) {
            seen.add("put " + family + Arrays.toString(key) + Arrays.hashCode(value) + "/" + value.length);
        }

        @Override
        public void put(byte[] key, byte[] value) {
            put(0, key, value);
        }

        @Override
        public void delete(int family, byte[] key) {
            seen.add("delete " + family + Arrays.toString(key));
        }

        @Override
        public void delete(byte[] key) {
            delete(0, key);
        }

        @Override
        public void deleteRange(int family, byte[] from, byte[] to) {
            seen.add("deleteRange " + family + Arrays.toString(from) + Arrays.toString(to));
        }

        @Override
        public void deleteRange(byte[] from, byte[] to) {
            deleteRange(0, from, to);
        }

        @Override
        public void merge(int family, byte[] key, byte[] value) {
            throw new AssertionError();
        }

        @Override
        public void merge(byte[] key, byte[] value) {
            throw new AssertionError();
        }

        @Override
        public void singleDelete(int family, byte[] key) {
            throw new AssertionError();
        }

        @Override
        public void singleDelete(byte[] key) {
            throw new AssertionError();
        }

        @Override
        public void logData(byte[] blob) {
            throw new AssertionError();
        }

        @Override
        public void putBlobIndex(int family, byte[] key, byte[] value) {
            throw new AssertionError();
        }

        @Override
        public void markBeginPrepare() {
            throw new AssertionError();
        }

        @Override
        public void markEndPrepare(byte[] xid) {
            throw new AssertionError();
        }

        @Override
        public void markNoop(boolean emptyBatch) {
            throw new AssertionError();
        }

        @Override
        public void markRollback(byte[] xid) {
            throw new AssertionError();
        }

        @Override
        public void markCommit(byte[] xid) {
            throw new AssertionError();
        }

        @Override
        public void markCommitWithTimestamp(byte[] xid, byte[] timestamp) {
            throw new AssertionError();
        }
    }

    @Test
    void rocksDbReadsEveryWriteBack() throws Exception {
        for (long seed = 1; seed <= 50; seed++) {
            Random random = new Random(seed);
            WriteBuffer buffer = new WriteBuffer();
            buffer.put(Family.DATA, new byte[] {9}, 1, new byte[] {9}, 1);
            buffer.clear();
            List<String> expected = new ArrayList<>();
            for (int i = random.nextInt(200); i >= 0; i--) {
                Family family = FAMILIES.get(random.nextInt(FAMILIES.size()));
                byte[] key = bytes(random, 300);
                byte[] value = bytes(random, 20_000);
                int size = buffer.size();
                int count = buffer.count();
                switch (random.nextInt(3)) {
                    case 0 -> {
                        int cut = random.nextInt(value.length + 1);
                        byte[] tail = Arrays.copyOfRange(value, cut, value.length);
                        buffer.put(family, key, key.length, value, cut, tail, tail.length);
                        expected.add("put " + family.rocksId() + Arrays.toString(key) + Arrays.hashCode(value) + "/"
                                + value.length);
                    }
                    case 1 -> {
                        buffer.delete(family, key, key.length);
                        expected.add("delete " + family.rocksId() + Arrays.toString(key));
                    }
                    default -> {
                        byte[] to = bytes(random, 300);
                        buffer.deleteRange(family, key, to);
                        expected.add("deleteRange " + family.rocksId() + Arrays.toString(key) + Arrays.toString(to));
                    }
                }
                if (random.nextInt(4) == 0) {
                    buffer.rollback(size, count);
                    expected.remove(expected.size() - 1);
                }
            }
            try (WriteBatch batch = new WriteBatch(buffer.toBytes());
                    Reader reader = new Reader()) {
                assertThat(batch.count()).isEqualTo(buffer.count());
                batch.iterate(reader);
                assertThat(reader.seen).as("seed %d", seed).isEqualTo(expected);
            }
        }
    }

    private static byte[] bytes(Random random, int max) {
        byte[] bytes = new byte[random.nextInt(max)];
        random.nextBytes(bytes);
        return bytes;
    }
}
