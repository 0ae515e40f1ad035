package io.metastore.snapshot.files;

import io.metastore.api.LogPosition;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Where an epoch ended, as those know who went on: what of a journal of that epoch they have, and so what of another one they have not.
 *
 * @param recovery that ended it
 * @param epoch that ended
 * @param next that began
 * @param tip last entry that was taken over
 * @param terms as {@link Genesis#terms}; empty when they are not known
 */
public record EpochEnd(UUID recovery, long epoch, long next, LogPosition tip, List<LogPosition> terms) {

    private static final int WORDS = 5;
    private static final String NOTHING = "-";

    public EpochEnd {
        terms = List.copyOf(terms);
    }

    /** As members tell it: recovery, epoch, next, tip, terms; positions as {@code term:index}. */
    public String line() {
        return recovery + " " + epoch + " " + next + " " + text(tip) + " "
                + (terms.isEmpty()
                        ? NOTHING
                        : terms.stream().map(EpochEnd::text).collect(Collectors.joining(",")));
    }

    /**
     * The inverse of {@link #line}.
     *
     * @throws IllegalArgumentException it is none
     */
    public static EpochEnd of(String line) {
        String[] words = line.split(" ", -1);
        if (words.length != WORDS) {
            throw new IllegalArgumentException("expected recovery, epoch, next, tip, terms: '" + line + "'");
        }
        List<LogPosition> terms = words[4].equals(NOTHING)
                ? List.of()
                : Stream.of(words[4].split(",", -1)).map(EpochEnd::position).toList();
        return new EpochEnd(
                UUID.fromString(words[0]),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                position(words[3]),
                terms);
    }

    private static String text(LogPosition position) {
        return position.term() + ":" + position.index();
    }

    private static LogPosition position(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }
}
