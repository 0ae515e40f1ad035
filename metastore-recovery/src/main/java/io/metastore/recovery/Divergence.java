package io.metastore.recovery;

/**
 * Two logs of one epoch that hold different entries: one of them was never committed from there on.
 *
 * @param one the freshest copy
 * @param other the one that differs from it
 * @param firstDiffering index from which on they differ, or where {@code exact} is not set at the latest
 * @param exact whether the entry before it is known to be the same in both; not so when one of them has purged its entries
 */
public record Divergence(Copy one, Copy other, long firstDiffering, boolean exact) {

    @Override
    public String toString() {
        return other.id() + " differs from " + one.id() + (exact ? " from index " : " at the latest from index ")
                + firstDiffering + " on: last=" + other.last() + " and " + one.last();
    }
}
