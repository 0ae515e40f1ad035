package io.metastore.raft.internal.images;

import io.metastore.snapshot.files.AtomicFile;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What is written beside a live state that was found to be wrong while it was in use, so that the next start takes another one: a block that cannot be read
 * shows only when it is, and a state that differs from those of the others does not show at all when it is opened.
 *
 * @param reason one line, for people
 * @param imagesUpTo images of later positions are not trusted either
 */
public record Condemnation(String reason, long imagesUpTo) {

    /** Its name in the directory of the state. */
    static final String FILE = "METASTORE-CONDEMNED";

    private static final int REASON_MAX = 500;

    /** A state with a damaged file: its images have files of their own, and are verified before one is used. */
    public static Condemnation ofDamage(String reason) {
        return new Condemnation(reason, Long.MAX_VALUE);
    }

    /** Durable when it returns. */
    public void write(FileLayer files, Path state) throws IOException {
        String line = reason.replaceAll("[^ -~]+", " ");
        byte[] bytes = new FactText("metastore-condemned", 1)
                .with("imagesUpTo", imagesUpTo)
                .with("reason", line.substring(0, Math.min(line.length(), REASON_MAX)))
                .bytes();
        AtomicFile.replace(files, state.resolve(FILE), bytes);
    }

    /**
     * What stands beside a state; null when nothing does.
     *
     * @throws io.metastore.api.CorruptStateException it cannot be read
     */
    public static @Nullable Condemnation read(FileLayer files, Path state) throws IOException {
        Path file = state.resolve(FILE);
        if (files.kind(file) == Kind.ABSENT) {
            return null;
        }
        return Facts.read(file, files.read(file), "metastore-condemned", 1)
                .build(facts -> new Condemnation(
                        facts.text("reason"), facts.parsed("imagesUpTo", Long::parseLong, String::valueOf)));
    }
}
