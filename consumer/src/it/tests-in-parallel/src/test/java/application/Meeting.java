package application;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;

/** Where all tests of this application wait for each other, each with a cluster of its own: they fail when they are not run at once. */
final class Meeting {

    private static final int TESTS = 4;
    private static final CyclicBarrier ALL = new CyclicBarrier(TESTS);

    private Meeting() {}

    static void attend() throws Exception {
        ALL.await(60, TimeUnit.SECONDS);
    }
}
