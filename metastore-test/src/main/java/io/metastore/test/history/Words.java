package io.metastore.test.history;

import java.util.ArrayList;
import java.util.List;

/** The words of a line: separated by spaces, with text in double quotes so that it may contain any character. */
final class Words {
    private Words() {}

    static String quote(String text) {
        return '"'
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("\r", "\\r")
                        .replace("\t", "\\t")
                + '"';
    }

    static String unquote(String word) {
        if (word.length() < 2 || word.charAt(0) != '"' || word.charAt(word.length() - 1) != '"') {
            throw new IllegalArgumentException("expected text in quotes: word=" + word);
        }
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < word.length() - 1; i++) {
            char c = word.charAt(i);
            text.append(c == '\\' ? unescape(word.charAt(++i)) : c);
        }
        return text.toString();
    }

    private static char unescape(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case '"', '\\' -> c;
            default -> throw new IllegalArgumentException("unknown escape in quoted text: escape=\\" + c);
        };
    }

    /** Splits at spaces outside quotes; quoted words keep their quotes, so {@code absent} and {@code "absent"} differ. */
    static List<String> split(String line) {
        List<String> words = new ArrayList<>();
        int at = 0;
        while (at < line.length()) {
            if (line.charAt(at) == ' ') {
                at++;
                continue;
            }
            int end = line.charAt(at) == '"' ? endOfQuoted(line, at) : endOfPlain(line, at);
            words.add(line.substring(at, end));
            at = end;
        }
        return words;
    }

    private static int endOfPlain(String line, int start) {
        int end = line.indexOf(' ', start);
        return end < 0 ? line.length() : end;
    }

    private static int endOfQuoted(String line, int start) {
        for (int i = start + 1; i < line.length(); i++) {
            if (line.charAt(i) == '\\') {
                i++;
            } else if (line.charAt(i) == '"') {
                return i + 1;
            }
        }
        throw new IllegalArgumentException("quoted text does not end: line=" + line);
    }
}
