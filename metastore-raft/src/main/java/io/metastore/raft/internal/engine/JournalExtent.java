package io.metastore.raft.internal.engine;

import io.metastore.api.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * How far a journal on disk reaches, as the names of its files tell while no engine has it open, and their lengths and first bytes where those contradict the
 * names. The end of the file that was being written is not known by that.
 *
 * @param present whether there is a journal at all; without, term and vote are unknown and so is what this member has acknowledged
 * @param first index of the first entry; -1 when there is no file with entries
 * @param closedLast last entry in the files that were closed; -1 when there is none
 * @param openFirst first entry in the file that was being written; -1 when there is none
 * @param hole entries that are missing between two files; null when there are none
 * @param before the entry before the first, when entries were purged or the journal began behind a state; null when unknown, and for a journal that
 *     has its first entry
 * @param image position of the image in whose favour the journal was being given up, so that the state must be that image before an engine may
 *     start; null when there was none
 * @param damage which file is not what its name says, with expected and found; null when none is, as far as was looked
 */
public record JournalExtent(
        boolean present,
        long first,
        long closedLast,
        long openFirst,
        @Nullable Hole hole,
        @Nullable LogPosition before,
        @Nullable LogPosition image,
        @Nullable String damage) {

    /** Whether a state and a journal go together. */
    public enum Fit {
        /** As far as can be told: every entry behind the state is there, or was never written. */
        FITS,
        /** There is a state, and no journal, or one without the entries that must have been behind or in the state. */
        MISSING,
        /** A file between two others is missing. */
        HOLE,
        /** The journal begins behind the entry that the state needs next. */
        BEGINS_TOO_LATE,
        /** The state contains more than the journal, which therefore has lost its end. */
        ENDS_TOO_EARLY,
        /** The state must be replaced by the image first. */
        AWAITS_IMAGE,
        /** A file is not what its name says. */
        DAMAGED,
        /** The journal has another entry at the state's position. Names do not tell: said by {@link StoppedJournal#fit} only. */
        CONTRADICTS
    }

    /**
     * Entries that are missing.
     *
     * @param first the first of them
     * @param last the last of them
     */
    public record Hole(long first, long last) {}

    /** Whether nothing is missing at the beginning, so that replaying it makes the present state of an empty one. */
    public boolean hasFirstEntry() {
        return image == null && (first == 0 || (first < 0 && before == null));
    }

    /** Whether a state at this position can be continued by this journal. */
    public Fit fit(LogPosition state) {
        if (image != null) {
            return state.index() >= image.index() ? Fit.FITS : Fit.AWAITS_IMAGE;
        }
        if (damage != null) {
            return Fit.DAMAGED;
        }
        if (hole != null) {
            return Fit.HOLE;
        }
        if (first < 0) {
            return fitOfEmpty(state);
        }
        if (first > state.index() + 1) {
            return Fit.BEGINS_TOO_LATE;
        }
        return openFirst < 0 && closedLast < state.index() ? Fit.ENDS_TOO_EARLY : Fit.FITS;
    }

    private Fit fitOfEmpty(LogPosition state) {
        if (before == null) {
            return state.index() < 0 ? Fit.FITS : Fit.MISSING;
        }
        if (state.index() < before.index()) {
            return Fit.BEGINS_TOO_LATE;
        }
        return present && state.equals(before) ? Fit.FITS : Fit.MISSING;
    }

    /** The facts for a message. */
    public String describe(LogPosition state) {
        return "fit=" + fit(state) + " state=" + state + " first=" + first + " closedLast=" + closedLast + " openFirst="
                + openFirst + " missing=" + missing(state) + " image=" + image
                + (damage == null ? "" : " damage: " + damage);
    }

    private String missing(LogPosition state) {
        return switch (fit(state)) {
            case HOLE -> String.valueOf(hole);
            case BEGINS_TOO_LATE ->
                String.valueOf(new Hole(state.index() + 1, first < 0 && before != null ? before.index() : first - 1));
            case ENDS_TOO_EARLY -> String.valueOf(new Hole(closedLast + 1, state.index()));
            case MISSING -> "all";
            case DAMAGED -> "unknown";
            case FITS, AWAITS_IMAGE, CONTRADICTS -> "none";
        };
    }
}
