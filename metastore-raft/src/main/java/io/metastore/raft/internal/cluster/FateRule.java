package io.metastore.raft.internal.cluster;

import io.metastore.api.Fate;
import io.metastore.api.Fate.Kind;
import io.metastore.api.LogPosition;
import io.metastore.api.Revision;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What became of a write of which there is a receipt, by what one member knows.
 *
 * <p>A receipt was given for a committed entry, by a member that worked in the receipt's epoch. Entries of one epoch that have term and index in common are one
 * entry, and so are all before them. So an entry of an epoch that ended is in the history if and only if the journal that was taken over has its term at its index.
 * Where that journal began only later, terms still say something: they never fall from one entry to the next, and an entry in it of the receipt's own term has all
 * earlier ones of that term before it.
 *
 * <p>A function of values, without clocks or threads.
 */
final class FateRule {

    private final long directoryEpoch;
    private final Revision state;
    private final LogPosition applied;
    /** Ascending by epoch. */
    private final List<Beginning> beginnings;

    /**
     * What the member knows.
     *
     * @param directoryEpoch the epoch it works in
     * @param state the revision it has applied
     * @param applied the entry it has applied
     * @param beginnings those its state has
     */
    FateRule(long directoryEpoch, Revision state, LogPosition applied, List<Beginning> beginnings) {
        this.directoryEpoch = directoryEpoch;
        this.state = state;
        this.applied = applied;
        this.beginnings = beginnings.stream()
                .sorted(Comparator.comparingLong(each -> each.epoch().epoch()))
                .toList();
    }

    Fate of(Revision receipt) {
        long epoch = receipt.epoch();
        long live = state.epoch();
        if (receipt.number() == 0) {
            return fate(Kind.KEPT, "it is the empty store, with which every history begins");
        }
        if (directoryEpoch > live) {
            return fate(
                    Kind.UNKNOWN,
                    "the beginning of epoch " + directoryEpoch + " is not applied here yet; ask again in a moment");
        }
        if (epoch > live) {
            return fate(Kind.UNKNOWN, "epoch " + epoch + " is not known here; this member is in epoch " + live);
        }
        return epoch == live ? ofLiveEpoch(receipt) : ofEndedEpoch(receipt);
    }

    private Optional<Beginning> beginning(long epoch) {
        return beginnings.stream().filter(each -> each.epoch().epoch() == epoch).findFirst();
    }

    private Fate ofLiveEpoch(Revision receipt) {
        LogPosition place = receipt.position();
        Optional<Beginning> since = beginning(receipt.epoch());
        if (since.isPresent() && place.index() <= since.get().epoch().tip().index()) {
            return inherited(since.get(), receipt);
        }
        if (place.term() < applied.term() && place.index() > applied.index()) {
            return fate(
                    Kind.LOST,
                    "no entry " + place + " can follow on the applied entry " + applied + ": it is of another journal");
        }
        if (place.index() > applied.index()) {
            return fate(
                    Kind.UNKNOWN,
                    "entry " + place + " is not applied here yet, only up to " + applied + "; ask again, or await it");
        }
        if (place.term() > applied.term() || receipt.number() > state.number()) {
            return fate(
                    Kind.LOST,
                    "the journal up to " + applied + " and revision " + state.number() + " has no revision "
                            + receipt.number() + " at " + place + ": it is of another journal");
        }
        return fate(Kind.KEPT, "it was committed in the epoch that goes on, and is applied here");
    }

    private Fate ofEndedEpoch(Revision receipt) {
        LogPosition place = receipt.position();
        Beginning next = beginnings.stream()
                .filter(each -> each.epoch().epoch() > receipt.epoch())
                .findFirst()
                .orElse(null);
        if (next == null) {
            return fate(Kind.UNKNOWN, "how epoch " + receipt.epoch() + " ended is not recorded");
        }
        if (next.epoch().previous() < receipt.epoch()) {
            return fate(
                    Kind.LOST,
                    "epoch " + receipt.epoch() + " is not one of this history, in which epoch "
                            + next.epoch().epoch() + " follows on "
                            + next.epoch().previous() + ": it was taken back, or is another recovery's");
        }
        LogPosition tip = next.epoch().tip();
        for (Beginning later : beginnings) {
            LogPosition end = later.epoch().tip();
            if (later.epoch().epoch() > receipt.epoch() && place.index() > end.index()) {
                return lost(later, "entries behind " + end + " were not taken over");
            }
        }
        Optional<Beginning> since = beginning(receipt.epoch());
        if (since.isPresent() && place.index() <= since.get().epoch().tip().index()) {
            return inherited(since.get(), receipt);
        }
        if (next.knowsTermAt(place.index())) {
            long term = next.termAt(place.index());
            if (term != place.term()) {
                return lost(next, "the journal that was taken over has an entry of term " + term + " at its index");
            }
            return next.epoch().previous() == receipt.epoch()
                    ? kept(next, "the journal that was taken over has it")
                    : fate(
                            Kind.UNKNOWN,
                            "epoch " + next.epoch().epoch() + " goes on from epoch "
                                    + next.epoch().previous() + ", and where that one began is not recorded");
        }
        LogPosition known = next.terms().isEmpty() ? tip : next.terms().get(0);
        if (place.term() > known.term()) {
            return lost(next, "the journal that was taken over has no entry of its term before " + known);
        }
        boolean direct = next.epoch().previous() == receipt.epoch();
        boolean own =
                since.isEmpty() || known.index() > since.get().epoch().tip().index();
        if (place.term() == known.term() && direct && own) {
            return kept(next, "the journal that was taken over has a later entry of its term, " + known);
        }
        return fate(
                Kind.UNKNOWN,
                "the terms of the journal that epoch " + next.epoch().epoch() + " took over are known from " + known
                        + " on, and entry " + place + " is before that");
    }

    /** A receipt that was given again in a later epoch, for an entry of an earlier one. */
    private static Fate inherited(Beginning since, Revision receipt) {
        LogPosition place = receipt.position();
        if (!since.knowsTermAt(place.index())) {
            return fate(
                    Kind.UNKNOWN,
                    "entry " + place + " is before what is known of the journal that epoch "
                            + since.epoch().epoch() + " took over");
        }
        return since.termAt(place.index()) == place.term()
                ? kept(since, "the journal that was taken over has it")
                : lost(since, "the journal that was taken over has another entry at its index");
    }

    private static Fate kept(Beginning next, String why) {
        return fate(Kind.KEPT, "epoch " + next.epoch().epoch() + " took it over: " + why);
    }

    private static Fate lost(Beginning next, String why) {
        return fate(
                Kind.LOST,
                "epoch " + next.epoch().epoch() + " began without it, recovery "
                        + next.epoch().recovery() + ": " + why);
    }

    private static Fate fate(Kind kind, String reason) {
        return new Fate(kind, reason);
    }
}
