package io.metastore.snapshot.files;

import java.nio.file.Path;
import java.util.Locale;

/** Where things are below a member directory. */
record Layout(Path root) {

    static final String STORE = "main";
    static final String LOCK = "LOCK";
    static final String VERSION = "VERSION";
    static final String ROLE = "ROLE";
    static final String STORES = "stores";
    static final String CURRENT = "CURRENT";
    static final String MEMBERSHIP = "membership";
    static final String ACKNOWLEDGED = "acknowledged";
    static final String IMAGES = "image";
    /** Exists while a directory is being initialised: whatever else is there does not count. */
    static final String INITIALIZING = "INITIALIZING";
    /** What file systems put into the root of a disk. */
    static final String LOST_AND_FOUND = "lost+found";

    private static final String EPOCH_PREFIX = "epoch-";

    Path lock() {
        return root.resolve(LOCK);
    }

    Path initializing() {
        return root.resolve(INITIALIZING);
    }

    Path version() {
        return root.resolve(VERSION);
    }

    Path role() {
        return root.resolve(ROLE);
    }

    Path stores() {
        return root.resolve(STORES);
    }

    Path store() {
        return stores().resolve(STORE);
    }

    Path current() {
        return store().resolve(CURRENT);
    }

    Path epoch(long epoch) {
        return store().resolve(epochName(epoch));
    }

    Path membership(long epoch) {
        return epoch(epoch).resolve(MEMBERSHIP);
    }

    Path acknowledged(long epoch) {
        return epoch(epoch).resolve(ACKNOWLEDGED);
    }

    Path journal(long epoch) {
        return epoch(epoch).resolve("journal");
    }

    Path images(long epoch) {
        return epoch(epoch).resolve(IMAGES);
    }

    Path state(long epoch) {
        return epoch(epoch).resolve("state");
    }

    Path scratch(long epoch) {
        return epoch(epoch).resolve("scratch");
    }

    static String epochName(long epoch) {
        return EPOCH_PREFIX + String.format(Locale.ROOT, "%06d", epoch);
    }

    /** The inverse of {@link #epochName}; refuses all other names. */
    static long epochOf(String name) {
        if (name.matches("epoch-[0-9]{6,18}")) {
            long epoch = Long.parseLong(name.substring(EPOCH_PREFIX.length()));
            if (epoch >= 1 && epochName(epoch).equals(name)) {
                return epoch;
            }
        }
        throw new IllegalArgumentException("not the name of an epoch directory: '" + name + "'");
    }
}
