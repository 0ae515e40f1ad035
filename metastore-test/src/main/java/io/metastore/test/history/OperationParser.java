package io.metastore.test.history;

import java.util.List;

/**
 * Reads inputs and outputs back from the text that their {@code toString} gives; see {@link RegisterParser}.
 *
 * <p>Words are separated by spaces; text with other characters stands in double quotes, which the words still have.
 */
public interface OperationParser<I, O> {

    /**
     * Reads what stands before the arrow.
     *
     * @throws IllegalArgumentException if the words are no input
     */
    I input(List<String> words);

    /**
     * Reads what stands after the arrow.
     *
     * @throws IllegalArgumentException if the words are no output
     */
    O output(List<String> words);
}
