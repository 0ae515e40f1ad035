package io.metastore.snapshot.files;

import java.util.Locale;

/** With or without a vote. */
public enum MemberRole {
    VOTER,
    OBSERVER;

    /** As in files and messages: {@code voter}, {@code observer}. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The inverse of {@link #text}. */
    public static MemberRole of(String text) {
        for (MemberRole role : values()) {
            if (role.text().equals(text)) {
                return role;
            }
        }
        throw new IllegalArgumentException("expected voter or observer: '" + text + "'");
    }

    static MemberRole of(boolean observer) {
        return observer ? OBSERVER : VOTER;
    }
}
