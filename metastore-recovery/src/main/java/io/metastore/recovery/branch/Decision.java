package io.metastore.recovery.branch;

import io.metastore.api.Op;
import java.util.List;

/** What is to become of a transaction that is proposed again. Immutable. */
public sealed interface Decision {

    /** It is applied as its own conditions say now. A command cannot be, since it could not be done exactly once: replace it. */
    record Apply() implements Decision {}

    /** Instead of it these changes are made, all in one transaction; at least one. */
    record Replace(List<Op> ops) implements Decision {
        public Replace {
            ops = List.copyOf(ops);
            if (ops.isEmpty()) {
                throw new IllegalArgumentException("a replacement needs at least one change; else skip it");
            }
        }
    }

    /** It is left out, this time. */
    record Skip(String reason) implements Decision {}

    /** It and all after it are left out, this time. */
    record Stop(String reason) implements Decision {}

    static Decision apply() {
        return new Apply();
    }

    static Decision replaceWith(Op... ops) {
        return new Replace(List.of(ops));
    }

    static Decision skip(String reason) {
        return new Skip(reason);
    }

    static Decision stop(String reason) {
        return new Stop(reason);
    }
}
