package io.metastore.recovery.internal.inspect;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryMismatchException;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.image.ImageManifest;
import io.metastore.snapshot.image.ManifestCodec;
import io.metastore.snapshot.image.PersistedImage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where journals, states and images are in the directory of a member or of an epoch. Looks only; never at {@code LOCK}. */
public final class EpochFiles {
    private static final Pattern EPOCH = Pattern.compile("epoch-([0-9]{6,18})");
    private static final Pattern STATE = Pattern.compile("state(?:\\.([1-9][0-9]{0,17}))?");
    private static final Pattern IMAGE = Pattern.compile("image\\.(0|[1-9][0-9]{0,17})");
    private static final Pattern SEGMENT = Pattern.compile("log_(inprogress_[0-9]{1,18}|[0-9]{1,18}-[0-9]{1,18})");
    private static final String UNSOUND = "UNSOUND";

    /**
     * A journal.
     *
     * @param store empty when the directory does not say
     * @param number of the epoch; 0 when the directory does not say
     * @param live whether it is the one its member uses
     * @param epoch directory of the epoch; null when there is none around the journal
     * @param journal directory with the files of the journal
     */
    public record Found(
            String store,
            long number,
            boolean live,
            @Nullable Path epoch,
            Path journal) {}

    private final FileLayer files;

    public EpochFiles(FileLayer files) {
        this.files = files;
    }

    /**
     * All journals in the directory of a member, of an epoch, of a group, or of the files themselves; those of a member with the live epoch last.
     *
     * @throws IOException it cannot be read
     */
    public List<Found> journals(Path directory) throws IOException {
        List<String> names = files.list(directory);
        if (names.stream().anyMatch(name -> SEGMENT.matcher(name).matches())) {
            return List.of(new Found("", 0, true, null, directory));
        }
        if (names.contains("stores")) {
            return ofMember(directory.resolve("stores"));
        }
        if (names.contains("journal")) {
            return ofEpoch("", epochNumber(directory), true, directory);
        }
        return isDirectory(directory.resolve("current"))
                ? List.of(new Found("", 0, true, null, directory.resolve("current")))
                : List.of();
    }

    private List<Found> ofMember(Path stores) throws IOException {
        List<Found> found = new ArrayList<>();
        for (String store : files.list(stores)) {
            List<Path> epochs = new ArrayList<>();
            for (String name : list(stores.resolve(store))) {
                if (EPOCH.matcher(name).matches()) {
                    epochs.add(stores.resolve(store).resolve(name));
                }
            }
            epochs.sort(Comparator.comparingLong(EpochFiles::epochNumber));
            Optional<Path> live = live(stores.resolve(store), epochs);
            for (Path epoch : epochs) {
                found.addAll(ofEpoch(store, epochNumber(epoch), live.equals(Optional.of(epoch)), epoch));
            }
        }
        found.sort(Comparator.comparing(Found::live));
        return found;
    }

    /** What {@code CURRENT} says; without one that can be read, the last there is. */
    private Optional<Path> live(Path store, List<Path> epochs) throws IOException {
        Optional<Path> last = epochs.isEmpty() ? Optional.empty() : Optional.of(epochs.get(epochs.size() - 1));
        Path current = store.resolve("CURRENT");
        try {
            String name = Facts.read(current, files.read(current), "metastore-current", 1)
                    .build(facts -> facts.text("epoch"));
            return epochs.stream()
                    .filter(each -> String.valueOf(each.getFileName()).equals(name))
                    .findFirst()
                    .or(() -> last);
        } catch (NoSuchFileException | CorruptStateException | DirectoryMismatchException e) {
            return last;
        }
    }

    private List<Found> ofEpoch(String store, long number, boolean live, Path epoch) throws IOException {
        List<Found> found = new ArrayList<>();
        for (String group : list(epoch.resolve("journal"))) {
            Path journal = epoch.resolve("journal").resolve(group).resolve("current");
            if (isDirectory(journal)) {
                found.add(new Found(store, number, live, epoch, journal));
            }
        }
        return found;
    }

    private static long epochNumber(Path epoch) {
        Matcher name = EPOCH.matcher(String.valueOf(epoch.getFileName()));
        return name.matches() ? Long.parseLong(name.group(1)) : 0;
    }

    /** The state of an epoch; empty when there is none. */
    public Optional<Path> state(Path epoch) throws IOException {
        long highest = 0;
        for (String name : list(epoch)) {
            Matcher state = STATE.matcher(name);
            if (state.matches()) {
                highest = Math.max(highest, state.group(1) == null ? 1 : Long.parseLong(state.group(1)));
            }
        }
        return highest == 0
                ? Optional.empty()
                : Optional.of(epoch.resolve(highest == 1 ? "state" : "state." + highest));
    }

    /** Where what an epoch has applied may be read, the best first: its state, then its images as {@link #images} has them. Any of them may turn out to be damaged, or to be being written. */
    public List<Path> states(Path epoch) throws IOException {
        List<Path> states = new ArrayList<>();
        state(epoch).ifPresent(states::add);
        images(epoch).stream().map(PersistedImage::directory).forEach(states::add);
        return states;
    }

    /** The images of an epoch whose manifests can be read and that nobody found damaged, the newest first. Their other files are not looked at. */
    public List<PersistedImage> images(Path epoch) throws IOException {
        List<PersistedImage> images = new ArrayList<>();
        for (String name : list(epoch.resolve("image"))) {
            Path directory = epoch.resolve("image").resolve(name);
            if (IMAGE.matcher(name).matches() && files.kindOfName(directory.resolve(UNSOUND)) == Kind.ABSENT) {
                image(directory).ifPresent(images::add);
            }
        }
        images.sort(Comparator.comparingLong(PersistedImage::index).reversed());
        return images;
    }

    /** The image in a directory; empty when its manifest cannot be read. */
    public Optional<PersistedImage> image(Path directory) throws IOException {
        Path manifest = directory.resolve(ImageManifest.FILE);
        try {
            return Optional.of(new PersistedImage(directory, ManifestCodec.decode(manifest, files.read(manifest))));
        } catch (NoSuchFileException | CorruptStateException e) {
            return Optional.empty();
        }
    }

    private List<String> list(Path directory) throws IOException {
        try {
            return files.list(directory);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    private boolean isDirectory(Path path) throws IOException {
        return files.kind(path) == Kind.DIRECTORY;
    }
}
