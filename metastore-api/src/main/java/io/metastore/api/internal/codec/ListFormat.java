package io.metastore.api.internal.codec;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The count and the elements. */
record ListFormat(Format element) implements Format {

    @Override
    public String id() {
        return "list(" + element.id() + ")";
    }

    @Override
    public void write(Object value, Output out) {
        List<?> list = (List<?>) value;
        out.writeVarint(list.size());
        for (Object each : list) {
            element.write(Elements.required(each, out), out);
        }
    }

    @Override
    public Object read(Input in) {
        int count = in.readCount();
        if (count == 0) {
            return absent();
        }
        List<Object> list = new ArrayList<>(Elements.capacity(count));
        for (int i = 0; i < count; i++) {
            list.add(element.read(in));
        }
        return Collections.unmodifiableList(list);
    }

    @Override
    public Object absent() {
        return Collections.emptyList();
    }
}
