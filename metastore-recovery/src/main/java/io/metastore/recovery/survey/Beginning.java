package io.metastore.recovery.survey;

import java.util.UUID;

/**
 * That an epoch began by a recovery.
 *
 * @param epoch that began
 * @param recovery by which; two epochs of one number that began by different recoveries are two histories
 */
public record Beginning(long epoch, UUID recovery) {

    @Override
    public String toString() {
        return epoch + " by " + recovery;
    }
}
