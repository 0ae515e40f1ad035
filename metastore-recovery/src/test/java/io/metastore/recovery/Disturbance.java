package io.metastore.recovery;

import io.metastore.test.TestCluster;
import io.metastore.test.TestMember;
import java.util.Random;

/** Links that fail at random. */
final class Disturbance {

    private Disturbance() {}

    /**
     * Every link loses some messages and repeats others, until it is healed.
     *
     * @param most how many of them, from 0 to 1
     */
    static void ofEveryLink(TestCluster cluster, Random random, double most) {
        for (TestMember from : cluster.members()) {
            for (TestMember to : cluster.members()) {
                if (from != to) {
                    cluster.network().drop(from.address(), to.address(), most * random.nextDouble());
                    cluster.network().duplicate(from.address(), to.address(), most * random.nextDouble());
                }
            }
        }
    }
}
