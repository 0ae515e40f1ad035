package io.metastore.snapshot.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.metastore.api.MemberAddress;
import io.metastore.api.Secret;
import io.metastore.snapshot.files.FaultEnumeration.Step;
import io.metastore.snapshot.files.FaultEnumeration.Visited;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Every operation of everything a directory does fails, tears and crashes, and everything a power loss may leave is opened. */
class MemberDirectoryFaultTest {

    static {
        // Directories are opened by the hundred thousand here; one line each is too much. Read when the first logger is
        // made.
        System.setProperty("org.slf4j.simpleLogger.log.io.metastore.snapshot.files", "warn");
    }

    private static final Path PATH = Path.of("/data/meta");
    private static final MemberAddress SELF = MemberAddress.voter("fe1", "10.0.0.1:9010");
    private static final List<MemberAddress> MEMBERS =
            List.of(SELF, MemberAddress.voter("fe2", "10.0.0.2:9010"), MemberAddress.observer("fe3", "10.0.0.3:9010"));
    private static final UUID CLUSTER = ClusterIds.clusterIdOf(MEMBERS, ClusterIds.NO_TOKEN);
    private static final Expectation EXPECTATION = Expectation.bootstrap(SELF, MEMBERS, ClusterIds.NO_TOKEN);
    private static final Identity IDENTITY = identity();
    private static final Membership GIVEN = Membership.bootstrap(MEMBERS, IDENTITY);
    private static final Membership FORMED = new Membership(1, true, 7, GIVEN.members());
    private static final Membership SMALLER =
            new Membership(1, true, 12, GIVEN.members().subList(0, 2));

    private static final Observed INITIALIZED = Observed.of(IDENTITY, GIVEN);

    @Test
    void initialiseIsAllOrNothing() {
        FaultEnumeration enumeration = from(Observed.EMPTY, initialise(IDENTITY));
        report("initialise", enumeration.run(MemoryFileLayer::new));
    }

    /** What is in them is looked at where images are known. */
    @Test
    void initialiseWithImagesIsAllOrNothing() {
        InitialContent content = (layer, place) -> {
            Path made = place.images().resolve("image.making");
            layer.createDirectory(made);
            layer.writeNew(made.resolve("CURRENT"), new byte[] {1, 2});
            layer.forceDirectory(made);
            layer.rename(made, place.images().resolve("image.7"));
            layer.forceDirectory(place.images());
        };
        FaultEnumeration enumeration = from(
                Observed.EMPTY,
                new Step(directory -> directory.initialize(IDENTITY, GIVEN, content), Observed.of(IDENTITY, GIVEN)));
        report("initialise with images", enumeration.run(MemoryFileLayer::new));
    }

    @Test
    void initialiseIsAllOrNothingInADirectoryThatExists() {
        FaultEnumeration enumeration = from(Observed.EMPTY, initialise(IDENTITY));
        report("initialise in place", enumeration.run(MemberDirectoryFaultTest::emptyDirectory));
    }

    /** Everything that a cut off attempt may leave is the start of another attempt, which is cut off everywhere in turn. */
    @Test
    void initialiseIsAllOrNothingAfterAnAttemptThatWasCutOff() {
        FaultEnumeration enumeration = from(Observed.EMPTY, initialise(identity()));
        Visited visited = new Visited(0, 0, 0);
        int starts = 0;
        for (MemoryFileLayer leftover : cutOffAttempts()) {
            visited = visited.plus(enumeration.run(
                    leftover::afterProcessCrash, bytes -> IntStream.of(0, 1, bytes / 2, bytes - 1, bytes)));
            starts++;
        }
        assertThat(starts).isGreaterThan(20);
        report("initialise again, from each of " + starts + " leftovers", visited);
    }

    @Test
    void reopeningChangesNothing() {
        report("reopen", from(INITIALIZED).run(MemberDirectoryFaultTest::initialised));
    }

    @Test
    void membershipIsOldOrNew() {
        FaultEnumeration enumeration = from(
                INITIALIZED,
                new Step(directory -> directory.updateMembership(FORMED), Observed.of(IDENTITY, FORMED)),
                new Step(directory -> directory.updateMembership(SMALLER), Observed.of(IDENTITY, SMALLER)));
        report("updateMembership twice", enumeration.run(MemberDirectoryFaultTest::withJournal));
    }

    @Test
    void roleAndAddressAreOldOrNew() {
        Identity observer = IDENTITY.withRole(MemberRole.OBSERVER);
        Identity moved = observer.withAddress("10.0.0.9:9010");
        FaultEnumeration enumeration = from(
                INITIALIZED,
                new Step(directory -> directory.updateRole(MemberRole.OBSERVER), Observed.of(observer, GIVEN)),
                new Step(directory -> directory.updateAddress(moved.address()), Observed.of(moved, GIVEN)));
        report("updateRole, updateAddress", enumeration.run(MemberDirectoryFaultTest::initialised));
    }

    @Test
    void acknowledgementsAreOldOrNew() {
        Acknowledgements first = Acknowledgements.of(List.of(mark("fe2", 3, 100, 90)));
        Acknowledgements second = Acknowledgements.of(List.of(mark("fe2", 4, 120, 120), mark("fe1", 4, 119, 119)));
        FaultEnumeration enumeration = from(
                INITIALIZED,
                new Step(directory -> directory.updateAcknowledged(first), Observed.of(IDENTITY, GIVEN, first)),
                new Step(directory -> directory.updateAcknowledged(second), Observed.of(IDENTITY, GIVEN, second)));
        report("updateAcknowledged twice", enumeration.run(MemberDirectoryFaultTest::initialised));
    }

    /** A damaged file stops nobody: it stays as it is until it is replaced, and it is replaced whole. */
    @Test
    void damagedAcknowledgementsAreReplacedWhole() throws IOException {
        MemoryFileLayer damaged = initialised();
        AtomicFile.replace(damaged, PATH.resolve("stores/main/epoch-000001/acknowledged"), new byte[] {1, 2, 3});
        Observed old = Observed.open(damaged.afterProcessCrash(), PATH, EXPECTATION);
        assertThat(old.acknowledged().damage()).contains("a file is damaged", "3 bytes");
        Acknowledgements sound = Acknowledgements.of(List.of(mark("fe2", 3, 100, 90)));
        FaultEnumeration enumeration = from(
                old, new Step(directory -> directory.updateAcknowledged(sound), Observed.of(IDENTITY, GIVEN, sound)));
        report("updateAcknowledged over a damaged file", enumeration.run(damaged::afterProcessCrash));
    }

    private static Acknowledgements.Mark mark(String member, long term, long index, long committed) {
        return new Acknowledgements.Mark(member + "@00000000-0000-4000-8000-000000000001", term, index, committed);
    }

    @Test
    void initialiseOfASingleMemberIsAllOrNothing() {
        Identity single = Identity.single(Instant.parse("2026-11-21T02:00:00Z"));
        Membership alone = Membership.alone(single);
        FaultEnumeration enumeration = new FaultEnumeration(
                PATH,
                Expectation.single(),
                Observed.EMPTY,
                List.of(new Step(directory -> directory.initialize(single, alone), Observed.of(single, alone))));
        report("initialise a single member", enumeration.run(MemoryFileLayer::new));
    }

    /** A member that starts anew from its peers has another incarnation, all else may change as well. */
    @Test
    void aNewIncarnationIsOldOrNew() {
        Identity anew = new Identity(
                IDENTITY.clusterId(),
                IDENTITY.tokenDigest(),
                IDENTITY.created(),
                IDENTITY.memberName(),
                UUID.fromString("00000000-0000-4000-8000-000000000001"),
                MemberRole.OBSERVER,
                IDENTITY.startedAs(),
                "10.0.0.9:9010");
        FaultEnumeration enumeration =
                from(INITIALIZED, new Step(directory -> directory.updateIdentity(anew), Observed.of(anew, GIVEN)));
        report("updateIdentity", enumeration.run(MemberDirectoryFaultTest::initialised));
    }

    @Test
    void aSingleMemberBecomesOneOfAClusterOrStaysAlone() {
        Identity single = Identity.single(Instant.parse("2026-11-21T02:00:00Z"));
        Membership alone = Membership.alone(single);
        String token = ClusterIds.tokenDigest(Secret.of("a token of tests"));
        Identity tokened = single.withToken(token);
        Identity member = tokened.named(SELF);
        Membership listed =
                new Membership(1, false, -1, Membership.alone(member).members());
        FaultEnumeration enumeration = new FaultEnumeration(
                PATH,
                Expectation.member(SELF, token),
                Observed.of(single, alone),
                List.of(
                        new Step(MemberDirectory::adoptToken, Observed.of(tokened, alone)),
                        new Step(directory -> directory.updateMembership(listed), Observed.of(tokened, listed)),
                        new Step(directory -> directory.updateIdentity(member), Observed.of(member, listed))));
        report("a single member becomes one of a cluster", enumeration.run(() -> {
            MemoryFileLayer layer = new MemoryFileLayer();
            try (MemberDirectory directory = MemberDirectory.open(layer, PATH, Expectation.single())) {
                directory.initialize(single, alone);
            }
            return layer.afterProcessCrash();
        }));
    }

    /** Whoever adds a change of the directory adds it here. */
    @Test
    void everyPublicChangeIsEnumerated() {
        assertThat(Arrays.stream(MemberDirectory.class.getDeclaredMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .filter(method -> method.getReturnType() == void.class || method.getParameterCount() > 0)
                        .map(Method::getName)
                        .filter(name -> !name.contains("$")))
                .containsExactlyInAnyOrder(
                        "open",
                        "initialize",
                        "initialize",
                        "updateMembership",
                        "updateAcknowledged",
                        "updateRole",
                        "updateAddress",
                        "updateIdentity",
                        "adoptToken",
                        "reopened", // What "open" does, without the lock.
                        "close");
    }

    /** A recovery that swaps {@code CURRENT} and dies before forcing it: once the new epoch was found live, the old one may not come back. */
    @Test
    void epochThatWasFoundLiveStaysLive() throws IOException {
        Membership second =
                new Membership(2, false, -1, Membership.alone(IDENTITY).members());
        Path store = PATH.resolve("stores/main");
        MemoryFileLayer layer = initialised();
        layer.createDirectories(store.resolve("epoch-000002"));
        AtomicFile.replace(layer, store.resolve("epoch-000002/membership"), IdentityFiles.membership(CLUSTER, second));
        AtomicFile.write(layer, store.resolve("CURRENT"), IdentityFiles.current(2));
        layer.rename(store.resolve("CURRENT.tmp"), store.resolve("CURRENT"));
        layer.crash();

        MemoryFileLayer next = layer.afterProcessCrash();
        assertThat(Observed.open(next, PATH, EXPECTATION)).isEqualTo(Observed.of(IDENTITY, second));
        assertThat(next.afterPowerLoss()).isNotEmpty().allSatisfy(survivor -> assertThat(
                        Observed.open(survivor.layer(), PATH, EXPECTATION))
                .isEqualTo(Observed.of(IDENTITY, second)));
    }

    private static FaultEnumeration from(Observed old, Step... steps) {
        return new FaultEnumeration(PATH, EXPECTATION, old, List.of(steps));
    }

    private static void report(String what, Visited visited) {
        assertThat(visited.operations()).isGreaterThan(5);
        assertThat(visited.faults()).isGreaterThanOrEqualTo(3 * visited.operations());
        assertThat(visited.survivors()).isGreaterThan(visited.faults());
        System.out.println(what + ": " + visited.operations() + " operations, " + visited.faults() + " faults, "
                + visited.survivors() + " file systems found afterwards");
    }

    private static List<MemoryFileLayer> cutOffAttempts() {
        return FaultEnumeration.cutOff(MemoryFileLayer::new, layer -> initialise(layer, IDENTITY)).stream()
                .filter(found -> Observed.open(found.afterProcessCrash(), PATH, EXPECTATION)
                        .equals(Observed.EMPTY))
                .toList();
    }

    private static Step initialise(Identity identity) {
        Membership membership = Membership.bootstrap(MEMBERS, identity);
        return new Step(directory -> directory.initialize(identity, membership), Observed.of(identity, membership));
    }

    private static void initialise(MemoryFileLayer layer, Identity identity) {
        try (MemberDirectory directory = MemberDirectory.open(layer, PATH, EXPECTATION)) {
            directory.initialize(identity, Membership.bootstrap(MEMBERS, identity));
        }
    }

    private static MemoryFileLayer initialised() {
        MemoryFileLayer layer = new MemoryFileLayer();
        initialise(layer, IDENTITY);
        return layer.afterProcessCrash();
    }

    private static MemoryFileLayer withJournal() {
        MemoryFileLayer layer = initialised();
        Path group = PATH.resolve("stores/main/epoch-000001/journal")
                .resolve(ClusterIds.groupId(CLUSTER, "main", 1).toString());
        try {
            layer.createDirectories(group.resolve("current"));
            layer.writeNew(group.resolve("current/raft-meta"), new byte[] {1});
            layer.forceDirectory(group.resolve("current"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.afterProcessCrash();
    }

    private static MemoryFileLayer emptyDirectory() {
        MemoryFileLayer layer = new MemoryFileLayer();
        try {
            layer.createDirectories(PATH);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return layer.afterProcessCrash();
    }

    private static Identity identity() {
        return Identity.member(CLUSTER, ClusterIds.NO_TOKEN, Instant.parse("2026-11-21T02:00:00Z"), SELF);
    }
}
