package io.metastore.snapshot.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HeaderCacheTest {

    private final HeaderCache cache = new HeaderCache();

    @Test
    void neverHasAnotherHeaderThanTheLastOfItsKey() {
        Random random = new Random(20_261);
        Map<String, RecordHeader> truth = new HashMap<>();
        int hits = 0;
        for (int step = 1; step <= 400_000; step++) {
            String key = "table/" + "x".repeat(random.nextInt(20)) + random.nextInt(200);
            byte[] bytes = bytes(key);
            switch (random.nextInt(4)) {
                case 0 -> {
                    RecordHeader header = new RecordHeader(step, step + 1, step + 2, random.nextLong(), step);
                    truth.put(key, header);
                    cache.put(bytes, bytes.length, header);
                }
                case 1 -> {
                    truth.remove(key);
                    cache.remove(bytes, bytes.length);
                }
                default -> {
                    RecordHeader found = cache.get(bytes, bytes.length);
                    if (found != null) {
                        hits++;
                        assertThat(found).as(key).isEqualTo(truth.get(key));
                    }
                }
            }
        }
        assertThat(hits).isGreaterThan(50_000);
    }

    @Test
    void growsWithItsUseAndKeepsWhatItHas() {
        int keys = 20_000; // More than it begins with.
        for (int round = 0; round < 8; round++) {
            for (int i = 0; i < keys; i++) {
                byte[] key = bytes("key" + i);
                cache.put(key, key.length, header(i));
            }
        }
        int found = 0;
        for (int i = 0; i < keys; i++) {
            byte[] key = bytes("key" + i);
            RecordHeader header = cache.get(key, key.length);
            if (header != null) {
                found++;
                assertThat(header).isEqualTo(header(i));
            }
        }
        assertThat(found).isGreaterThan(keys / 2);
    }

    @Test
    void keysOfEveryLengthAreKeptWholeOrNotAtAll() {
        for (int length = 1; length <= HeaderCache.KEY_BYTES_MAX + 300; length++) {
            byte[] key = bytes("k".repeat(length));
            byte[] longer = bytes("k".repeat(length + 1));
            cache.put(key, length, header(length));
            if (length <= HeaderCache.KEY_BYTES_MAX) {
                assertThat(cache.get(key, length)).isEqualTo(header(length));
                assertThat(cache.get(longer, length)).isEqualTo(header(length)); // The length says where a key ends.
            } else {
                assertThat(cache.get(key, length)).isNull();
            }
            assertThat(cache.get(longer, length + 1)).isNull();
            cache.remove(key, length);
            assertThat(cache.get(key, length)).isNull();
        }
    }

    private static RecordHeader header(int number) {
        return new RecordHeader(number, number + 1L, number + 2L, ~number, number);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
