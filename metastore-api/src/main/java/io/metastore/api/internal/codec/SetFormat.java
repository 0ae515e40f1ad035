package io.metastore.api.internal.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The count and the elements, in the order of their bytes. */
record SetFormat(Format element) implements Format {

    @Override
    public String id() {
        return "set(" + element.id() + ")";
    }

    @Override
    public void write(Object value, Output out) {
        List<Elements.Encoded> encoded = new ArrayList<>();
        for (Object each : (Set<?>) value) {
            Object present = Elements.required(each, out);
            encoded.add(new Elements.Encoded(Elements.encode(element, present, out), present));
        }
        Elements.sort(encoded, out);
        out.writeVarint(encoded.size());
        for (Elements.Encoded each : encoded) {
            out.writeBytes(each.bytes());
        }
    }

    @Override
    public Object read(Input in) {
        int count = in.readCount();
        if (count == 0) {
            return absent();
        }
        Set<Object> set = new LinkedHashSet<>(Elements.capacity(count));
        for (int i = 0; i < count; i++) {
            if (!set.add(element.read(in))) {
                throw in.damaged("the same element twice in a set", null);
            }
        }
        return Collections.unmodifiableSet(set);
    }

    @Override
    public Object absent() {
        return Collections.emptySet();
    }
}
