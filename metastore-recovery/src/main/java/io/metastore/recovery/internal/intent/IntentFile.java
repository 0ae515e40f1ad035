package io.metastore.recovery.internal.intent;

import io.metastore.api.CorruptStateException;
import io.metastore.api.DirectoryUnusableException;
import io.metastore.api.LogPosition;
import io.metastore.api.RecoveryRefusedException;
import io.metastore.api.RecoveryRefusedException.Reason;
import io.metastore.recovery.internal.reset.Holding;
import io.metastore.recovery.internal.reset.MemberFetch;
import io.metastore.recovery.internal.reset.OrderFile;
import io.metastore.recovery.internal.reset.ResetOrder;
import io.metastore.recovery.internal.reset.Sealing;
import io.metastore.snapshot.files.EpochSuccession;
import io.metastore.snapshot.files.FactText;
import io.metastore.snapshot.files.Facts;
import io.metastore.snapshot.files.FileLayer;
import io.metastore.snapshot.files.FileLayer.Kind;
import io.metastore.snapshot.files.Seal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The file {@code INTENT}: an order, checksummed, and the directories it is about; see {@link FactText}. */
public final class IntentFile {
    private static final String NAME = "INTENT";
    private static final String KIND = "metastore-intent";
    /**
     * Version 2 has {@code gone} besides, version 3 has members that are let in again, version 4 has {@code within} and members of other processes; the lowest is
     * written that has what there is.
     */
    private static final int VERSION = 4;

    private static final String WITHIN = "within";
    private static final String FETCH = "fetch.";

    private IntentFile() {}

    /** How an operator gets rid of one. */
    static String remedy(@Nullable Path directory) {
        return "'metastore intent --cancel " + directory + "' takes it away";
    }

    static byte[] encode(Intent intent) {
        FactText text = OrderFile.put(new FactText(KIND, version(intent)), intent.order());
        if (!intent.gone().isEmpty()) {
            text.withTexts("gone", intent.gone());
        }
        if (!intent.order().members().isEmpty()) {
            text.with(WITHIN, intent.within().toMillis());
        }
        intent.fetch().ifPresent(fetch -> text.withText(
                        FETCH + "address", fetch.what().address())
                .with(FETCH + "behind", text(fetch.what().behind()))
                .with(FETCH + "image", fetch.what().image())
                .with(FETCH + "last", text(fetch.what().last()))
                .with(FETCH + "rate", fetch.bytesPerSecond()));
        return text.withText("member", intent.member())
                .with("space", intent.spaceBytes())
                .with("created", intent.created())
                .withTexts(
                        "others",
                        intent.others().stream()
                                .map(other -> other.path().toString())
                                .toList())
                .withTexts(
                        "othersLast",
                        intent.others().stream()
                                .map(other -> text(other.last()))
                                .toList())
                .bytes();
    }

    private static int version(Intent intent) {
        if (!intent.order().members().isEmpty()) {
            return VERSION;
        }
        return !intent.order().readmitted().isEmpty() ? 3 : intent.gone().isEmpty() ? 1 : 2;
    }

    /**
     * What was written down.
     *
     * @throws CorruptStateException the file is damaged
     */
    static Intent decode(Path file, byte[] bytes) {
        try {
            return Facts.read(file, bytes, KIND, VERSION).build(IntentFile::intent);
        } catch (CorruptStateException e) {
            throw new CorruptStateException(
                    "the intent of a recovery is damaged: file=" + file + " cause=" + e.getMessage()
                            + "; nothing was changed; " + remedy(file.getParent()) + ", then write it again",
                    e);
        }
    }

    private static Intent intent(Facts facts) {
        List<String> paths = facts.anyTexts("others");
        List<String> lasts = facts.anyTexts("othersLast");
        if (paths.size() != lasts.size()) {
            throw new IllegalArgumentException("others=" + paths.size() + " othersLast=" + lasts.size());
        }
        List<Sealing.Directory> others = new ArrayList<>();
        for (int i = 0; i < paths.size(); i++) {
            others.add(new Sealing.Directory(Path.of(paths.get(i)), position(lasts.get(i))));
        }
        ResetOrder order = OrderFile.take(facts);
        return new Intent(
                order,
                facts.anyText("member"),
                facts.number("space"),
                others,
                facts.has("gone") ? facts.anyTexts("gone") : List.of(),
                Duration.ofMillis(facts.has(WITHIN) ? facts.number(WITHIN) : 0),
                order.fetched().map(member -> fetch(member, facts)),
                facts.parsed("created", Instant::parse, Instant::toString));
    }

    private static Intent.Fetch fetch(String member, Facts facts) {
        return new Intent.Fetch(
                new MemberFetch(
                        facts.anyText(FETCH + "address"),
                        member,
                        position(facts.text(FETCH + "behind")),
                        facts.parsed(FETCH + "image", Boolean::valueOf, String::valueOf),
                        position(facts.text(FETCH + "last"))),
                facts.number(FETCH + "rate"));
    }

    private static String text(LogPosition position) {
        return position.term() + ":" + position.index();
    }

    private static LogPosition position(String text) {
        int colon = text.indexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("no position: " + text);
        }
        return new LogPosition(Long.parseLong(text.substring(0, colon)), Long.parseLong(text.substring(colon + 1)));
    }

    /**
     * That of a directory, for people; empty when there is none. Takes no lock, changes nothing.
     *
     * @throws CorruptStateException the file is damaged
     */
    public static Optional<Intent> read(FileLayer files, Path directory) {
        Path file = directory.toAbsolutePath().resolve(NAME);
        try {
            return files.kind(file) == Kind.ABSENT ? Optional.empty() : Optional.of(decode(file, files.read(file)));
        } catch (IOException e) {
            throw new DirectoryUnusableException(
                    "the intent of a recovery cannot be read: file=" + file + " cause=" + e
                            + "; check the disk and permissions",
                    e);
        }
    }

    /**
     * Writes one down, in place of one that was not begun; durable when it returns. All directories are held meanwhile.
     *
     * @param intent its order's number for the next epoch is raised here to one that none of the directories has used
     * @return the file
     * @throws RecoveryRefusedException {@link Reason#SEALED} one of the directories is part of a recovery; {@link Reason#CHANGED_SINCE}
     * @throws io.metastore.api.MetastoreException as for {@link EpochSuccession#open}
     */
    public static Path write(FileLayer files, Path directory, Intent intent) {
        return Holding.ofStopped(files).all(intent.all(directory), held -> {
            held.forEach(each -> check(each, intent));
            long next =
                    held.stream().mapToLong(EpochSuccession::unusedEpoch).max().orElseThrow();
            EpochSuccession target = held.get(0);
            target.intend(encode(intent.as(Math.max(next, intent.order().nextMin()))));
            return target.intentFile();
        });
    }

    /** What may happen to the journals until then is looked at when it is carried out. */
    private static void check(EpochSuccession succession, Intent intent) {
        long epoch = intent.order().epoch();
        if (!succession.identity().clusterId().equals(intent.order().cluster()) || succession.epoch() != epoch) {
            throw new RecoveryRefusedException(
                    Reason.CHANGED_SINCE,
                    "a directory has changed since it was surveyed: directory=" + succession.root() + " cluster="
                            + succession.identity().clusterId() + " epoch=" + succession.epoch() + " expectedEpoch="
                            + epoch + "; nothing was changed; survey the copies again");
        }
        Seal seal = succession.seal().filter(each -> each.forbids(epoch)).orElse(null);
        if (seal != null) {
            throw new RecoveryRefusedException(
                    Reason.SEALED,
                    "a directory is part of a recovery: directory=" + succession.root() + " recovery=" + seal.recovery()
                            + "; nothing was changed; resume that one or abort it");
        }
    }

    /**
     * Takes the one of a directory away, for good: also a copy of it is worth nothing here afterwards.
     *
     * @param holding how the directory is held meanwhile
     * @return false when there was none
     * @param begun whether one that was begun is taken away too, as what was begun is to be taken back
     * @throws RecoveryRefusedException {@link Reason#SEALED} it was begun and cut off, and {@code begun} is not set
     */
    public static boolean cancel(Holding holding, Path directory, boolean begun) {
        return holding.one(directory, succession -> cancel(succession, begun));
    }

    private static boolean cancel(EpochSuccession succession, boolean begun) {
        Optional<byte[]> bytes = succession.intent();
        if (bytes.isEmpty()) {
            return false;
        }
        Intent intent;
        try {
            intent = decode(succession.intentFile(), bytes.get());
        } catch (CorruptStateException e) { // Of which nothing can come.
            discardFetched(succession);
            succession.discardIntent();
            return true;
        }
        if (!begun && Standing.isOf(succession, intent) && Standing.isUnderWay(succession, intent)) {
            throw new RecoveryRefusedException(
                    Reason.SEALED,
                    "the recovery was begun and cut off: directory=" + succession.root() + " recovery="
                            + intent.order().recovery()
                            + "; nothing was changed; open the member again, or abort the recovery");
        }
        spend(succession, intent);
        return true;
    }

    /** Puts one aside of which nothing comes any more, with what it has fetched. Durable when it returns; to be repeated when it was cut off, for which the file stays to the end. */
    static void spend(EpochSuccession succession, Intent intent) {
        discardFetched(succession);
        succession.spend(intent.order().recovery());
    }

    /** What an opening fetched that was refused before it sealed anything; that of a recovery that has sealed is that one's, and goes with it. */
    private static void discardFetched(EpochSuccession succession) {
        if (succession.seal().filter(seal -> seal.forbids(succession.epoch())).isEmpty()) {
            succession.discardFetched();
        }
    }
}
