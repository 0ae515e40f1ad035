package io.metastore.raft.internal.node;

import io.metastore.api.AddressInUseException;
import io.metastore.api.ConfigurationException;
import io.metastore.api.MembershipRefusedException;
import io.metastore.api.MembershipRefusedException.Reason;
import io.metastore.raft.internal.cluster.MemberCluster;
import io.metastore.raft.internal.cluster.StepObserver;
import io.metastore.raft.internal.cluster.StepObserver.Moment;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.raft.internal.transport.TransportException;
import io.metastore.snapshot.files.MemberDirectory;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves an open member to another address: listens there first, then writes down and tells where it is, and leaves the old address a while after the cluster has
 * recorded the new one, with the next move, or at the end. When it cannot be written down nothing has changed.
 */
final class AddressMove implements MemberCluster.AddressChange {

    private static final Logger log = LoggerFactory.getLogger(AddressMove.class);

    /** Who is up hears of a move within a second, and again from the record; who was down is told when it is up. */
    private static final Duration FORMER_ANSWERS = Duration.ofSeconds(10);

    private final Members members;
    private final @Nullable MovableTransport transport;
    private final MemberDirectory directory;
    private final MemberService service;
    private final Opening opening;
    private final StepObserver steps;

    /** Whether it is still there at an address before. Guarded by this. */
    private boolean formerAnswers;

    /** Until when; null before the move is recorded. Guarded by this. */
    private @Nullable Deadline leaving;

    /** Opens the network at another address. */
    @FunctionalInterface
    interface Opening {
        Transport at(String address) throws IOException;
    }

    AddressMove(
            Members members,
            @Nullable MovableTransport transport,
            MemberDirectory directory,
            MemberService service,
            Opening opening,
            StepObserver steps) {
        this.members = members;
        this.transport = transport;
        this.directory = directory;
        this.service = service;
        this.opening = opening;
        this.steps = steps;
    }

    @Override
    public synchronized void to(String address) {
        MovableTransport moved = transport;
        if (moved == null) {
            throw new MembershipRefusedException(
                    Reason.NOT_A_MEMBER,
                    "the port-less single member has no address: open it with member(name, address) to give it one");
        }
        if (address.equals(members.address())) {
            return;
        }
        Transport next = listening(address);
        try {
            steps.at(members.self(), StepObserver.UNNUMBERED, Moment.LISTENING);
            directory.updateAddress(address);
        } catch (RuntimeException | Error e) {
            next.close(); // It may be tried again, and somebody else may have the address until then.
            throw e;
        }
        moved.move(next);
        formerAnswers = true;
        leaving = null;
        members.address(address);
    }

    /** The cluster has recorded where this member is. Called about once a second; leaves the old address when it is time. */
    synchronized void recorded() {
        MovableTransport moved = transport;
        if (moved == null || !formerAnswers) {
            return;
        }
        Deadline until = leaving;
        if (until == null) {
            leaving = Deadline.after(FORMER_ANSWERS);
        } else if (until.passed()) {
            moved.leaveFormer();
            formerAnswers = false;
            log.info("former address left: member={} address={}", members.self(), members.address());
        }
    }

    private Transport listening(String address) {
        Transport next;
        try {
            next = opening.at(address);
        } catch (IOException | IllegalArgumentException e) {
            throw unusable(address, e);
        }
        try {
            next.listen(service);
            return next;
        } catch (TransportException e) {
            next.close();
            throw new ConfigurationException(
                    "the member may not listen at the address: member=" + members.self() + " address=" + address
                            + " reason=" + e.getMessage() + "; it goes on at " + members.address(),
                    e);
        } catch (IOException e) {
            next.close();
            throw unusable(address, e);
        }
    }

    private AddressInUseException unusable(String address, Exception cause) {
        return new AddressInUseException(
                "the member cannot listen at the address: member=" + members.self() + " address=" + address + " reason="
                        + cause.getMessage() + "; it goes on at " + members.address(),
                cause);
    }
}
