package io.metastore.benchmarks.workload;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;

/** Some figures, each at most once, in the order of {@link Figure}. Immutable. */
public final class Figures {
    /** No figures. */
    public static final Figures NONE = new Figures(new EnumMap<>(Figure.class));

    private final EnumMap<Figure, Double> values;

    private Figures(EnumMap<Figure, Double> values) {
        this.values = values;
    }

    /** These and one more; a value that is no number, such as a ratio to nothing, is left out. */
    public Figures with(Figure figure, double value) {
        if (!Double.isFinite(value)) {
            return this;
        }
        EnumMap<Figure, Double> more = new EnumMap<>(values);
        more.put(figure, value);
        return new Figures(more);
    }

    /** The same with a whole number, such as bytes; those beyond 2^53 lose digits nobody reads. */
    public Figures with(Figure figure, long value) {
        return with(figure, (double) value);
    }

    /** Its value; empty when it was not measured. */
    public OptionalDouble get(Figure figure) {
        Double value = values.get(figure);
        return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
    }

    /** All of them, in order; cannot be changed. */
    public Map<Figure, Double> all() {
        return Collections.unmodifiableMap(values);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Figures figures && figures.values.equals(values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
