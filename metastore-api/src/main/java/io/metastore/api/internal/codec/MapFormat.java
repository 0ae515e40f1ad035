package io.metastore.api.internal.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The count and the entries, each its key and its value, in the order of the keys' bytes. */
record MapFormat(Format key, Format value) implements Format {

    @Override
    public String id() {
        return "map(" + key.id() + "," + value.id() + ")";
    }

    @Override
    public void write(Object map, Output out) {
        List<Elements.Encoded> encoded = new ArrayList<>();
        for (Map.Entry<?, ?> entry : ((Map<?, ?>) map).entrySet()) {
            byte[] bytes = Elements.encode(key, Elements.required(entry.getKey(), out), out);
            encoded.add(new Elements.Encoded(bytes, Elements.required(entry.getValue(), out)));
        }
        Elements.sort(encoded, out);
        out.writeVarint(encoded.size());
        for (Elements.Encoded each : encoded) {
            out.writeBytes(each.bytes());
            value.write(each.value(), out);
        }
    }

    @Override
    public Object read(Input in) {
        int count = in.readCount();
        if (count == 0) {
            return absent();
        }
        Map<Object, Object> map = new LinkedHashMap<>(Elements.capacity(count));
        for (int i = 0; i < count; i++) {
            Object nextKey = key.read(in);
            if (map.put(nextKey, value.read(in)) != null) {
                throw in.damaged("the same key twice in a map", null);
            }
        }
        return Collections.unmodifiableMap(map);
    }

    @Override
    public Object absent() {
        return Collections.emptyMap();
    }
}
