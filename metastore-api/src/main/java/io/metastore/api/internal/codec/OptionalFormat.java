package io.metastore.api.internal.codec;

import java.util.Optional;

/** A byte that says whether there is a value, and the value. */
record OptionalFormat(Format element) implements Format {

    @Override
    public String id() {
        return "optional(" + element.id() + ")";
    }

    @Override
    public void write(Object value, Output out) {
        Optional<?> optional = (Optional<?>) value;
        out.writeByte(optional.isPresent() ? 1 : 0);
        if (optional.isPresent()) {
            element.write(optional.get(), out);
        }
    }

    @Override
    public Object read(Input in) {
        return in.readBoolean() ? Optional.of(element.read(in)) : Optional.empty();
    }

    @Override
    public Object absent() {
        return Optional.empty();
    }
}
