package io.metastore.recovery;

import io.metastore.api.LogPosition;
import io.metastore.recovery.internal.intent.Intent;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A recovery that is to be carried out when a member is opened in its directory next, see {@link RecoveryPlan#intend}.
 *
 * @param recovery names it; of this intent alone
 * @param epoch that ends
 * @param tip last entry that is taken over
 * @param others directories that are sealed with it
 * @param members of other processes that are sealed with it, as {@code name@incarnation at host:port}
 * @param plan digest of the plan that was consented to
 * @param by who asks
 * @param why in their words
 * @param verdict what acknowledged writes may be lost, in words
 * @param created when it was written
 */
public record IntendedRecovery(
        UUID recovery,
        long epoch,
        LogPosition tip,
        List<Path> others,
        List<String> members,
        String plan,
        String by,
        String why,
        String verdict,
        Instant created) {

    public IntendedRecovery {
        others = List.copyOf(others);
        members = List.copyOf(members);
    }

    static IntendedRecovery of(Intent intent) {
        return new IntendedRecovery(
                intent.order().recovery(),
                intent.order().epoch(),
                intent.order().tip(),
                intent.others().stream().map(other -> other.path()).toList(),
                intent.order().members().stream()
                        .map(each -> each.member() + " at " + each.address())
                        .toList(),
                intent.order().plan(),
                intent.order().by(),
                intent.order().why(),
                intent.order().verdict(),
                intent.created());
    }
}
