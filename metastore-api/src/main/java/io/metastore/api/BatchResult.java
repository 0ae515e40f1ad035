package io.metastore.api;

/**
 * What a batch did.
 *
 * @param revision the state after it; when it changed nothing, a state in which its checks were evaluated or a later one
 * @param matched whether its checks held, that is whether {@code then} was applied and not {@code otherwise}
 */
public record BatchResult(Revision revision, boolean matched) {}
