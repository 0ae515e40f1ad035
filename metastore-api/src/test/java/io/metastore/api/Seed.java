package io.metastore.api;

import java.util.Random;

/** Where a test's random values come from: another seed in every run, or the one given with {@code -Dseed=}. Name it in every assertion. */
record Seed(long value) {

    static Seed next() {
        return new Seed(Long.getLong("seed", System.nanoTime()));
    }

    Random random() {
        return new Random(value);
    }

    @Override
    public String toString() {
        return "-Dseed=" + value;
    }
}
