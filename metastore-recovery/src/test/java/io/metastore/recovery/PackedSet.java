package io.metastore.recovery;

import java.util.ArrayList;
import java.util.List;

/**
 * A set of pairs of a {@code long} and an {@code int}, with a byte for each, numbered in the order in which they came. Of hundreds of millions: 21 to 25 bytes each,
 * and no object. For one thread.
 */
final class PackedSet {
    private static final int CHUNK_BITS = 16;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final List<long[]> firsts = new ArrayList<>();
    private final List<int[]> seconds = new ArrayList<>();
    private final List<byte[]> marks = new ArrayList<>();
    /** By hash, with free ones in between: one more than a number, 0 for none. At most two thirds are taken. */
    private int[] slots = new int[1 << 10];

    private int size;

    int size() {
        return size;
    }

    /** The number of a pair that is in from now on; as its complement, which is negative, when it was. */
    int add(long first, int second) {
        if (size >= slots.length / 3 * 2) {
            grow();
        }
        int slot = hash(first, second) & slots.length - 1;
        while (slots[slot] != 0) {
            int there = slots[slot] - 1;
            if (first(there) == first && second(there) == second) {
                return ~there;
            }
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = size + 1;
        int at = size & CHUNK - 1;
        if (at == 0) {
            firsts.add(new long[CHUNK]);
            seconds.add(new int[CHUNK]);
            marks.add(new byte[CHUNK]);
        }
        firsts.get(size >> CHUNK_BITS)[at] = first;
        seconds.get(size >> CHUNK_BITS)[at] = second;
        return size++;
    }

    long first(int number) {
        return firsts.get(number >> CHUNK_BITS)[number & CHUNK - 1];
    }

    int second(int number) {
        return seconds.get(number >> CHUNK_BITS)[number & CHUNK - 1];
    }

    /** 0 when nothing else was set. */
    byte mark(int number) {
        return marks.get(number >> CHUNK_BITS)[number & CHUNK - 1];
    }

    void mark(int number, byte mark) {
        marks.get(number >> CHUNK_BITS)[number & CHUNK - 1] = mark;
    }

    private void grow() {
        if (slots.length == 1 << 30) {
            throw new IllegalStateException("too many for one set: size=" + size);
        }
        int[] larger = new int[2 * slots.length];
        for (int number = 0; number < size; number++) {
            int slot = hash(first(number), second(number)) & larger.length - 1;
            while (larger[slot] != 0) {
                slot = slot + 1 & larger.length - 1;
            }
            larger[slot] = number + 1;
        }
        slots = larger;
    }

    /** Of packed numbers, in which each bit counts. */
    private static int hash(long first, int second) {
        long mixed = (first ^ first >>> 31) * 0x9e3779b97f4a7c15L + second * 0xbf58476d1ce4e5b9L;
        mixed ^= mixed >>> 29;
        mixed *= 0x94d049bb133111ebL;
        return (int) (mixed ^ mixed >>> 32);
    }
}
