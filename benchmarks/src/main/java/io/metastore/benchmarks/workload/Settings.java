package io.metastore.benchmarks.workload;

import java.time.Duration;

/**
 * What is the same for all cells of a session.
 *
 * @param warmUp before anything of a closed loop is counted
 * @param measured the counted part of a closed loop
 * @param keys how many different keys the closed loops use; all of them exist before all but W1 begin
 * @param records how many records W6, W6I, W7, W8, CKPT, SHIP and ARCHIVE load
 * @param transactions how many W6I writes past the image
 * @param rounds how many times W5 stops a leader
 * @param loaders callers that load records before a measurement
 * @param rehearsals how many times SHIP and W8 bring a member back before the time that is measured
 * @param imagesAtOnce whether CKPT makes the images of all members at the same moment, not one after another
 */
public record Settings(
        Duration warmUp,
        Duration measured,
        int keys,
        int records,
        int transactions,
        int rounds,
        int loaders,
        int rehearsals,
        boolean imagesAtOnce) {
    public Settings {
        if (warmUp.isNegative() || measured.isNegative() || measured.isZero()) {
            throw new IllegalArgumentException("invalid duration: warmUp=" + warmUp + " measured=" + measured);
        }
        if (keys < 1 || records < 1 || transactions < 1 || rounds < 1 || loaders < 1 || rehearsals < 0) {
            throw new IllegalArgumentException("counts begin at 1, rehearsals at 0: keys=" + keys + " records="
                    + records + " transactions=" + transactions + " rounds=" + rounds + " loaders=" + loaders
                    + " rehearsals=" + rehearsals);
        }
    }
}
