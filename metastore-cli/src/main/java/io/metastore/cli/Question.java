package io.metastore.cli;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Asks whoever sits at the terminal. */
final class Question {

    private Question() {}

    // On JDK 22 and later a console is always there, and answers with null when nobody is.
    @SuppressWarnings("SystemConsoleNull")
    static boolean answered(String question, String expected) {
        @Nullable Console console = System.console();
        String answer = console == null ? null : console.readLine("%s ", question);
        return expected.equals(answer);
    }

    /** Whether the answer is yes. */
    static boolean confirmed(String question) {
        return answered(question + " [yes/no]", "yes");
    }
}
