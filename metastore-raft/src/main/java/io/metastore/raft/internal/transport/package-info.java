/**
 * How members talk: one small {@link io.metastore.raft.internal.transport.Transport} with an implementation inside one JVM and one over
 * gRPC, and a decorator that cuts, delays, drops and repeats on either. Everything between members goes through it, Raft messages and the
 * member service alike, so that one address, one token check and one set of faults serve both.
 *
 * <p>{@link io.metastore.raft.internal.transport.InJvmNetwork} needs no socket, {@link io.metastore.raft.internal.transport.GrpcTransport}
 * is for the network, {@link io.metastore.raft.internal.transport.FaultyTransport} puts {@link
 * io.metastore.raft.internal.transport.LinkFaults} before either.
 *
 * <p>Threads: a handler is called on a thread of the transport and may not block it for long; calls return at once. gRPC's types stay within
 * this package; no Ratis type here.
 */
@NullMarked
package io.metastore.raft.internal.transport;

import org.jspecify.annotations.NullMarked;
