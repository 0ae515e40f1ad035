package io.metastore.raft.internal.transfer;

import io.metastore.raft.internal.transport.ClusterCredentials;
import io.metastore.raft.internal.transport.FaultyTransport;
import io.metastore.raft.internal.transport.GrpcOptions;
import io.metastore.raft.internal.transport.GrpcTransport;
import io.metastore.raft.internal.transport.InJvmNetwork;
import io.metastore.raft.internal.transport.LinkFaults;
import io.metastore.raft.internal.transport.TestPorts;
import io.metastore.raft.internal.transport.Transport;
import io.metastore.snapshot.files.MemberRole;
import io.metastore.snapshot.files.Membership;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Members that send each other images, over one kind of network, with faults on its links. */
final class ImageCluster implements AutoCloseable {

    enum Network {
        IN_JVM,
        GRPC
    }

    final LinkFaults faults = new LinkFaults(4711);
    final VirtualClock clock = new VirtualClock();

    private final Network network;
    private final Path directory;
    private final InJvmNetwork inJvm = new InJvmNetwork();
    private final List<Membership.Member> members = new ArrayList<>();
    private final List<ImageMember> opened = new ArrayList<>();

    ImageCluster(Network network, Path directory, String... names) {
        this.network = network;
        this.directory = directory;
        for (String name : names) {
            members.add(new Membership.Member(name, newAddress(name), MemberRole.VOTER, Optional.empty()));
        }
    }

    private String newAddress(String name) {
        return network == Network.IN_JVM ? name : TestPorts.nextAddress();
    }

    /** Opens a member, or opens it again in its directory. */
    ImageMember open(String name) throws IOException {
        return open(name, clock);
    }

    ImageMember open(String name, WaitingClock itsClock) throws IOException {
        String address = address(name);
        Transport transport = network == Network.IN_JVM
                ? inJvm.transport(address)
                : new GrpcTransport(
                        address,
                        ClusterCredentials.of("secret".getBytes(StandardCharsets.UTF_8), "cluster"),
                        GrpcOptions.builder()
                                .connectTimeout(Duration.ofSeconds(15))
                                .threadNamePrefix(name)
                                .build());
        ImageMember member = new ImageMember(
                name,
                directory.resolve(name),
                members.stream().filter(other -> !other.name().equals(name)).toList(),
                new FaultyTransport(transport, address, faults),
                itsClock);
        opened.add(member);
        return member;
    }

    String address(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow()
                .address();
    }

    Path images(String name) {
        return directory.resolve(name).resolve("image");
    }

    @Override
    public void close() {
        opened.forEach(ImageMember::close);
    }
}
