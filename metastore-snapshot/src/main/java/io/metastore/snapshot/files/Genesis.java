package io.metastore.snapshot.files;

import io.metastore.api.LogPosition;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * How an epoch began: the record of the recovery that made it. Written into the epoch's directory before the epoch becomes the live one, and committed as the
 * first thing its leader does, so that it is in every copy and every image from then on.
 *
 * @param recovery which recovery
 * @param epoch that begins
 * @param previous that ended
 * @param tip last entry that was taken over
 * @param member from whose copy, as {@code name@incarnation}
 * @param created when
 * @param by who asked for it
 * @param why as who asked for it says
 * @param verdict what acknowledged writes may be lost, in words
 * @param plan digest of the plan that was consented to
 * @param sealed members whose copies were there and have promised not to go on, as {@code name@incarnation}
 * @param missing members of the epoch before of which no copy was there, as {@code name@incarnation}
 * @param terms where the terms of the journal that was taken over begin, ascending: for each term the place of its first entry; the first one is where the journal
 *     began. The newest {@value #TERMS_MAX} of them; empty when they are not known
 * @param readmitted members of the epoch before that come back into this one by itself as soon as they are started, in this order: name, where it listened, what it
 *     becomes again, incarnation it had
 */
public record Genesis(
        UUID recovery,
        long epoch,
        long previous,
        LogPosition tip,
        String member,
        Instant created,
        String by,
        String why,
        String verdict,
        String plan,
        List<String> sealed,
        List<String> missing,
        List<LogPosition> terms,
        List<Membership.Member> readmitted) {

    /** Enough for decades of elections, and a file of some kilobytes. */
    public static final int TERMS_MAX = 1_000;

    public Genesis {
        sealed = List.copyOf(sealed);
        missing = List.copyOf(missing);
        terms = List.copyOf(terms.subList(Math.max(0, terms.size() - TERMS_MAX), terms.size()));
        readmitted = List.copyOf(readmitted);
        if (previous < 1 || epoch <= previous) {
            throw new IllegalArgumentException("invalid beginning: epoch=" + epoch + " previous=" + previous);
        }
    }
}
