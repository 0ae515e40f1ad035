package io.metastore.raft.internal.members;

/** What an autopilot does next, and why. */
public sealed interface AutopilotDecision {

    /** In words, for the log and for whoever looks at the operation. */
    String reason();

    /** Give this observer a vote, so that it is there before the dead voter goes. */
    record Promote(String observer, String reason) implements AutopilotDecision {}

    /** Take this dead voter out. */
    record Remove(String voter, String reason) implements AutopilotDecision {}

    /** Take back an operation of its own that does not come to an end. */
    record Cancel(long operation, String reason) implements AutopilotDecision {}

    /**
     * Nothing for now.
     *
     * @param remedy what somebody has to do before a voter that is dead can be replaced; empty when none is, or when it goes on by itself
     */
    record Nothing(String reason, String remedy) implements AutopilotDecision {

        static Nothing waiting(String reason) {
            return new Nothing(reason, "");
        }

        /** Whether a voter is dead and stays in its place until somebody does something. */
        public boolean isStuck() {
            return !remedy.isEmpty();
        }
    }
}
