package io.metastore.cli;

import io.metastore.recovery.PlanOptions;
import io.metastore.recovery.Tail;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** What is decided by people when a recovery is planned. */
final class Choices {

    @Option(names = "--from", paramLabel = "LABEL", description = "Begin from this copy, not from the freshest.")
    private @Nullable String from;

    @ArgGroup(exclusive = true)
    private @Nullable Cut cut;

    /** Where the journal ends. */
    static final class Cut {
        @Option(names = "--cut-at", paramLabel = "INDEX", description = "Take nothing over behind this entry.")
        private @Nullable Long index;

        @Option(names = "--cut-to-proven", description = "Take over what is certainly committed, and nothing else.")
        private boolean toProven;

        Tail tail() {
            if (index != null) {
                return Tail.cutAt(index);
            }
            return toProven ? Tail.CUT_TO_PROVEN : Tail.KEEP_ALL;
        }
    }

    @Option(names = "--skip", paramLabel = "LABEL", description = "Do without a source that cannot be looked at.")
    private List<String> skipped = List.of();

    @Option(
            names = "--stranger",
            paramLabel = "HOST:PORT",
            description = "Something else listens by now where a member did that is not there.")
    private List<String> strangers = List.of();

    @Option(
            names = "--at",
            paramLabel = "HOST:PORT",
            description = "The member that goes on listens there from then on.")
    private @Nullable String address;

    @Option(
            names = "--readmit",
            split = ",",
            paramLabel = "MEMBER",
            description = "These come back by the plan, as what they were, as soon as they are started.")
    private List<String> readmitted = List.of();

    @Option(names = "--readmit-all", description = "The same for every member of which there is a copy.")
    private boolean readmitAll;

    @Option(
            names = "--fetch-rate",
            paramLabel = "BYTES",
            description = "Fetch what a member of another process has at so many bytes a second at most.")
    private long fetchRate = PlanOptions.UNLIMITED;

    @Option(names = "--by", paramLabel = "WHO", description = "Who asks; recorded for good. Default: the user.")
    private @Nullable String by;

    @Option(names = "--why", paramLabel = "REASON", description = "Why; recorded for good.")
    private @Nullable String why;

    PlanOptions options() {
        PlanOptions options = PlanOptions.DEFAULT.fetchRate(fetchRate);
        if (from != null) {
            options = options.from(from);
        }
        if (cut != null) {
            options = options.tail(cut.tail());
        }
        if (address != null) {
            options = options.at(address);
        }
        for (String label : skipped) {
            options = options.skip(label);
        }
        for (String listener : strangers) {
            options = options.stranger(listener);
        }
        options = options.readmit(readmitted.toArray(String[]::new));
        if (readmitAll) {
            options = options.readmitAll();
        }
        return options.because(
                Optional.ofNullable(by).orElse(options.by()),
                Optional.ofNullable(why).orElse(options.why()));
    }
}
