package io.metastore.recovery.branch;

import io.metastore.api.LogPosition;
import java.util.UUID;

/**
 * What a branch is beyond.
 *
 * @param recovery that went on
 * @param next epoch that went on
 * @param tip last entry that it has too
 * @param fork where the branch begins
 */
record Beyond(UUID recovery, long next, LogPosition tip, TakenOver.Fork fork) {}
