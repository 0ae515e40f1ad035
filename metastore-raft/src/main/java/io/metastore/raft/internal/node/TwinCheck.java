package io.metastore.raft.internal.node;

import io.metastore.api.DirectoryMismatchException;
import io.metastore.raft.internal.members.MemberFacts;
import io.metastore.raft.internal.members.MemberId;
import io.metastore.raft.internal.transport.Method;
import io.metastore.raft.internal.transport.Transport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;

/**
 * Whether another process is this member already: its directory was copied, and the one that was copied, or another copy, is in use. Two that vote as one can
 * elect two leaders. Looks where the directory says that the member listened last and where the others look for it; one that cannot be reached from here is not
 * found.
 */
final class TwinCheck {

    /** Fact: drawn by each process. */
    static final String PROCESS = "process";

    /** Fact: where the one who answers looks for the one who asks. */
    static final String KNOWN_AT = "knownAt";

    private static final Duration ANSWER_MAX = Duration.ofMillis(900);

    private final Members members;
    private final Path directory;

    TwinCheck(Members members, Path directory) {
        this.members = members;
        this.directory = directory;
    }

    /**
     * For a member that listens elsewhere than it did, before it tells anybody.
     *
     * @throws DirectoryMismatchException it still listens there as well
     */
    void checkBeforeMove(MemberId id, String former) {
        check(id.text(), List.of(former));
    }

    /**
     * For a member that is about to take part.
     *
     * @param addresses where it may be, others than its own are asked; empty ones name nothing
     * @throws DirectoryMismatchException it is there
     */
    void check(Collection<String> addresses) {
        check(members.id(), addresses);
    }

    private void check(String id, Collection<String> addresses) {
        Transport transport = members.transport();
        if (transport == null) {
            return;
        }
        Map<String, CompletableFuture<byte[]>> asked = new LinkedHashMap<>();
        for (String address : addresses.stream().distinct().toList()) {
            if (!address.isEmpty() && !address.equals(members.address())) {
                // Introduces nobody: whoever answers learns nothing of it.
                asked.put(address, transport.call(address, Method.DESCRIBE, new byte[0], ANSWER_MAX));
            }
        }
        Map<String, MemberFacts> twins = asked.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        each -> MemberFacts.decode(each.getValue()
                                .exceptionally(error -> new byte[0])
                                .join())));
        twins.values().removeIf(facts -> !isTwin(id, facts));
        twins.forEach((address, facts) -> {
            throw new DirectoryMismatchException("another process is this member already: member=" + id + " directory="
                    + directory + " address=" + members.address() + " otherAddress=" + address + " otherOpened="
                    + facts.text("opened")
                    + "; the directory was copied. Stop the other one first, or give this one an empty"
                    + " directory and another name");
        });
    }

    private boolean isTwin(String id, MemberFacts facts) {
        String process = facts.text(PROCESS);
        return facts.text("id").equals(id) && !process.isEmpty() && !Objects.equals(process, members.process());
    }
}
