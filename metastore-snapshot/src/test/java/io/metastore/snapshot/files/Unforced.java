package io.metastore.snapshot.files;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something done to a file or a directory that a power loss may undo. Immutable. */
abstract class Unforced {

    /** What a power loss makes of it. */
    enum Fate {
        LOST,
        KEPT,
        /** The first half of the bytes. */
        TORN,
        /** The length is there, the bytes are not. */
        ZEROED
    }

    private final int node;
    private final String description;

    private Unforced(int node, String description) {
        this.node = node;
        this.description = description;
    }

    /** A name in a directory comes or goes, or one goes as the other comes. */
    static Unforced names(
            int directory, String description, @Nullable String removed, @Nullable String added, int named) {
        return new Unforced(directory, description) {
            @Override
            List<Fate> fates() {
                return List.of(Fate.LOST, Fate.KEPT);
            }

            @Override
            void apply(MemoryTree tree, Fate fate) {
                if (fate == Fate.LOST) {
                    return;
                }
                if (removed != null) {
                    tree.unname(directory, removed);
                }
                if (added != null) {
                    tree.name(directory, added, named);
                }
            }
        };
    }

    /** A file gets bytes from some place on. */
    static Unforced content(int file, String description, long offset, byte[] bytes) {
        return new Unforced(file, description) {
            @Override
            List<Fate> fates() {
                return List.of(Fate.values());
            }

            @Override
            void apply(MemoryTree tree, Fate fate) {
                switch (fate) {
                    case LOST -> {}
                    case KEPT -> tree.content(file, offset, bytes);
                    case TORN -> tree.content(file, offset, Arrays.copyOf(bytes, bytes.length / 2));
                    case ZEROED -> tree.content(file, offset, new byte[bytes.length]);
                }
            }
        };
    }

    /** A file becomes shorter. */
    static Unforced length(int file, String description, int bytes) {
        return new Unforced(file, description) {
            @Override
            List<Fate> fates() {
                return List.of(Fate.LOST, Fate.KEPT);
            }

            @Override
            void apply(MemoryTree tree, Fate fate) {
                if (fate == Fate.KEPT) {
                    tree.shorten(file, bytes);
                }
            }
        };
    }

    /** The same after forcing it failed: the system takes it for clean, and forcing again does not write it. */
    final Unforced abandoned() {
        Unforced original = this;
        return new Unforced(node, description + ", abandoned") {
            @Override
            List<Fate> fates() {
                return original.fates();
            }

            @Override
            void apply(MemoryTree tree, Fate fate) {
                original.apply(tree, fate);
            }

            @Override
            boolean madeDurableBy(int forced) {
                return false;
            }
        };
    }

    /** Whether forcing that file or directory makes it durable. */
    boolean madeDurableBy(int forced) {
        return node == forced;
    }

    final String description() {
        return description;
    }

    abstract List<Fate> fates();

    abstract void apply(MemoryTree tree, Fate fate);
}
