package io.metastore.snapshot.journal;

import io.metastore.api.LogPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;

/** Values of every kind from a seed, odd ones included: empty arrays, extreme numbers, long keys, text beyond ASCII. */
final class RandomValues {

    private static final long[] NUMBERS = {0, 1, -1, 127, 128, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE
    };
    private static final String[] TEXTS = {"", "a", "utf8", "größe", "\u0000", "名前", "\ud83d\ude00", "x".repeat(300)};

    private final Random random;
    private final int bytesMax;

    RandomValues(Random random, int bytesMax) {
        this.bytesMax = bytesMax;
        this.random = random;
    }

    JournalBatch batch() {
        return new JournalBatch(uuid(), 1 + (random.nextLong() >>> 1) % 1_000_000, list(5, this::transaction));
    }

    BatchOutcome outcome() {
        return new BatchOutcome(
                uuid(),
                1 + random.nextInt(1000),
                one(BatchOutcome.Status.values()),
                1 + random.nextInt(5),
                position(),
                list(5, this::result));
    }

    JournalTransaction transaction() {
        return switch (random.nextInt(4)) {
            case 0 -> new JournalTransaction.CommandCall(text(), (int) number(), bytes());
            case 1 -> new JournalTransaction.Resolve(number(), (int) number());
            default ->
                new JournalTransaction.Changes(number(), list(4, this::check), list(4, this::op), list(3, this::op));
        };
    }

    private JournalCheck check() {
        return switch (random.nextInt(5)) {
            case 0 -> new JournalCheck.KeyUnchanged((int) number(), bytes(), number());
            case 1 ->
                new JournalCheck.RangeUnchanged(
                        (int) number(), bytes(), random.nextBoolean() ? null : bytes(), number());
            case 2 -> new JournalCheck.Exists((int) number(), bytes());
            case 3 -> new JournalCheck.Absent((int) number(), bytes());
            default -> new JournalCheck.HasVersion((int) number(), bytes(), number());
        };
    }

    private JournalOp op() {
        return switch (random.nextInt(6)) {
            case 0 -> new JournalOp.Put((int) number(), bytes(), (int) number(), bytes());
            case 1 -> new JournalOp.Remove((int) number(), bytes());
            case 2 ->
                new JournalOp.RemoveRange(
                        (int) number(),
                        bytes(),
                        random.nextBoolean() ? null : bytes(),
                        (int) number(),
                        random.nextBoolean(),
                        (int) number());
            case 3 -> new JournalOp.NextIds(text(), (int) number());
            case 4 -> new JournalOp.BeginEpoch(number());
            default ->
                new JournalOp.RegisterTable(new TableRecord((int) number(), text(), text(), text(), (int) number()));
        };
    }

    private TransactionResult result() {
        return switch (random.nextInt(5)) {
            case 0 -> new TransactionResult.Applied(number(), random.nextBoolean(), random.nextBoolean(), numbers());
            case 1 -> new TransactionResult.Conflict((int) number(), number());
            case 2 -> new TransactionResult.CommandDone(number(), random.nextBoolean(), bytes());
            case 3 -> new TransactionResult.Failed(one(TransactionResult.Code.values()), text());
            default -> new TransactionResult.Resolved(one(TransactionResult.Answer.values()), number(), position());
        };
    }

    private LogPosition position() {
        return new LogPosition(random.nextInt(1000), random.nextInt(1000) - 1);
    }

    private UUID uuid() {
        return new UUID(random.nextLong(), random.nextLong());
    }

    private long number() {
        return random.nextBoolean() ? NUMBERS[random.nextInt(NUMBERS.length)] : random.nextLong();
    }

    private long[] numbers() {
        return random.longs(random.nextInt(6))
                .map(value -> value >> random.nextInt(60))
                .toArray();
    }

    private String text() {
        return TEXTS[random.nextInt(TEXTS.length)];
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(10) == 0 ? random.nextInt(bytesMax) : random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    private <T> T one(T[] values) {
        return values[random.nextInt(values.length)];
    }

    private <T> List<T> list(int max, Supplier<T> element) {
        List<T> list = new ArrayList<>();
        for (int i = random.nextInt(max + 1); i > 0; i--) {
            list.add(element.get());
        }
        return list;
    }
}
