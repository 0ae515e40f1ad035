package io.metastore.raft.internal.assembly;

import io.metastore.api.Addon;
import io.metastore.api.ConfigurationException;
import io.metastore.api.MemberAddress;
import io.metastore.api.MetaStore;
import io.metastore.api.Secret;
import io.metastore.api.Timeouts;
import io.metastore.api.Tls;
import io.metastore.api.spi.OpenSettings;
import io.metastore.raft.internal.cluster.StepObserver;
import io.metastore.raft.internal.engine.ImageSource;
import io.metastore.raft.internal.engine.JournalConsumer;
import io.metastore.raft.internal.engine.PeerAddresses;
import io.metastore.raft.internal.engine.StoppedJournal;
import io.metastore.raft.internal.node.CurrentNode;
import io.metastore.raft.internal.node.EngineFactory;
import io.metastore.raft.internal.node.Meters;
import io.metastore.raft.internal.node.NodeOpener;
import io.metastore.raft.internal.node.Peers;
import io.metastore.raft.internal.ratis.JournalAtRest;
import io.metastore.raft.internal.ratis.RatisEngine;
import io.metastore.raft.internal.ratis.RatisJournal;
import io.metastore.raft.internal.ratis.RatisSettings;
import io.metastore.raft.internal.ratis.RatisSettings.JournalStart;
import io.metastore.raft.internal.store.CommandHandlers;
import io.metastore.raft.internal.store.RaftMetaStore;
import io.metastore.raft.internal.transport.ClusterCredentials;
import io.metastore.raft.internal.transport.GrpcOptions;
import io.metastore.raft.internal.transport.GrpcTransport;
import io.metastore.raft.internal.transport.TlsFiles;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.DiskFileLayer;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.Identity;
import io.metastore.snapshot.files.MemberDirectory;
import io.metastore.snapshot.files.MemberRole;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** Opens a store from settings. */
public final class StoreAssembly {

    private StoreAssembly() {}

    public static MetaStore open(OpenSettings settings) {
        FilesAddon observed = find(settings.addons(), FilesAddon.class);
        FileLayer disk = new DiskFileLayer();
        return open(settings, observed == null ? disk : observed.over(disk));
    }

    /** Opens a store whose own files go through the given layer; for tests of what happens when that fails. */
    public static MetaStore open(OpenSettings settings, FileLayer files) {
        return open(settings, files, Clock.systemUTC());
    }

    /** The same with another clock; for tests of what happens when that is wrong. */
    static MetaStore open(OpenSettings settings, FileLayer files, Clock clock) {
        EarlyLoading.begin();
        TransportAddon network = find(settings.addons(), TransportAddon.class);
        MetersAddon counting = find(settings.addons(), MetersAddon.class);
        checkKnown(settings.addons());
        MemberAddress self = settings.member();
        String name = self == null ? Identity.SINGLE_NAME : self.name();
        MetersAddon.Opened counted = counting == null ? null : counting.open(name, settings.directory());
        try {
            Meters meters = counted == null ? Meters.NONE : new TolerantMeters(name, counted.meters());
            CurrentNode current = new CurrentNode(
                    opener(settings, files, network, meters, clock).open(),
                    new Reopening(held -> opener(whereItIs(settings, held), files, network, meters, clock)));
            if (counted != null) {
                counted.bind(current.gauges());
                current.onClose(counted::close);
            }
            return new RaftMetaStore(current, find(settings.addons(), ClosuresAddon.class) != null);
        } catch (RuntimeException | Error e) {
            if (counted != null) {
                counted.close();
            }
            throw e;
        }
    }

    /** A member may have moved to another address since it was opened. */
    private static OpenSettings whereItIs(OpenSettings settings, MemberDirectory held) {
        MemberAddress self = settings.member();
        return self == null
                ? settings
                : settings.withMember(
                        new MemberAddress(self.name(), held.identity().address(), self.observer()));
    }

    private static NodeOpener opener(
            OpenSettings settings, FileLayer files, @Nullable TransportAddon network, Meters meters, Clock clock) {
        OperationsAddon watching = find(settings.addons(), OperationsAddon.class);
        return new NodeOpener(
                settings,
                files,
                (address, clusterId) -> transport(settings, network, address, clusterId),
                engines(settings, files),
                new CommandHandlers(settings.commands()),
                meters,
                watching == null ? StepObserver.NONE : watching.observer(),
                clock);
    }

    private static Transport transport(
            OpenSettings settings, @Nullable TransportAddon network, String address, @Nullable UUID clusterId)
            throws IOException {
        return network == null
                ? sockets(settings, address, clusterId)
                : network.open(address, () -> sockets(settings, address, clusterId));
    }

    private static Transport sockets(OpenSettings settings, String address, @Nullable UUID clusterId)
            throws IOException {
        Secret token = settings.clusterToken();
        Tls tls = settings.tls();
        MemberAddress self = settings.member();
        return new GrpcTransport(
                address,
                ClusterCredentials.of(
                        token == null ? new byte[0] : token.bytes(), clusterId == null ? "" : clusterId.toString()),
                GrpcOptions.builder()
                        .bind(self == null || address.equals(self.address()) ? settings.listenAddress() : null)
                        .tls(
                                tls == null
                                        ? null
                                        : new TlsFiles(
                                                tls.certificateChain(),
                                                tls.privateKey(),
                                                tls.trustedAuthorities(),
                                                true))
                        .plaintextBeyondLoopback(settings.plaintextBeyondLoopback())
                        .threadNamePrefix((self == null ? Identity.SINGLE_NAME : self.name()) + "-net")
                        .build());
    }

    private static EngineFactory engines(OpenSettings settings, FileLayer files) {
        return new EngineFactory() {
            @Override
            public Handle create(
                    Place place,
                    Transport transport,
                    JournalConsumer consumer,
                    ImageSource images,
                    PeerAddresses addresses) {
                RatisEngine engine =
                        new RatisEngine(engineSettings(settings, place), transport, consumer, images, files, addresses);
                return new Handle(engine, engine::handleRaft, engine::abandon);
            }

            @Override
            public void reidentify(Place place) throws IOException {
                JournalAtRest.reidentify(files, engineSettings(settings, place));
            }

            @Override
            public StoppedJournal stopped(Path journal, UUID group, ToLongFunction<ByteBuffer> commitHints) {
                return new RatisJournal(files, journal, group, RatisSettings.Limits.DEFAULT, commitHints);
            }
        };
    }

    private static RatisSettings engineSettings(OpenSettings settings, EngineFactory.Place place) {
        Timeouts timeouts = settings.timeouts();
        Peers peers = place.peers();
        boolean joins = !peers.contains(place.self()); // A leader tells it who is in the group.
        List<RatisSettings.Peer> members = peers.members().stream()
                .filter(member -> !joins)
                .map(member -> new RatisSettings.Peer(member.id(), member.address(), member.role() == MemberRole.VOTER))
                .toList();
        Duration first = peers.voters() == 1
                ? Duration.ofMillis(2)
                : Duration.ofMillis(Math.max(50, timeouts.electionMin().toMillis() / 6));
        return RatisSettings.of(place.journal(), place.group(), place.self().text(), members)
                .withTimeouts(new RatisSettings.Timeouts(
                        timeouts.electionMin(),
                        timeouts.electionMax(),
                        first,
                        first.multipliedBy(3),
                        longer(Duration.ofSeconds(3), timeouts.electionMax())))
                .withLimits(RatisSettings.Limits.DEFAULT.withSegmentBytesMax(
                        settings.checkpoints().journalFileBytes()))
                .withJournalStart(place.mayBeginBehindState() ? JournalStart.BEHIND_STATE : JournalStart.COMPLETE);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static <T extends Addon> @Nullable T find(List<Addon> addons, Class<T> kind) {
        List<T> found = addons.stream().filter(kind::isInstance).map(kind::cast).toList();
        if (found.size() > 1) {
            throw new ConfigurationException("two add-ons of one kind: "
                    + found.get(0).name() + " and " + found.get(1).name() + "; give one");
        }
        return found.isEmpty() ? null : found.get(0);
    }

    private static void checkKnown(List<Addon> addons) {
        for (Addon addon : addons) {
            if (!(addon instanceof TransportAddon)
                    && !(addon instanceof MetersAddon)
                    && !(addon instanceof ClosuresAddon)
                    && !(addon instanceof OperationsAddon)
                    && !(addon instanceof FilesAddon)) {
                throw new ConfigurationException("add-on is not known to metastore-raft: name=" + addon.name()
                        + " class=" + addon.getClass().getName());
            }
        }
    }
}
