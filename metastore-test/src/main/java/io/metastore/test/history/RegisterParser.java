package io.metastore.test.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads register operations from the text of a saved history. Stateless. */
public final class RegisterParser implements OperationParser<RegisterInput, RegisterOutput> {
    private static final String ABSENT = "absent";

    @Override
    public RegisterInput input(List<String> words) {
        return switch (words.get(0)) {
            case "read" -> RegisterInput.read();
            case "write" -> RegisterInput.write(Words.unquote(words.get(1)));
            case "remove" -> RegisterInput.remove();
            case "cas" -> RegisterInput.compareAndSet(expected(words.get(1)), Words.unquote(words.get(2)));
            case "replace" -> RegisterInput.replace(Long.parseLong(words.get(1)), Words.unquote(words.get(2)));
            default -> throw new IllegalArgumentException("unknown register input: words=" + words);
        };
    }

    private static @Nullable String expected(String word) {
        return word.equals(ABSENT) ? null : Words.unquote(word);
    }

    @Override
    public RegisterOutput output(List<String> words) {
        return switch (words.get(0)) {
            case ABSENT -> RegisterOutput.absent();
            case "value" -> RegisterOutput.value(Words.unquote(words.get(1)), version(words, 2));
            case "done" -> RegisterOutput.done(version(words, 1));
            case "conflict" -> RegisterOutput.conflict(version(words, 1));
            default -> throw new IllegalArgumentException("unknown register output: words=" + words);
        };
    }

    private static long version(List<String> words, int at) {
        return at < words.size() ? Long.parseLong(words.get(at)) : RegisterOutput.VERSION_UNSEEN;
    }
}
