package io.metastore.recovery.inspect;

import java.util.List;
import java.util.stream.Collectors;

/** One transaction of a batch, as it was asked for. Whether its checks held is not in the journal; see {@link JournalInspector#revision}. */
public sealed interface InspectedTransaction {

    /**
     * Checks and changes: when all checks hold then these, otherwise those.
     *
     * @param readRevision at which a closure read what its checks compare; -1 when it is none
     */
    record Changes(long readRevision, List<InspectedCheck> checks, List<InspectedOp> then, List<InspectedOp> otherwise)
            implements InspectedTransaction {
        public Changes {
            checks = List.copyOf(checks);
            then = List.copyOf(then);
            otherwise = List.copyOf(otherwise);
        }

        @Override
        public String toString() {
            String changes = joined(then, "; ", "nothing");
            if (checks.isEmpty()) {
                return changes;
            }
            return "when " + joined(checks, " and ", "")
                    + (readRevision < 0 ? "" : ", read at revision " + readRevision) + ", then " + changes
                    + (otherwise.isEmpty() ? "" : ", otherwise " + joined(otherwise, "; ", ""));
        }

        private static String joined(List<?> parts, String separator, String none) {
            return parts.isEmpty() ? none : parts.stream().map(String::valueOf).collect(Collectors.joining(separator));
        }
    }

    /** A command that each member runs. What it changes is not in the journal. */
    record Command(String name, int version, InspectedValue argument) implements InspectedTransaction {
        @Override
        public String toString() {
            return "command " + name + " v" + version + "(" + argument + ")";
        }
    }

    /**
     * Asks what became of an earlier transaction of the same session.
     *
     * @param sequence of its batch
     * @param transaction its place in the batch, from 0
     */
    record Resolve(long sequence, int transaction) implements InspectedTransaction {
        @Override
        public String toString() {
            return "resolve transaction " + transaction + " of batch " + sequence;
        }
    }
}
