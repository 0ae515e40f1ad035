package io.metastore.api.violation;

import org.slf4j.Logger;

public final class UsesThirdParty {
    Class<?> used = Logger.class;
}
