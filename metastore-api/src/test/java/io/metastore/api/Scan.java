package io.metastore.api;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What a store does with a range, on a sorted map of encoded keys. */
final class Scan {

    private Scan() {}

    static <K> List<K> of(Range<K> range, KeyCodec<K> codec, Iterable<K> keys) {
        NavigableMap<byte[], K> table = new TreeMap<>(Arrays::compareUnsigned);
        keys.forEach(key -> table.put(codec.encode(key), key));
        ByteRange bytes = range.toBytes(codec);
        byte[] to = bytes.to();
        if (to != null && Arrays.compareUnsigned(bytes.from(), to) >= 0) {
            return List.of();
        }
        NavigableMap<byte[], K> selected = table.tailMap(bytes.from(), true);
        if (to != null) {
            selected = selected.headMap(to, false);
        }
        List<K> found = new ArrayList<>(selected.values());
        if (range.isReversed()) {
            Collections.reverse(found);
        }
        return range.limit() == 0 ? found : found.subList(0, Math.min(range.limit(), found.size()));
    }
}
