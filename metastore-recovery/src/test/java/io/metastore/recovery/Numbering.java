package io.metastore.recovery;

import java.util.Arrays;

/** Numbers, from 0 on, for packed values of which there are few, so that several of them fit into one number. For one thread. */
final class Numbering {
    /** One more than the number of a value; 0 for none. */
    private final int[] numbers;

    private final int[] values;
    private int size;

    /**
     * @param bits that values have at most
     * @param max how many of them there may be
     */
    Numbering(int bits, int max) {
        numbers = new int[1 << bits];
        values = new int[max];
    }

    int of(int value) {
        if (numbers[value] == 0) {
            if (size == values.length) {
                throw new IllegalStateException("more values than there are numbers for: max=" + size);
            }
            values[size++] = value;
            numbers[value] = size;
        }
        return numbers[value] - 1;
    }

    int value(int number) {
        return values[number];
    }

    /** In order. */
    int[] values() {
        return Arrays.copyOf(values, size);
    }
}
