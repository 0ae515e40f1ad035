package io.metastore.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** A map with files that pass for images: shows what a driver with images needs, and tests the harness without waiting. */
public final class ImagingMapDriver implements Driver {
    /** By directory of the first member: what a disk would keep. */
    private static final Map<Path, ConcurrentMap<String, byte[]>> KEPT = new ConcurrentHashMap<>();

    @Override
    public String name() {
        return "imaging-map";
    }

    @Override
    public String guarantees() {
        return "none";
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(
                Capability.LOCAL_READ,
                Capability.IMAGES,
                Capability.CRASH,
                Capability.SHIPPING,
                Capability.WIPE,
                Capability.ARCHIVE);
    }

    @Override
    public Cluster open(List<Member> members) {
        return open(members, ImagePlan.DEFAULT);
    }

    @Override
    public Cluster open(List<Member> members, ImagePlan plan) {
        return new Maps(
                members, KEPT.computeIfAbsent(members.get(0).directory(), directory -> new ConcurrentHashMap<>()));
    }

    private static final class Maps implements Cluster, Images {
        private final List<Member> members;
        private final ConcurrentMap<String, byte[]> records;
        /** Since a follower was stopped. */
        private int images;

        private long received;

        Maps(List<Member> members, ConcurrentMap<String, byte[]> records) {
            this.members = members;
            this.records = records;
        }

        @Override
        public void put(String key, byte[] value) {
            records.put(key, value);
        }

        @Override
        public byte @Nullable [] readLocal(String key) {
            return records.get(key);
        }

        @Override
        public Images images() {
            return this;
        }

        @Override
        public void makeAtLeader() throws IOException {
            Files.write(image(members.get(0)), new byte[records.size()]);
        }

        @Override
        public void makeEverywhere() throws IOException {
            images++;
            for (Member member : members) {
                Files.write(image(member), new byte[records.size()]);
            }
        }

        @Override
        public void makeInTurn(int turn) throws IOException {
            images++;
            Files.write(image(members.get(turn % members.size())), new byte[records.size()]);
        }

        private static Path image(Member member) {
            return member.directory().resolve("image");
        }

        @Override
        public void crash() {}

        @Override
        public void stopFollower() {
            images = 0;
        }

        @Override
        public boolean journalPurgedPastStopped() {
            return images > 1; // Kept for the second newest.
        }

        @Override
        public void restartStopped() throws IOException {
            received += newestBytes();
        }

        @Override
        public void restartStoppedEmpty() throws IOException {
            restartStopped();
        }

        @Override
        public long receivedBytes() {
            return received;
        }

        @Override
        public long newestBytes() throws IOException {
            return Files.size(image(members.get(0)));
        }

        @Override
        public void verifyNewest() throws IOException {
            Files.readAllBytes(image(members.get(0)));
        }

        @Override
        public void exportNewest(Path file) throws IOException {
            Files.copy(image(members.get(0)), file);
        }

        @Override
        public Cluster importFrom(Path file, Path directory) {
            return new Maps(members, new ConcurrentHashMap<>(records));
        }

        @Override
        public void close() {}
    }
}
