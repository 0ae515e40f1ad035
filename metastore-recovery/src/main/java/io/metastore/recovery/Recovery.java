package io.metastore.recovery;

import io.metastore.recovery.survey.CopyOrigin;
import io.metastore.recovery.survey.Depth;
import java.util.List;

/**
 * Where recovery begins: with everything that is left of a cluster.
 *
 * <pre>{@code
 * Survey survey = Recovery.of(
 *                 Source.directory(Path.of("/var/lib/app/meta")),
 *                 Source.directory(Path.of("/mnt/fe2-disk/meta")).labelled("fe2"))
 *         .survey();
 * System.out.println(survey.toTable());
 * System.out.println(survey.diagnose().verdict());
 * }</pre>
 *
 * <p>Immutable; callable from any thread.
 */
public final class Recovery {
    private final List<Source> sources;

    private Recovery(List<Source> sources) {
        this.sources = sources;
    }

    /** Recovery from these; at least one. Nothing is looked at yet. */
    public static Recovery of(Source... sources) {
        if (sources.length == 0) {
            throw new IllegalArgumentException("recovery needs at least one source");
        }
        return new Recovery(List.of(sources));
    }

    /** {@link #survey(Depth)} as is usual: as quick as reading the journals. */
    public Survey survey() {
        return survey(Depth.QUICK);
    }

    /**
     * Reads all sources, one after the other, and changes nothing: no file, no lock, no time of change, also beside a running member. Blocks, for about a second
     * per gigabyte of journal when that is in memory, else for as long as the disk takes. Never fails by what it finds: whatever is damaged, missing or
     * unreadable is in the result, next to what can be read.
     *
     * @param depth how thoroughly states and images are looked at; journals always are
     */
    public Survey survey(Depth depth) {
        return new Survey(
                sources.stream().map(source -> read(source.origin(), depth)).toList());
    }

    /** An interrupt closes the files that are being read, which looks like a broken disk: it is kept for later, and what it struck is read anew. */
    private static SurveyedCopy read(CopyOrigin origin, Depth depth) {
        boolean interrupted = Thread.interrupted();
        try {
            SurveyedCopy copy = readOnce(origin, depth);
            while (Thread.interrupted()) {
                interrupted = true;
                copy = readOnce(origin, depth);
            }
            return copy;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static SurveyedCopy readOnce(CopyOrigin origin, Depth depth) {
        return switch (origin.kind()) {
            case DIRECTORY, BACKUP -> DirectorySurvey.read(origin, depth);
            case IMAGE, ARCHIVE -> ImageSurvey.read(origin, depth);
        };
    }
}
