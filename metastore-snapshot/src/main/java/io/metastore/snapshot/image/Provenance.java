package io.metastore.snapshot.image;

/**
 * How an image came to be where it is.
 *
 * @param kind in which way
 * @param detail the member that made or sent it, or the name of the file it was imported from; one line, at most 255 characters
 */
public record Provenance(Kind kind, String detail) {

    /** Ways to get an image. The number is part of the format. */
    public enum Kind {
        CHECKPOINT(1),
        RECEIVED(2),
        IMPORTED(3),
        DUMPED(4);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }
    }

    public Provenance {
        if (detail.length() > 255 || detail.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(
                    "provenance must be one line of at most 255 characters: '" + detail + "'");
        }
    }

    @Override
    public String toString() {
        return switch (kind) {
            case CHECKPOINT -> "checkpoint of " + detail;
            case RECEIVED -> "received from " + detail;
            case IMPORTED -> "imported from " + detail;
            case DUMPED -> "dumped by " + detail;
        };
    }
}
