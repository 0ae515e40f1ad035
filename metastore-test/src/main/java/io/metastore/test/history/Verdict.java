package io.metastore.test.history;

/** Whether a history is linearizable. Immutable; {@code toString} explains it, if need be in several lines. */
public sealed interface Verdict {

    boolean isLinearizable();

    /**
     * Does nothing if the history is linearizable.
     *
     * @throws AssertionError with the explanation, also if the check did not come to an end
     */
    default void requireLinearizable() {
        if (!isLinearizable()) {
            throw new AssertionError(toString());
        }
    }

    /**
     * There is an order that explains all answers.
     *
     * @param configurationsMet what it took to find one
     */
    record Linearizable(long configurationsMet) implements Verdict {
        @Override
        public boolean isLinearizable() {
            return true;
        }

        @Override
        public String toString() {
            return "history is linearizable: configurationsMet=" + configurationsMet;
        }
    }

    /** No order explains all answers on the key of the impasse. */
    record NotLinearizable(Impasse impasse) implements Verdict {
        @Override
        public boolean isLinearizable() {
            return false;
        }

        @Override
        public String toString() {
            return "history is not linearizable: key=" + Words.quote(impasse.key()) + "\n" + impasse;
        }
    }

    /**
     * The budget was used up. Nothing is certain; tests fail.
     *
     * @param furthest how far it came with the first key that was not decided; no key was found to be not linearizable
     */
    record Undecided(Impasse furthest, long configurationsMet, CheckBudget budget) implements Verdict {
        @Override
        public boolean isLinearizable() {
            return false;
        }

        @Override
        public String toString() {
            return "history is neither shown to be linearizable nor refuted: key=" + Words.quote(furthest.key())
                    + " configurationsMet=" + configurationsMet + " budget=" + budget
                    + "; look at the place below, or raise the budget, or let operations overlap less\n" + furthest;
        }
    }
}
