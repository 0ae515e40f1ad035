package io.metastore.test.history;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableList;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the clients of a store did and saw, in the order of invocation.
 *
 * <p>Immutable. As text it is one line for each operation, after a line that names the format. Lines starting with
 * {@code #} are comments:
 *
 * <pre>
 * metastore-history 1
 * # invoked completed client outcome key input =&gt; output
 * 1200 3400 c2 ok "k1" write "v7" =&gt; done 3
 * 1300 - c1 unknown "k1" remove
 * </pre>
 */
public final class History<I, O> {
    private static final String HEADER = "metastore-history 1";

    private final List<Operation<I, O>> operations;

    private History(Collection<Operation<I, O>> operations) {
        this.operations = operations.stream()
                .sorted(Comparator.comparingLong(Operation<I, O>::invokedNanos).thenComparingInt(Operation::client))
                .collect(toUnmodifiableList());
    }

    /** A history of the operations, given in any order. */
    public static <I, O> History<I, O> of(Collection<Operation<I, O>> operations) {
        return new History<>(operations);
    }

    public List<Operation<I, O>> operations() {
        return operations;
    }

    /**
     * The operations of each key. A history is linearizable exactly if that of each key is (locality: Herlihy and Wing,
     * "Linearizability: a correctness condition for concurrent objects", 1990).
     */
    public SortedMap<String, List<Operation<I, O>>> operationsByKey() {
        return operations.stream().collect(groupingBy(Operation::key, TreeMap::new, toUnmodifiableList()));
    }

    /** Replaces the file. The text can be read back if {@code I} and {@code O} have an {@link OperationParser}. */
    public void save(Path file) throws IOException {
        Files.writeString(file, toString());
    }

    /**
     * Reads a file written by {@link #save}, perhaps edited by hand.
     *
     * @throws IllegalArgumentException naming the line that is no operation, or the format if it is another one
     */
    public static <I, O> History<I, O> load(Path file, OperationParser<I, O> parser) throws IOException {
        return parse(Files.readString(file), parser);
    }

    /**
     * Reads the text form, with lines in any order.
     *
     * @throws IllegalArgumentException naming the line that is no operation, or the format if it is another one
     */
    public static <I, O> History<I, O> parse(String text, OperationParser<I, O> parser) {
        List<String> lines =
                Arrays.stream(text.split("\n", -1)).map(String::strip).toList();
        if (!lines.get(0).equals(HEADER)) {
            throw new IllegalArgumentException("not a history: expected=" + HEADER + " found=" + lines.get(0));
        }
        return new History<>(lines.stream()
                .skip(1)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(line -> parseLine(line, parser))
                .toList());
    }

    private static <I, O> Operation<I, O> parseLine(String line, OperationParser<I, O> parser) {
        try {
            List<String> words = Words.split(line);
            int arrow = words.indexOf("=>");
            List<String> input = words.subList(5, arrow < 0 ? words.size() : arrow);
            String completed = words.get(1);
            return new Operation<>(
                    Integer.parseInt(words.get(2).substring(1)),
                    Words.unquote(words.get(4)),
                    parser.input(input),
                    Long.parseLong(words.get(0)),
                    completed.equals("-") ? Operation.NEVER : Long.parseLong(completed),
                    outcome(words.get(3)),
                    arrow < 0 ? null : parser.output(words.subList(arrow + 1, words.size())));
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("not an operation: line=" + line, e);
        }
    }

    private static Outcome outcome(String word) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.toString().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown outcome: " + word));
    }

    @Override
    public String toString() {
        return operations.stream().map(line -> line + "\n").collect(joining("", HEADER + "\n", ""));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof History<?, ?> history && operations.equals(history.operations);
    }

    @Override
    public int hashCode() {
        return operations.hashCode();
    }
}
