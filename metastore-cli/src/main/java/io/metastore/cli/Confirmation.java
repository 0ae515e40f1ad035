package io.metastore.cli;

import picocli.CommandLine.Option;

/** Asks before something is changed: the same for all commands that need a yes and no more. */
final class Confirmation {

    @Option(names = "--yes", description = "Do not ask.")
    private boolean yes;

    /**
     * Returns when it is confirmed.
     *
     * @param question without its mark
     * @throws RefusedException it is not
     */
    void require(String question) {
        if (!yes && !Question.confirmed(question + "?")) {
            throw new RefusedException("not confirmed, nothing was changed: " + question + "? give --yes to confirm");
        }
    }
}
