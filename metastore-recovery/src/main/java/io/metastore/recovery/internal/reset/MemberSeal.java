package io.metastore.recovery.internal.reset;

import io.metastore.api.LogPosition;

/**
 * A member of another process that is sealed by a recovery.
 *
 * @param address where it listens
 * @param member as {@code name@incarnation}
 * @param last what the last entry of its journal must be
 * @param progress how far that has come
 */
public record MemberSeal(String address, String member, LogPosition last, Progress progress) {

    /** How far the sealing of a member has come, as far as is known where the recovery is carried out. */
    public enum Progress {
        /** It was or will be asked: it may be sealed. */
        ASKED,
        /** It has said that it is. */
        SEALED,
        /** It has said that it is not any more, or never was. */
        LIFTED
    }

    /** One that was not asked yet. */
    public MemberSeal(String address, String member, LogPosition last) {
        this(address, member, last, Progress.ASKED);
    }

    MemberSeal with(Progress now) {
        return new MemberSeal(address, member, last, now);
    }

    /** As it is written down: {@code 10.0.0.1:9010 fe1@<incarnation> 3:40 SEALED}. */
    String text() {
        return address + " " + member + " " + last.term() + ":" + last.index() + " " + progress;
    }

    /**
     * The inverse of {@link #text}.
     *
     * @throws IllegalArgumentException it is none
     */
    static MemberSeal parse(String text) {
        String[] words = text.split(" ", -1);
        String[] last = words.length == 4 ? words[2].split(":", -1) : new String[0];
        if (last.length != 2) {
            throw new IllegalArgumentException("expected: address, member, position, progress; found: " + text);
        }
        return new MemberSeal(
                words[0],
                words[1],
                new LogPosition(Long.parseLong(last[0]), Long.parseLong(last[1])),
                Progress.valueOf(words[3]));
    }
}
