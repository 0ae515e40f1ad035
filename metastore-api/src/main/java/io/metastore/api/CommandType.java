package io.metastore.api;

import java.util.Objects;

/**
 * A deterministic change that every member computes for itself: only name, version and argument travel in the journal.
 *
 * @param name 1 to 128 letters, digits, '.', '-', '_'; unique in the application
 * @param version of the handler's meaning, from 1; a changed meaning is a new version and the old handler stays as long as a journal
 *     may hold it
 * @param argumentCodec how the argument is written into the journal
 * @param resultCodec how the result comes back
 * @param handler what it does
 */
public record CommandType<C, R>(
        String name, int version, Codec<C> argumentCodec, Codec<R> resultCodec, Handler<C, R> handler) {

    public CommandType {
        Objects.requireNonNull(argumentCodec, "argumentCodec");
        Objects.requireNonNull(resultCodec, "resultCodec");
        Objects.requireNonNull(handler, "handler");
        if (!name.matches("[A-Za-z0-9._-]{1,128}") || version < 1) {
            throw new IllegalArgumentException("invalid command type: name='" + name + "' version=" + version);
        }
    }

    /** Version 1 of a command. */
    public static <C, R> CommandType<C, R> of(
            String name, Codec<C> argumentCodec, Codec<R> resultCodec, Handler<C, R> handler) {
        return new CommandType<>(name, 1, argumentCodec, resultCodec, handler);
    }

    /**
     * Runs where the journal is applied, on every member. Must depend on nothing but its arguments and the state: no clock, random,
     * environment, I/O, or iteration over unordered collections. Whatever it throws, an {@link Error} such as a failed assertion included,
     * drops the command's changes on every member and reaches the caller as {@link CommandFailedException} with the first 1,024 characters
     * of its message. Only a JVM that is out of memory or broken stops the member. Keep recursion far from the end of the stack: where that
     * is differs from member to member.
     */
    @FunctionalInterface
    public interface Handler<C, R> {
        R apply(CommandContext context, C argument);
    }
}
